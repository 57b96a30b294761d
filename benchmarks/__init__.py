"""Measurements of what is promised: `make bench`, or `python -m benchmarks [NAME...]`.

A benchmark is a function in a module of this package, marked with `@benchmark("name")`, that returns its figures.
"""
