"""The known wordings, by subject. A new odd reply is a line in one of these files, and a test beside it."""
