"""The layout of the bench: three sizes of terminal, and the rows of each part in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

#: Charts shown in a small, a usual and a large terminal.
PLACES = {"narrow": 1, "usual": 3, "wide": 6}
#: Views of the bench: a chart per quantity, a column per lane, the inside of the network.
View = Literal["overlay", "columns", "network"]
VIEWS: tuple[View, ...] = get_args(View)
HEADER_AND_FOOTER = 2
#: Rows beside a caption from which the running rule is shown, too; with fewer the pictures would have none.
LEAST_WITH_RULE = 14
#: Rows of the pictures below which one chart is shown in place of three: two of them would have a line or two each.
LEAST_FOR_THREE = 12
#: Charts in a column, and its least width in cells.
COLUMN_CHARTS, COLUMN_WIDTH = 3, 26


@dataclass(frozen=True)
class Plan:
    """The rows of each part in a terminal of a size in `PLACES`.

    `bottom` has the lanes table and the running rule, `message` is above the footer, and `columns` are the numbers of
    the lanes with room for a column; `timeline` is under the charts.
    """

    size: str
    lanes: int
    update: int
    bottom: int
    message: int
    columns: range = range(0)
    timeline: int = 0


def plan(width: int, height: int, lanes: int, lines: int, caption: int = 0, selected: int = 0) -> Plan:
    """Return the rows of each part for a terminal, its number of lanes, and the lines of the longest rule.

    A lesson's caption takes rows of its own.
    """
    size = "narrow" if width < 100 or height < 28 else "wide" if width >= 160 and height >= 42 else "usual"
    table = 1 + min(lanes, max(1, height // 5))
    message = 2 if width < 100 and height >= 28 else 1
    charts = 14 if height - caption >= 28 else 10 if height - caption >= 22 else 7
    left = height - HEADER_AND_FOOTER - caption - message - charts - table
    rule = 1 + min(lines, max(3, left - 1)) if not caption or height - caption >= LEAST_WITH_RULE else 0
    columns = window(lanes, selected, width // COLUMN_WIDTH)
    timeline = 1 if width >= 70 and height - caption >= 24 else 0
    pictures = height - HEADER_AND_FOOTER - caption - message - table - rule - timeline
    if size == "usual" and pictures < LEAST_FOR_THREE:
        size = "narrow"
    if size == "wide":  # the running rule beside the lanes
        both = max(table, rule)
        return Plan(size, both, both, both, message, columns, timeline)
    return Plan(size, table, rule, table + rule, message, columns, timeline)


def window(count: int, selected: int, room: int) -> range:
    """Return the numbers of the items to show: as many as there is room for, with the selected one among them."""
    room = max(1, room)
    first = max(0, min(selected - room + 1, count - room))
    return range(first, min(count, first + room))
