"""The bench: the picture of the objective, charts, lanes, and the running rule.

`display` shows frames in `regions`; `bench` adds what keys do, `bindings` says which keys there are; `pace` is how fast
it runs, `dialogs` what it asks.
"""

from gdtui.tui.screens.bench.bench import Bench
from gdtui.tui.screens.bench.bindings import default_keys
from gdtui.tui.screens.bench.pace import FRAMES

__all__ = ["FRAMES", "Bench", "default_keys"]
