"""Audit of the data before the results: what in the splits bears on every method's numbers. One check a small file."""
