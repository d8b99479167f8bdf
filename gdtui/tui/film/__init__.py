"""A script played on the real screen, headless: pictures of it, and a recording for asciinema.

Nothing here depends on wall-clock time: the clock of the bench is advanced by the script, and each frame is captured
once the screen has come to rest. The same scenario gives the same bytes.
"""

from gdtui.tui.film.capture import picture
from gdtui.tui.film.film import Filmed, film

__all__ = ["Filmed", "film", "picture"]
