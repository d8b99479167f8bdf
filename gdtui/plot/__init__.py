"""Charts in a terminal: a `Figure` in, rows of styled cells out. Independent of the rest of gdtui.

`canvas` is the one door to plotext.
"""
