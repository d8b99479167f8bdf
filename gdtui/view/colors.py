"""Colours of the bench: a lane is drawn as the series of its number, and the panels add roles of their own."""

from gdtui.plot.palette import DARK as CHARTS_DARK
from gdtui.plot.palette import LIGHT as CHARTS_LIGHT
from gdtui.plot.palette import MONO
from gdtui.plot.palette import series_color as lane_color
from gdtui.plot.palette import series_marker as lane_marker

__all__ = ["DARK", "LIGHT", "MONO", "lane_color", "lane_marker"]

DARK = CHARTS_DARK.extended(
    {
        "minimum": "#ffffff", "start": "#c8ccd4",
        "selected": "#1c222c", "brand": "#5cb8ff", "good": "#2fd8a4", "bad": "#ff6b4a",
        "class0": "#8fa3bf", "class1": "#d9b98c", "class2": "#9fc79a", "class3": "#c79ab8", "class4": "#c9c9c9",
    }
)  # fmt: skip
LIGHT = CHARTS_LIGHT.extended(
    {
        "minimum": "#000000", "start": "#24292f",
        "selected": "#e4eaf2", "brand": "#0072b2", "good": "#007a58", "bad": "#c43c00",
        "class0": "#4a6285", "class1": "#8a6420", "class2": "#3f7a3a", "class3": "#84487a", "class4": "#606060",
    }
)  # fmt: skip
