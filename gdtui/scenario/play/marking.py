"""Marking a student's answer: right or wrong, how far it is off, and why the engine's is what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array
from gdtui.optimizers.language.symbols import symbol
from gdtui.session.quantities import Quantity
from gdtui.text import _, number
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import Outlook
from gdtui.view.rule_lines import update_lines

#: What a student answers: one of the choices, a number, or a place; None skips the question.
Given = str | float | tuple[float, float] | None
#: The longest text that is read as a number.
LONGEST = 40


@dataclass(frozen=True)
class Mark:
    """Whether an answer is right (None: skipped), and the difference and the reason in a sentence each.

    One that was seen before it was given is not `scored`.
    """

    right: bool | None
    verdict: str
    reason: str = ""
    scored: bool = True

    def unscored(self) -> Mark:
        """Return the mark of an answer that was seen before it was given."""
        verdict = _("{verdict} (not scored: it was seen before)").format(verdict=self.verdict)
        return replace(self, verdict=verdict, scored=False)


def read_number(text: str) -> float:
    """Read a number as people type it, also a fraction (1/3) or with a decimal comma; ParameterError for other text."""
    plain = text.strip().replace("−", "-").replace(",", ".")
    above, slash, below = plain.partition("/")
    try:
        value = float(above) / float(below) if slash else float(plain)
    except (ValueError, ZeroDivisionError):
        value = math.nan
    if not plain or len(text) > LONGEST or not math.isfinite(value):
        raise ParameterError("answer", _("type a number, such as 0.25, −3, 1/3 or 2e-3"))
    return value


def mark(ask: Ask, outlook: Outlook, given: Given, grain: tuple[float, ...] = ()) -> Mark:
    """Return the mark for an answer to a question; QuantityError if the engine cannot know the right one.

    `grain` is how finely a place could be pointed at, for each of its numbers: nobody can be nearer.
    """
    right = ask.right(outlook)
    reason = _reason(ask, outlook)
    if isinstance(right, str) or ask.form == "choice":
        return _mark_choice(right, given, reason)
    if np.ndim(right):
        return _mark_place(ask, np.asarray(right, dtype=np.float64), given, reason, grain)
    return _mark_number(ask, float(right), given, reason, grain)


def written(value: str | float | Array) -> str:
    """Return a choice or a number as people read it, in so many digits as are worth comparing."""
    return number(value, 6) if isinstance(value, float) else str(value)


def _mark_choice(right: str | float | Array, given: Given, reason: str) -> Mark:
    told = written(right)
    if given is None:
        return Mark(None, _("the right answer is {right}").format(right=told), reason)
    if given == right:
        return Mark(True, _("✓ right: {right}").format(right=told), reason)
    assert isinstance(given, (str, float))
    message = _("✗ you chose {given}, the right answer is {right}")
    return Mark(False, message.format(given=written(given), right=told), reason)


def _mark_number(ask: Ask, right: float, given: Given, reason: str, grain: tuple[float, ...]) -> Mark:
    told = written(right)
    if given is None or not isinstance(given, (int, float)):
        return Mark(None, _("the engine has {right}").format(right=told), reason)
    gap = float(given) - right
    if gap == 0 or written(float(given)) == told:
        return Mark(True, _("✓ right: {right}").format(right=told), reason)
    said = {"given": written(float(given)), "right": told, "gap": number(abs(gap), 2)}
    if ask.is_near(float(given), right) or abs(gap) <= max(grain, default=0.0):
        return Mark(True, _("✓ near enough: you said {given}, the engine has {right}").format(**said), reason)
    message = (
        _("✗ you said {given}, the engine has {right}: {gap} too high")
        if gap > 0
        else _("✗ you said {given}, the engine has {right}: {gap} too low")
    )
    return Mark(False, message.format(**said), reason)


def _mark_place(ask: Ask, right: Array, given: Given, reason: str, grain: tuple[float, ...]) -> Mark:
    told = _point(right)
    if not isinstance(given, tuple):
        return Mark(None, _("the engine is at {right}").format(right=told), reason)
    away = np.asarray(given) - right
    gap, within = float(np.hypot(*away)), bool(grain) and bool(np.all(np.abs(away) <= np.asarray(grain)))
    said = {"given": _point(np.asarray(given)), "right": told, "gap": number(gap, 2)}
    if within or ask.is_near(np.asarray(given), right):
        message = _("✓ near enough: you pointed at {given}, the engine is at {right}")
        return Mark(True, message.format(**said), reason)
    message = _("✗ you pointed at {given}, the engine is at {right}: {gap} away")
    return Mark(False, message.format(**said), reason)


def _point(place: Array) -> str:
    return f"({', '.join(number(float(value), 3) for value in place)})"


# The reason ----------------------------------------------------------------------------------------


def _reason(ask: Ask, outlook: Outlook) -> str:
    """Return the line of the rule that makes the quantity, with its numbers, else what the claims have measured."""
    quantities = [ask.quantity] if ask.quantity is not None else [c.quantity for claims in ask.claims for c in claims]
    for quantity in quantities:
        if line := _live_line(quantity, outlook):
            return line
    told = [text for claims in ask.claims for claim in claims for text in claim.measured(outlook.before, outlook.after)]
    return ", ".join(dict.fromkeys(told))


def _live_line(quantity: Quantity, outlook: Outlook) -> str:
    """Return `θ ← θ − η·g = 1 − 0.25·2 = 0.5` for a quantity of a lane's rule after its last update; "" for others."""
    lane = outlook.after.lane(quantity.lane)
    layout, coordinate = lane.trace.layout, quantity.index or 0
    block = layout.block(quantity.name)
    if lane.before is None or block is None or coordinate not in layout.coords:
        return ""
    names = {symbol(name) for name in ("theta", *layout.rule.symbols) if layout.block(name) == block}
    lines = [line for line in update_lines(lane, layout.coords.index(coordinate)) if line.name in names]
    if not lines or lines[-1].value is None:
        return ""
    line, value = lines[-1], number(lines[-1].value)
    return " = ".join(
        dict.fromkeys((f"{line.label} ← {line.symbols}", *([line.numbers] if line.numbers else []), value))
    )
