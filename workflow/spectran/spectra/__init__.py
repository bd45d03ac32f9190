"""Spectra: singular values and vectors of embedding tables, and how far a table has collapsed."""
