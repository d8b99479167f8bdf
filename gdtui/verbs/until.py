"""`{ until = "adam.loss < 1e-3", max = 2000 }`."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import ClassVar

import numpy as np

from gdtui.columns import Column
from gdtui.errors import QuantityError
from gdtui.session import LaneView, Session, Snapshot
from gdtui.session.budget import Budget
from gdtui.session.comparison import show
from gdtui.session.quantities import Condition, parse_condition
from gdtui.simulation.stopping import Status
from gdtui.text import _, number
from gdtui.verbs.base import CHUNK, Action, Count, Verdict, checked, chunks, failed, verb
from gdtui.verbs.point import Point
from gdtui.verbs.step import Step

#: Updates before the first look at the condition, and the most between two looks; each run is twice as long as the one
#: before, and those of its updates that come too late are taken back.
FIRST_RUN, LONGEST_RUN = 32, 4096
_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


@verb
class Until(Action):
    """Step until a condition holds; fail if it does not within `max` updates."""

    until: str
    max: Count
    asserts: ClassVar[bool] = True
    ends_script: ClassVar[bool] = True

    def apply(self, session: Session) -> Step | None:
        """Say in `session.met` whether the condition was met; if not, this was a step of `max` updates.

        An interrupt leaves it a step of as many as were made.
        """
        checked("max", self.max)
        session.met, made = _step_until(session, parse_condition(self.until), self.max)
        return None if session.met else Step(made)

    def in_words(self) -> str:
        """Say which condition ends it."""
        condition = parse_condition(self.until)
        message = _("updates until {lane} has {quantity} {sign} {value}, at most {most}")
        quantity = condition.quantity
        return message.format(
            lane=quantity.lane, quantity=quantity.column, sign=_SIGNS.get(condition.sign, condition.sign),
            value=number(condition.value), most=self.max,
        )  # fmt: skip

    @classmethod
    def refuses(cls, point: Point, table: Mapping[str, object]) -> bool:
        """Check the condition even if other keys of the table are at fault."""
        text = table["until"]
        if isinstance(text, str):
            try:
                point.has_number("until", parse_condition(text).quantity)
            except QuantityError as error:
                point.fault("until", str(error), column=error.column)
        return False

    def coordinates(self) -> set[int]:
        """Return the coordinate in the condition."""
        index = parse_condition(self.until).quantity.index
        return set() if index is None else {index}

    def play(self, session: Session, budget: Budget, _frames: int = 1) -> Generator[None, None, Verdict]:
        """Step in chunks; each is taken from the budget after it has run, since it may end early."""
        for size in chunks(self.max, CHUNK):
            before = session.position
            met = session.apply(Until(self.until, size), budget.expired).met
            budget.take(session.position - before)
            yield
            if met:
                return Verdict("passed")
        return self._unmet(session)

    def _unmet(self, session: Session) -> Verdict:
        condition = parse_condition(self.until)
        got = session.snapshot().measure(condition.quantity)
        gap = show(got - condition.value) if isinstance(got, (int, float)) else ""
        expected = _("{} within {} updates").format(condition, self.max)
        return failed(expected, show(got), gap, condition.quantity.lane)

    def most_updates(self, _rows: int) -> int:
        """Count the maximum."""
        return self.max


def _step_until(session: Session, condition: Condition, most: int) -> tuple[bool, int]:
    """Step until the condition holds; return whether it does, and how many updates were made.

    Steps are made in growing runs. The trace is searched for the first update at which the condition holds, and every
    lane goes back there: the result is the same as with single steps. There are fewer than `most` updates without it
    only after an interrupt.
    """
    if holds_now(session.snapshot(), condition):
        return True, 0
    quantity = condition.quantity
    lane = session.lane(quantity.lane)
    column = lane.trace.layout.column(quantity.column)
    made, longest = 0, FIRST_RUN
    while made < most and lane.status == Status.GOING:
        run = 1 if column is None else min(most - made, longest)
        longest = min(2 * longest, LONGEST_RUN)
        before = lane.update
        stepped = session.simulation.step(run, session.interrupt)
        made += stepped
        lane = session.lane(quantity.lane)
        if column is None:
            if holds_now(session.snapshot(), condition):
                return True, made
        elif (reached := _first(lane, column, before, condition)) is not None:
            surplus = before + stepped - reached
            session.simulation.back(surplus)
            return True, made - surplus
        if stepped < run or (session.interrupt is not None and session.interrupt()):
            return False, made
    if lane.status != Status.GOING:  # the condition can no longer come true; the position moves on as in stepping
        made += session.simulation.step(most - made, session.interrupt)
    return False, made


def holds_now(snapshot: Snapshot, condition: Condition) -> bool:
    """Say whether it holds now; QuantityError if there is no such quantity, or it is not one number."""
    value = snapshot.measure(condition.quantity)
    if isinstance(value, np.ndarray):
        raise QuantityError(_("{0} is a vector: compare one coordinate, {0}[0]").format(condition.quantity))
    if isinstance(value, str):
        raise QuantityError(_("{} is a word, not a number").format(condition.quantity))
    return condition.holds(value)


def _first(lane: LaneView, column: int, after: int, condition: Condition) -> int | None:
    """Return the first update after `after` at which the condition holds."""
    rows = lane.trace.rows
    new = rows[rows[:, Column.UPDATE] > after]
    with np.errstate(invalid="ignore"):
        hits = np.flatnonzero([condition.holds(value) for value in new[:, column]])
    return int(new[hits[0], 0]) if len(hits) else None
