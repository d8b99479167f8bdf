"""The panels of the bench, a file each: a frame and a paper in, rows of cells out. `paper` has what they share."""

from gdtui.view.panels.drawings import chart, draw_together, picture
from gdtui.view.panels.header import header
from gdtui.view.panels.lanes import lanes
from gdtui.view.panels.message import message
from gdtui.view.panels.network import network
from gdtui.view.panels.paper import Paper
from gdtui.view.panels.time_bar import timeline
from gdtui.view.panels.update import this_update

__all__ = [
    "Paper", "chart", "draw_together", "header", "lanes", "message", "network", "picture", "this_update", "timeline",
]  # fmt: skip
