"""Lanes that advance update by update, and back.

`experiment` describes what to simulate, `simulation` runs it, `trace` keeps a bounded history.
"""
