"""Replies that are known word by word, by who says them, each with the page or the report that shows it.

A new odd reply is a line in one of these files, and a line in a table of the tests.
"""
