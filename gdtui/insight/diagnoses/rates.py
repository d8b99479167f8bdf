"""A learning rate that is too large or too small for the curvature, and growth as it is measured."""

from __future__ import annotations

import numpy as np

from gdtui.insight.case import LONG, RECENT, Case
from gdtui.insight.curvature import Spectrum
from gdtui.insight.diagnoses.swings import ringing
from gdtui.insight.diagnosis import diagnosis
from gdtui.kernel import Array
from gdtui.simulation.stopping import Status
from gdtui.text import _, number

#: Updates over which growth is measured, and the growth that is said even where the loss is below that of the start.
GROWTH, GREAT = 20, 100.0
#: Digits to which a measured curvature is exact.
EXACT = 8
#: The loss is called far above that of the start where it is so many times larger.
FAR = 10.0
#: A rate is called small where half the stability limit is so many times larger.
SMALL = 10.0
#: A loss that is still this part of itself after `LONG` updates falls slowly.
SLOW = 0.8


@diagnosis(50)
def _too_large_a_rate(case: Case) -> str | None:
    """Say that lr is above the rule's stability limit."""
    if case.sharpness is None or case.at_rest or case.clipped:
        return None
    update, curvature = case.sharpness
    limit = case.limit(curvature)
    digits = _digits(case.lr, limit.lr) if limit is not None else 0
    if limit is None or not digits:
        return None
    along = _along_the_steepest(case, case.spectrum) if case.spectrum is not None else None
    if update < case.update:
        sentence = _("lr {lr} is above {formula}, which was {limit} at update {update}")
    elif along is not None and abs(along[-1]) > abs(along[0]):
        sentence = _("lr {lr} is above {formula} = {limit} here: the steep direction grows")
    elif along is not None and np.min(along) < 0:
        sentence = _("lr {lr} is above {formula} = {limit} here: the steps overshoot")
    else:
        sentence = _("lr {lr} is above {formula} = {limit} here: the steep direction is unstable")
    lr, most = number(case.lr, digits), number(limit.lr, digits)
    return sentence.format(lr=lr, formula=limit.formula, limit=most, update=update)


def _digits(lr: float, limit: float) -> int:
    """Return the digits that show that a rate is above a limit; 0: it is not, by more than curvature is exact."""
    shown = (digits for digits in range(4, EXACT + 1) if number(lr, digits) != number(limit, digits))
    return next(shown, 0) if lr > limit else 0


def _along_the_steepest(case: Case, spectrum: Spectrum) -> Array | None:
    """Return the last gradients along the steepest direction, or else the last losses; None: too few updates."""
    coords = case.trace.layout.coords
    if len(coords) != len(spectrum.top):
        return case.recent("loss", RECENT + 1)
    grads = case.recent("grad", 3)
    if grads is None:
        return None
    along = grads @ spectrum.top[list(coords)]
    signed: Array = along * np.sign(along[0])
    return signed


@diagnosis(50, stopped=True)
def _too_large_a_rate_at_the_start(case: Case) -> str | None:
    """Say that the first lr of a diverged lane was above the stability limit at its start."""
    rates = case.milestones("lr")
    if case.status != Status.DIVERGED or case.first_spectrum is None or rates is None or len(rates) < 2:
        return None
    lr, limit = float(rates[1]), case.limit(case.first_spectrum.high)
    digits = _digits(lr, limit.lr) if limit is not None else 0
    if limit is None or not digits:
        return None
    sentence = _("lr {lr} is above {formula} = {limit} at the start: each step overshot")
    return sentence.format(lr=number(lr, digits), formula=limit.formula, limit=number(limit.lr, digits))


@diagnosis(46, stopped=True)
def _growth(case: Case) -> str | None:
    """Say by how much the loss has grown, as measured."""
    first = case.milestones("loss")
    losses = case.column("loss")[-GROWTH - 1 :]
    losses = losses[np.isfinite(losses)]
    if first is None or case.status not in (Status.GOING, Status.DIVERGED) or len(losses) < 2:
        return None
    if case.going and (len(losses) <= GROWTH or np.min(losses[-5:]) <= np.max(losses[:5])):
        return None
    before, now = float(losses[0]), float(losses[-1])
    doubled = now > float(first[0]) and now - before > abs(before)
    if not (doubled or now > GREAT * abs(before) > 0):
        return None
    sentence = (
        _("the loss grew from {before} to {now} in the last {count} updates")
        if case.going
        else _("the loss grew from {before} to {now} in {count} updates, then was not finite")
        if len(losses) > 2
        else _("the loss grew from {before} to {now} in one update, then was not finite")
    )
    return sentence.format(before=number(before, 2), now=number(now, 2), count=len(losses) - 1)


@diagnosis(45, stopped=True)
def _no_bottom(case: Case) -> str | None:
    """Say that the loss falls and falls."""
    losses = case.column("loss")[-GROWTH - 1 :]
    losses, first = losses[np.isfinite(losses)], case.milestones("loss")
    if first is None or case.lowest is not None or len(losses) < 2 or not case.objective.has_loss:
        return None
    before, now = float(losses[0]), float(losses[-1])
    if not now < min(-1000 * (abs(float(first[0])) + 1), 2 * before):
        return None
    sentence = _("no bottom here: the loss fell from {before} to {now} in {count} updates")
    return sentence.format(before=number(before, 2), now=number(now, 2), count=len(losses) - 1)


@diagnosis(26, alone=True)
def _far_above_the_start(case: Case) -> str | None:
    """Say that the loss is far above that of the start, without growing further."""
    losses = case.milestones("loss")
    if losses is None or _growth(case) is not None:
        return None
    first, now = float(losses[0]), float(case.column("loss")[-1])
    if not now > FAR * first > 0:
        return None
    return _("the loss is {now}, up from {first} at the start").format(now=number(now, 2), first=number(first, 2))


@diagnosis(12)
def _too_small_a_rate(case: Case) -> str | None:
    """Say that lr could be many times larger, where one step of descent at that rate lowers the loss."""
    if case.spectrum is None or case.noisy or case.scheduled or case.at_rest or case.clipped or not case.lr > 0:
        return None
    if case.nearly_lowest or case.on_a_plain:
        return None
    curvature = case.spectrum.high
    limit = case.limit(curvature)
    if limit is None or limit.lr / 2 < SMALL * case.lr:
        return None
    near = case.limit(case.steepest)
    if near is not None and near.lr / 2 < SMALL * case.lr:
        return None  # it has just come through steeper ground
    if ringing(case):
        return None  # while momentum rings, a larger rate only makes it ring faster
    assert case.parameters is not None
    ahead = case.parameters - case.gradient / (curvature + case.decay)
    if not case.objective.evaluate(ahead)[0] < float(case.column("loss")[-1]):
        return None
    sentence = _("lr {lr} could be {factor}× larger here: half of {formula} is {half}")
    factor, half = number(limit.lr / 2 / case.lr, 2), number(limit.lr / 2)
    return sentence.format(lr=number(case.lr), factor=factor, formula=limit.formula, half=half)


@diagnosis(11)
def _flat_direction(case: Case) -> str | None:
    """Say how long plain descent takes along the flattest direction, where that is what holds it up."""
    rule, spectrum = case.trace.layout.rule, case.spectrum
    if spectrum is None or case.noisy or case.at_rest or case.clipped or rule.velocity_sign or rule.adapts_rate:
        return None
    losses = case.recent("loss", LONG)
    if losses is None or losses[-1] < SLOW * losses[0]:
        return None
    if not spectrum.low > 0 or case.limit(spectrum.high) is None or not case.lr > 0:
        return None
    halving = np.log(2.0) / (case.lr * spectrum.low)
    if halving < LONG or spectrum.high < LONG * spectrum.low:
        return None
    sentence = _("λ {low} to {high}: at lr {lr} the flattest direction halves in {count} updates")
    return sentence.format(
        low=number(spectrum.low, 2), high=number(spectrum.high, 2), lr=number(case.lr), count=number(halving, 2)
    )
