"""The running rule, line by line: in symbols, or with the numbers of the last update."""

from __future__ import annotations

from collections.abc import Mapping

from gdtui.insight.transform_lines import transform_numbers, transform_symbols
from gdtui.insight.wrapper_lines import lines_after, lines_before
from gdtui.optimizers import Rule
from gdtui.optimizers.language.symbols import symbol
from gdtui.optimizers.language.writer import Line
from gdtui.simulation.gradient_transforms import GradientTransform
from gdtui.simulation.stepping import Before
from gdtui.simulation.wrappers import Wrappers


def lines_in_symbols(rule: Rule, dialect: str, settings: Mapping[str, float], columns: int) -> tuple[Line, ...]:
    """Return what wrappers, clipping and decay do and the rule's lines as they read before any update.

    Parameters
    ----------
    rule, dialect, settings
        of the lane.
    columns
        of the parameter block; 1: a vector.
    """
    wrappers, transform = Wrappers.of(settings), GradientTransform.of(dialect, rule, settings)
    return (*lines_before(wrappers), *transform_symbols(transform), *rule.lines(columns), *lines_after(wrappers))


def lines_in_numbers(
    rule: Rule, before: Before, update: int, recorded: Mapping[str, float], place: int, coordinate: int, columns: int
) -> tuple[Line, ...]:
    """Return what wrappers, clipping and decay did and the rule's lines, with numbers at one coordinate.

    Parameters
    ----------
    rule
        of the lane.
    before
        what the update started from.
    update
        its number, from 1.
    recorded
        the numbers recorded of the update at this coordinate, by name.
    place, coordinate
        the place among the watched coordinates, the number among all.
    columns
        of the parameter block that holds it; 1: a vector.
    """
    state = {slot.name: float(before.slots[i, place]) for i, slot in enumerate(rule.slots)}
    state |= {"theta": float(before.theta[place]), "g": float(before.grad[place]), "t": float(update)}
    lines = rule.explain({**before.hyper, **state}, {**recorded, **before.numbers}, coordinate, columns)
    wrappers = before.wrapped.wrappers if before.wrapped else Wrappers()
    results = [line.value for line in lines if line.name == symbol("theta") and line.value is not None]
    after = lines_after(wrappers, before, place, results[-1] if results else float("nan"))
    return (*lines_before(wrappers, before, place), *transform_numbers(before, place), *lines, *after)
