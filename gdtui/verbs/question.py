"""What a question is: its answer, and what the engine knows of it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt

from gdtui.kernel import Array
from gdtui.session import Session, Snapshot
from gdtui.session.budget import Budget
from gdtui.session.comparison import near, show
from gdtui.session.quantities import Quantity, parse_quantity
from gdtui.text import _
from gdtui.toml.records import Reads, Schema, is_number
from gdtui.verbs.base import Action, Count, Verdict, failed
from gdtui.verbs.claim import Claim, parse_claims
from gdtui.verbs.epoch import Epoch
from gdtui.verbs.on_screen import TEXTS_SCHEMA, texts
from gdtui.verbs.step import Step

Form = Literal["words", "number", "choice", "place"]
#: The choices that fit on a small screen.
FEWEST, MOST_CHOICES = 2, 6
MAP = "map"


def _answer(value: object) -> object:
    if isinstance(value, str) and value:
        return value
    if is_number(value):
        return float(value)
    raise ValueError(_("{key} must be words or a number"))


def _choices(value: object) -> object:
    read = list(value) if isinstance(value, (list, tuple)) else []
    alike = all(isinstance(each, str) and each for each in read) or all(map(is_number, read))
    if not FEWEST <= len(read) <= MOST_CHOICES or not alike:
        raise ValueError(_("{key} must be an array of 2 to 6 strings, or of 2 to 6 numbers"))
    if len(set(read)) < len(read):
        raise ValueError(_("{key} must differ from one another"))
    return tuple(each if isinstance(each, str) else float(each) for each in read)


_ANSWER: Schema = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "number"}]}
_CHOICES: Schema = {
    "type": "array", "minItems": FEWEST, "maxItems": MOST_CHOICES, "uniqueItems": True,
    "items": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "number"}]},
}  # fmt: skip


@dataclass(frozen=True)
class Ahead:
    """The updates after which the engine is asked."""

    step: Count | None = None
    epoch: Count | None = None

    json_schema_extra: ClassVar[Schema] = {"minProperties": 1, "maxProperties": 1}

    @property
    def act(self) -> Step | Epoch:
        """The act that makes these updates."""
        return Epoch(self.epoch) if self.epoch is not None else Step(self.step or 1)


@dataclass(frozen=True, eq=False)
class Outlook:
    """The lanes when a question is asked, and after its updates."""

    before: Snapshot
    after: Snapshot


@dataclass(frozen=True)
class Question(Action):
    """A question with its answer, as words, a number, a choice or a place."""

    ask: str
    answer: Annotated[str | float | None, Reads(_answer, _ANSWER)] = None
    choices: Annotated[tuple[str | float, ...] | None, Reads(_choices, _CHOICES)] = None
    of: str | None = None
    place: str | None = None
    after: Ahead | None = None
    abs: Annotated[float, Ge(0.0)] | None = None
    rel: Annotated[float, Gt(0.0)] | None = None
    check_: Annotated[tuple[str, ...] | None, Reads(texts, TEXTS_SCHEMA)] = None
    why: str | None = None
    note: str | None = None

    changes: ClassVar[bool] = False

    # What it asks for

    @property
    def form(self) -> Form:
        """How it is answered."""
        if self.place is not None:
            return "place"
        if self.choices is not None:
            return "choice"
        return "number" if self.of is not None or isinstance(self.answer, float) else "words"

    @property
    def is_checked(self) -> bool:
        """Whether the engine knows something of the answer."""
        return self.of is not None or self.check_ is not None

    @property
    def quantity(self) -> Quantity | None:
        """The quantity that is asked for."""
        return None if self.of is None else parse_quantity(self.of)

    @property
    def claims(self) -> tuple[tuple[Claim, ...], ...]:
        """What `check` claims: of the right answer, or of each choice."""
        return tuple(map(parse_claims, self.check_ or ()))

    def right(self, outlook: Outlook) -> str | float | Array:
        """Return the right answer: one of the choices, a number, or the two coordinates of a place."""
        quantity = self.quantity
        if self.form in ("choice", "words") or quantity is None:
            assert self.answer is not None
            return self.answer
        return outlook.after.measure(quantity)

    def is_near(self, given: float | Array, right: float | Array) -> bool:
        """Say whether a number or a place is near enough to the right one."""
        if np.ndim(right):
            return bool(np.hypot(*(np.asarray(given) - np.asarray(right))) <= (self.abs or 0.0))
        return near(np.asarray(given), np.asarray(right), (self.abs or 0.0) * (1.0 + 1e-9), self.rel or 0.0)

    # Asking the engine

    def outlook(self, session: Session, budget: Budget) -> Generator[None, None, Outlook]:
        """Make the updates of `after`, with a pause after each part, take them back, and return both moments.

        They are made once, however often it is asked, and for the act that makes them next.

        Raises
        ------
        LimitError, CommandError
            it cannot be done; the session is as it was.
        """
        before = session.snapshot()
        if self.after is None:
            return Outlook(before, before)
        act = self.after.act
        if session.tried(act) is None:
            session.interrupt = budget.expired
            with session.trying(act):
                for part in act.parts(session, budget, 1):
                    part.apply(session)
                    budget.check()
                    yield
        tried = session.tried(act)
        assert tried is not None
        return Outlook(before, tried.snapshot)

    def judged(self, outlook: Outlook) -> Verdict:
        """Return whether the engine agrees with the stated answer; "done" where it knows nothing of it."""
        if not self.is_checked:
            return Verdict("done")
        for verdict in (self._judged_of(outlook), self._judged_claims(outlook)):
            if verdict is not None:
                return verdict
        return Verdict("passed", got=show(self.right(outlook)))

    def _judged_of(self, outlook: Outlook) -> Verdict | None:
        quantity = self.quantity
        if quantity is None:
            return None
        got = outlook.after.measure(quantity)
        if isinstance(got, str) or not np.all(np.isfinite(got)):
            return failed(_("{} is finite").format(quantity), show(got), "", quantity.lane)
        if self.place == MAP:
            domain = outlook.after.objective.domain
            if not all(low <= float(v) <= high for v, (low, high) in zip(np.atleast_1d(got), domain, strict=True)):
                return failed(_("{} is on the map").format(quantity), show(got), "", quantity.lane)
        if isinstance(self.answer, float):
            difference = show(float(got) - self.answer)
            if not self.is_near(got, self.answer):
                return failed(
                    _("{} near the answer {}").format(quantity, show(self.answer)), show(got), difference, quantity.lane
                )
            also = [each for each in self.choices or () if each != self.answer and self.is_near(got, float(each))]
            if also:
                expected = _("one right choice for {}, not {} as well").format(quantity, show(also))
                return failed(expected, show(got), difference, quantity.lane)
        return None

    def _judged_claims(self, outlook: Outlook) -> Verdict | None:
        several = len(self.claims) > 1
        for number, claims in enumerate(self.claims):
            wanted = not several or (self.choices or ())[number] == self.answer
            if all(claim.holds(outlook.before, outlook.after) for claim in claims) == wanted:
                continue
            text = (self.check_ or ())[number]
            got = ", ".join(told for claim in claims for told in claim.measured(outlook.before, outlook.after))
            message = _("for the answer {answer}: {claim}") if wanted else _("for the answer {answer}, not: {claim}")
            expected = message.format(answer=show(self.answer), claim=text)
            return failed(expected, got, "", claims[0].quantity.lane)
        return None
