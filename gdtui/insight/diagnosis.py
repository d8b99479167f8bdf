"""What a teacher would say of a lane: why it grows, oscillates, crawls or rests.

A diagnosis is one function with the decorator `@diagnosis`, which states its weight: the heaviest is said first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gdtui.insight.curvature import curvatures
from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.simulation.stopping import Status
from gdtui.simulation.trace import TraceView
from gdtui.text import _, number

#: Updates looked back on for oscillation and for stalling.
RECENT, LONG = 8, 100


@dataclass(frozen=True, eq=False)
class Case:
    """A lane to be diagnosed.

    Parameters
    ----------
    objective
        what it minimises.
    trace
        its history.
    settings, lr
        in force for the next update.
    status
        whether it goes on, or how it stopped.
    """

    objective: Objective
    trace: TraceView
    settings: Mapping[str, float]
    lr: float
    status: str

    def column(self, name: str) -> Array:
        """Return a scalar of every recent update."""
        index = self.trace.layout.column(name)
        assert index is not None
        values: Array = self.trace.rows[:, index]
        return values

    def vectors(self, name: str) -> Array:
        """Return a vector of every recent update, over the watched coordinates (n x c)."""
        block = self.trace.layout.block(name)
        assert block is not None
        values: Array = self.trace.rows[:, block]
        return values


@dataclass(frozen=True)
class _Entry:
    find: Callable[[Case], str | None]
    weight: int
    stopped: bool


_ENTRIES: list[_Entry] = []


def diagnosis(weight: int, *, stopped: bool = False) -> Callable[[Callable[[Case], str | None]], None]:
    """Register a function that returns a sentence, or None if it does not apply.

    Parameters
    ----------
    weight
        heavier ones are said first.
    stopped
        whether it also applies to a lane that is not going any more.
    """

    def register(find: Callable[[Case], str | None]) -> None:
        _ENTRIES.append(_Entry(find, weight, stopped))
        _ENTRIES.sort(key=lambda entry: -entry.weight)

    return register


def diagnose(
    objective: Objective, trace: TraceView, settings: Mapping[str, float], lr: float, status: str
) -> tuple[str, ...]:
    """Return what there is to say of a lane, the weightiest first; () where nothing stands out.

    The parameters are those of `Case`.
    """
    if len(trace.rows) < 2:
        return ()
    case = Case(objective, trace, settings, lr, status)
    found = (entry.find(case) for entry in _ENTRIES if entry.stopped or status == Status.GOING)
    return tuple(sentence for sentence in found if sentence is not None)


@diagnosis(50, stopped=True)
def _too_large_a_rate(case: Case) -> str | None:
    """Say that lr is above the rule's stability limit: here, or where a diverged lane began."""
    if case.settings.get("clip_norm") or case.settings.get("clip_value"):
        return None  # a step has a largest length, so nothing grows without end
    diverged = case.status == Status.DIVERGED
    eigenvalues = curvatures(case.objective, case.vectors("theta")[0 if diverged else -1])
    if eigenvalues is None or eigenvalues[-1] <= 0:
        return None
    limit = case.trace.layout.rule.stability_limit(case.settings, float(eigenvalues[-1]))
    if limit is None or case.lr <= limit.lr:
        return None
    sentence = (
        _("lr {lr} is above {formula} = {limit} at the start: each step overshot by more than it gained")
        if diverged
        else _("lr {lr} is above {formula} = {limit} here: the steep direction grows")
    )
    return sentence.format(lr=number(case.lr), formula=limit.formula, limit=number(limit.lr))


@diagnosis(40)
def _at_rest(case: Case) -> str | None:
    """Say what kind of point it is where the gradient vanishes."""
    norms = case.column("grad_norm")
    if not norms[-1] < 1e-5 * max(float(norms[1]), 1e-12):
        return None
    eigenvalues = curvatures(case.objective, case.vectors("theta")[-1])
    if eigenvalues is None:
        return None
    low, high = float(eigenvalues[0]), float(eigenvalues[-1])
    tiny = 1e-9 * max(abs(low), abs(high))
    if low > tiny:
        sentence = _("‖g‖ {norm} at a minimum: Hessian eigenvalues {eigenvalues}")
    elif high > tiny > -tiny > low:
        sentence = _("‖g‖ {norm} near a saddle: Hessian eigenvalues {eigenvalues}")
    else:
        sentence = _("‖g‖ {norm} on flat ground: Hessian eigenvalues {eigenvalues}")
    listed = ", ".join(number(float(value), 3) for value in eigenvalues[::-1])
    return sentence.format(norm=number(float(norms[-1]), 2), eigenvalues=listed)


@diagnosis(30)
def _oscillation(case: Case) -> str | None:
    """Say that a coordinate's gradient changes sign at every update."""
    recent = case.vectors("grad")[-RECENT:]
    if len(recent) < RECENT or not np.all(np.isfinite(recent)):
        return None
    flipping = np.flatnonzero(np.all(recent[1:] * recent[:-1] < 0, axis=0))
    if not len(flipping):
        return None
    sentence = _("{parameter}: the gradient changed sign at each of the last {count} updates: it jumps to and fro")
    name = case.objective.names[case.trace.layout.coords[int(flipping[0])]]
    return sentence.format(parameter=name, count=RECENT)


@diagnosis(20)
def _falling_rate(case: Case) -> str | None:
    """Say that the effective rate of a rule with an accumulator has fallen far."""
    if case.trace.layout.rule.slot_index("accumulator") is None:
        return None
    over = case.trace.over_coordinates("effective_lr", mean=True)
    if over is None:
        return None
    updates, rates = over
    known = np.isfinite(rates) & (rates > 0)
    if np.count_nonzero(known) < 20:
        return None
    updates, rates = updates[known], rates[known]
    factor = float(rates[0] / rates[-1])
    if factor < 10:
        return None
    sentence = _("the effective rate fell {factor}× since update {update}")
    return sentence.format(factor=number(factor, 2), update=int(updates[0]))


@diagnosis(10)
def _stall(case: Case) -> str | None:
    """Say that the loss hardly falls any more though there is a slope."""
    loss = case.column("loss")
    if len(loss) <= LONG or not np.all(np.isfinite(loss[-LONG:])):
        return None
    before, now = float(loss[-LONG]), float(loss[-1])
    if not (before > 0 and 0 <= (before - now) / before < 1e-3 and now > 1e-12):
        return None
    sentence = _("the loss fell by {percent} % in the last {count} updates")
    return sentence.format(percent=number(100 * (before - now) / before, 2), count=LONG)
