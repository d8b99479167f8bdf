"""The bench: the picture of the objective, charts, lanes, and the running rule.

`screen` holds it together; a file each for its keys, its layout and the parts in it, how it is looked at, what
is painted, how fast it runs, its dialogs, the pages of a lesson.
"""

from gdtui.tui.screens.bench.pace import FRAMES
from gdtui.tui.screens.bench.screen import Bench

__all__ = ["FRAMES", "Bench"]
