"""Rows and gradients that are given: built-in datasets, CSV files, tapes."""
