"""TOML files with the positions of keys, values and faults; tables as records; text from plain values.

Nothing here knows the contents of gdtui's files.
"""
