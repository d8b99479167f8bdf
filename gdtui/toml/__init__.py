"""TOML files with positions: of keys and values, of faults; tables as records; text from plain values.

Nothing here knows the contents of gdtui's files. `tomllib` reads TOML; `positions` finds the places that it does not
report.
"""
