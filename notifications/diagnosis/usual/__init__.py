"""The words with which servers of any make usually say a thing, by subject; for replies that are not in `known`."""
