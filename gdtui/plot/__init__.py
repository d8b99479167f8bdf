"""Charts in a terminal: a `Figure` in, rows of styled cells out. Knows nothing of optimizers.

`canvas` is the one door to plotext.
"""
