"""What a teacher would say of a lane: why it grows, jumps, crawls or rests. One sentence, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.simulation.loop import HEAD
from gdtui.simulation.trace import TraceView
from gdtui.text import _, number

#: Updates looked back on for oscillation and for stalling.
RECENT, LONG = 8, 100


def diagnose(
    objective: Objective, trace: TraceView, settings: Mapping[str, float], lr: float, status: str
) -> tuple[str, ...]:
    """Return what there is to say of a lane, the weightiest first; () where nothing stands out.

    Parameters
    ----------
    objective
        what it minimises.
    trace
        its history.
    settings, lr
        in force for the next update.
    status
        "going", "converged" or "diverged".
    """
    rows = trace.rows
    if len(rows) < 2:
        return ()
    found = [*_stability(objective, trace, settings, lr, status)]
    if status == "going":
        found += [*_rest(objective, trace), *_alternation(objective, trace), *_rate_decay(trace), *_stall(trace)]
    return tuple(found)


def curvatures(objective: Objective, theta: Array) -> Array | None:
    """Return the Hessian's eigenvalues at theta, ascending; None where it is not known or not finite."""
    if objective.expression is None or objective.dimension > 8:
        return None
    with np.errstate(all="ignore"):
        hessian = objective.expression.evaluate_hessian(theta)
    if not np.all(np.isfinite(hessian)):
        return None
    return np.asarray(np.linalg.eigvalsh((hessian + hessian.T) / 2), dtype=np.float64)


def _theta(trace: TraceView, index: int) -> Array:
    block = trace.layout.block("theta")
    assert block is not None
    point: Array = trace.rows[index, block]
    return point


def _limit(trace: TraceView, settings: Mapping[str, float], steepest: float) -> tuple[float, str] | None:
    """Return the rate above which descent on a curvature grows, and its formula; None for adaptive rules.

    Gradient descent: 2/λ. Heavy ball in the classical form: 2(1+μ)/λ (Polyak 1964).
    """
    rule = trace.layout.rule
    if rule.name == "gd":
        return 2.0 / steepest, "2/λmax"
    if rule.name == "momentum" and "momentum" in settings:
        return 2.0 * (1.0 + settings["momentum"]) / steepest, "2(1+μ)/λmax"
    return None


def _stability(
    objective: Objective, trace: TraceView, settings: Mapping[str, float], lr: float, status: str
) -> Iterator[str]:
    """Say that lr is too large for the curvature: here, or where a diverged lane began."""
    diverged = status == "diverged"
    eigenvalues = curvatures(objective, _theta(trace, 0 if diverged else -1))
    if eigenvalues is None or eigenvalues[-1] <= 0:
        return
    limit = _limit(trace, settings, float(eigenvalues[-1]))
    if limit is None or lr <= limit[0]:
        return
    where = _("at the start") if diverged else _("here")
    grew = _("each step overshot by more than it gained") if diverged else _("the steep direction grows")
    yield f"lr {number(lr)} {_('is above')} {limit[1]} = {number(limit[0])} {where}: {grew}"


def _rest(objective: Objective, trace: TraceView) -> Iterator[str]:
    """Say what kind of point it is where the gradient vanishes."""
    norm = float(trace.rows[-1, HEAD.index("grad_norm")])
    first = float(trace.rows[1, HEAD.index("grad_norm")])
    if not norm < 1e-5 * max(first, 1e-12):
        return
    eigenvalues = curvatures(objective, _theta(trace, -1))
    if eigenvalues is None:
        return
    listed = ", ".join(number(float(v), 3) for v in eigenvalues[::-1])
    low, high = float(eigenvalues[0]), float(eigenvalues[-1])
    tiny = 1e-9 * max(abs(low), abs(high))
    kind = _("at a minimum") if low > tiny else _("near a saddle") if high > tiny > -tiny > low else _("on flat ground")
    yield f"‖g‖ {number(norm, 2)} {kind}: {_('Hessian eigenvalues')} {listed}"


def _alternation(objective: Objective, trace: TraceView) -> Iterator[str]:
    """Say that a coordinate's gradient changes sign at every update."""
    block = trace.layout.block("grad")
    assert block is not None
    recent = trace.rows[-RECENT:, block]
    if len(recent) < RECENT or not np.all(np.isfinite(recent)):
        return
    flips = np.all(recent[1:] * recent[:-1] < 0, axis=0)
    for place in np.flatnonzero(flips)[:1]:
        name = objective.names[trace.layout.coords[int(place)]]
        flipped = _("the gradient changed sign at each of the last")
        yield f"{name}: {flipped} {RECENT} {_('updates: it jumps to and fro')}"


def _rate_decay(trace: TraceView) -> Iterator[str]:
    """Say that the effective rate has fallen far."""
    if trace.layout.rule.slot_index("accumulator") is None:
        return
    over = trace.over_coordinates("effective_lr", mean=True)
    if over is None:
        return
    updates, rates = over[0], over[1]
    known = np.isfinite(rates) & (rates > 0)
    if np.count_nonzero(known) < 20:
        return
    updates, rates = updates[known], rates[known]
    ratio = rates[0] / rates[-1]
    if ratio >= 10:
        yield f"{_('the effective rate fell')} {number(float(ratio), 2)}× {_('since update')} {int(updates[0])}"


def _stall(trace: TraceView) -> Iterator[str]:
    """Say that the loss hardly falls any more though there is a slope."""
    loss = trace.rows[:, HEAD.index("loss")]
    if len(loss) <= LONG or not np.all(np.isfinite(loss[-LONG:])):
        return
    before, now = float(loss[-LONG]), float(loss[-1])
    if before > 0 and 0 <= (before - now) / before < 1e-3 and now > 1e-12:
        share = number(100 * (before - now) / before, 2)
        yield f"{_('the loss fell by')} {share} % {_('in the last')} {LONG} {_('updates')}"
