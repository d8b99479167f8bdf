"""Experiments and lessons as files.

`read` makes a scenario of a file, every fault with its place; `play` replays it, headless or on a screen, and writes
traces; `write` makes a file of a session.
"""
