"""Experiments and lessons as files: read with every fault placed, replayed headless, traced.

`load` reads a file (only then is pydantic imported), `replay` runs its script, `trace_io` writes what the
lanes did.
"""
