"""A script gone through on the real screen, headless: pictures of it, and a recording for asciinema.

Nothing here depends on the clock: the bench has no timer, and each frame is taken when the screen has come to rest. The
same scenario gives the same bytes.
"""

from gdtui.tui.film.film import Filmed, film
from gdtui.tui.film.frames import picture

__all__ = ["Filmed", "film", "picture"]
