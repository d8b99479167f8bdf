"""Charts as pure functions: arrays in, rows of styled cells out.

`figure` says what to draw, `axes`, `ticks`, `decimate`, `contours` decide how, `canvas` draws it.
Only `canvas` imports plotext and only `contours` imports contourpy; nothing here knows the screen.
"""
