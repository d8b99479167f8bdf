"""Lanes that advance update by update, and back.

`experiment` says what is simulated, `simulation` does it; `trace` remembers within bounds.
"""
