"""TOML files with a place for everything: where keys and values stand, faults that point there, tables as records.

Nothing here knows what gdtui's files hold. `tomllib` reads TOML; what it does not tell, `positions` finds out.
"""
