"""The bench: the picture of the objective, charts, lanes, and the running rule.

`display` shows frames in `regions`; `bench` adds the actions of the keys in `bindings`; `pace` is the speed of a run.
"""

from gdtui.tui.screens.bench.bench import Bench
from gdtui.tui.screens.bench.pace import FRAMES

__all__ = ["FRAMES", "Bench"]
