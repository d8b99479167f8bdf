"""The lines of a lane's rule: in symbols before the first update, then with the numbers of the last one."""

from __future__ import annotations

from functools import lru_cache

from gdtui.insight.explain import lines_in_numbers, lines_in_symbols
from gdtui.optimizers import Rule
from gdtui.optimizers.language.writer import Line
from gdtui.session import LaneView


def line_count(lane: LaneView) -> int:
    """Return the number of lines of the lane's rule, at the coordinate with the most lines."""
    rule, settings = lane.trace.layout.rule, tuple(lane.settings.items())
    return max(_count(rule, lane.spec.arithmetic, settings, columns) for columns in {*lane.columns})


@lru_cache(maxsize=256)
def _count(rule: Rule, dialect: str, settings: tuple[tuple[str, float], ...], columns: int) -> int:
    return len(lines_in_symbols(rule, dialect, dict(settings), columns))


def _in_symbols(lane: LaneView, columns: int) -> tuple[Line, ...]:
    """Return the lane's rule before any update, in a block with this many columns."""
    return lines_in_symbols(lane.trace.layout.rule, lane.spec.arithmetic, lane.settings, columns)


def update_lines(lane: LaneView, place: int) -> tuple[Line, ...]:
    """Return the lane's rule with the numbers of its last update at one watched coordinate."""
    if lane.before is None:
        return _in_symbols(lane, lane.columns[place])
    layout = lane.trace.layout
    vectors = {name: lane.vector(name) for name in layout.rule.symbols}
    recorded = {name: float(vector[place]) for name, vector in vectors.items() if vector is not None}
    return lines_in_numbers(
        layout.rule, lane.before, lane.update, recorded, place, layout.coords[place], lane.columns[place]
    )
