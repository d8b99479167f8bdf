"""A script played on the real screen, headless: pictures of it, and a recording for asciinema.

Nothing here depends on wall-clock time: the script advances the clock of the bench, and each frame is captured once
the screen has come to rest. The same scenario gives the same bytes.
"""
