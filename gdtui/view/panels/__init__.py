"""The panels of words and numbers: a snapshot and a paper in, rows of runs out.

`paper` is what they are written on; then a file a panel: the top line, the lanes table, this update, the network.
"""

from gdtui.view.panels.headline import header
from gdtui.view.panels.network import network
from gdtui.view.panels.paper import Paper
from gdtui.view.panels.rule import line_count, this_update
from gdtui.view.panels.table import lanes, window

__all__ = ["Paper", "header", "lanes", "line_count", "network", "this_update", "window"]
