"""`{ until = "adam.loss < 1e-3", max = 2000 }`."""

from __future__ import annotations

import numpy as np

from gdtui.errors import QuantityError
from gdtui.session import Command, LaneView, Session
from gdtui.session.quantities import Condition, parse_condition
from gdtui.simulation.simulation import Interrupt
from gdtui.text import _
from gdtui.verbs.base import Verb, count, verb
from gdtui.verbs.step import Step


@verb
class Until(Verb, Command):
    """Step until a condition holds; that it does not within `max` updates is a failure."""

    until: str
    max: int

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Until | Step:
        """Say in `session.met` whether the condition was met; unmet, it was a step of `max` updates."""
        count("max", self.max)
        session.met = _step_until(session, parse_condition(self.until), self.max)
        return self if session.met else Step(self.max)


def _step_until(session: Session, condition: Condition, most: int) -> bool:
    """Step until the condition holds; say whether it did.

    Steps are made in growing runs, the trace is searched for the first update at which it holds, and every lane goes
    back to there: the same end as one step at a time.
    """
    if _holds(session, condition):
        return True
    quantity = condition.quantity
    index = "" if quantity.index is None else f"[{quantity.index}]"
    lane = session.lane(quantity.lane)
    column = lane.trace.layout.column(quantity.name + index)
    left, run = most, 16
    while left > 0 and lane.status == "going":
        run = 1 if column is None else min(left, run * 2, 4096)
        before = lane.update
        session.simulation.step(run)
        left -= run
        lane = session.lane(quantity.lane)
        if column is None:
            if _holds(session, condition):
                return True
        elif (reached := _first(lane, column, before, condition)) is not None:
            session.simulation.back(before + run - reached)
            return True
    if lane.status != "going":  # it can never hold: count on, as stepping would
        session.simulation.step(left)
    return False


def _holds(session: Session, condition: Condition) -> bool:
    """Say whether it holds now.

    Raises
    ------
    QuantityError
        there is no such quantity, or it is not one number.
    """
    measured = session.snapshot().measure(condition.quantity)
    if isinstance(measured, np.ndarray):
        raise QuantityError(_("{0} is a vector: compare one coordinate, {0}[0]").format(condition.quantity))
    if isinstance(measured, str):
        raise QuantityError(_("{} is a word, not a number").format(condition.quantity))
    return condition.holds(measured)


def _first(lane: LaneView, column: int, after: int, condition: Condition) -> int | None:
    """Return the first update after `after` at which the condition holds."""
    rows = lane.trace.rows
    new = rows[rows[:, 0] > after]
    with np.errstate(invalid="ignore"):
        hits = np.flatnonzero([condition.holds(value) for value in new[:, column]])
    return int(new[hits[0], 0]) if len(hits) else None
