"""How the bench is divided: three sizes of terminal, and the rows that each part gets in them."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.view.charts import ORDER

#: Charts shown in a small, a usual and a large terminal.
PLACES = {"narrow": 1, "usual": 3, "wide": 6}
#: The order in which they fill their places.
ORDER_BY_SIZE = {
    "narrow": ORDER,
    "usual": ORDER,
    "wide": ("loss", "grad_norm", *(name for name in ORDER if name not in ("loss", "grad_norm"))),
}
HEADER_AND_FOOTER = 2
#: Charts of a column, and the cells that one needs across.
COLUMN_CHARTS, COLUMN_WIDTH = 3, 26


@dataclass(frozen=True)
class Plan:
    """The rows of each part.

    Parameters
    ----------
    size
        "narrow", "usual" or "wide".
    lanes, update
        of the table and the running rule.
    bottom
        of both together.
    message
        of the line above the footer.
    """

    size: str
    lanes: int
    update: int
    bottom: int
    message: int


def plan(width: int, height: int, lanes: int, lines: int, caption: int = 0) -> Plan:
    """Return the rows of each part.

    Parameters
    ----------
    width, height
        of the terminal.
    lanes
        how many there are.
    lines
        of the longest rule.
    caption
        rows of a lesson's caption.
    """
    size = "narrow" if width < 100 or height < 28 else "wide" if width >= 160 and height >= 42 else "usual"
    table = 1 + min(lanes, max(1, height // 5))
    message = 2 if width < 100 and height >= 28 else 1
    charts = 14 if height - caption >= 28 else 10 if height - caption >= 22 else 7
    left = height - HEADER_AND_FOOTER - caption - message - charts - table
    rule = 1 + min(lines, max(3, left - 1))
    if size == "wide":  # the running rule beside the lanes
        both = max(table, rule)
        return Plan(size, both, both, both, message)
    return Plan(size, table, rule, table + rule, message)


def columns(width: int, count: int, selected: int) -> range:
    """Return the lanes that have room for a column each, the selected one among them."""
    room = max(1, width // COLUMN_WIDTH)
    first = max(0, min(selected - room + 1, count - room))
    return range(first, min(count, first + room))
