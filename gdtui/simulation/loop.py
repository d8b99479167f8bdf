"""The compiled loop: updates of one lane, one after another, with the rows of the trace that are asked for.

Objective, gradient transform, rule and probe are passed as function pointers, so that the loop is compiled once for
all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np

from gdtui.columns import RECORDED, Column
from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.kernel_signature import OBJECTIVE
from gdtui.optimizers.language.kernel_source import PROBE, RULE
from gdtui.simulation.gradient_transforms import TRANSFORM
from gdtui.simulation.stopping import Reason, Watch, reason_to_stop
from gdtui.simulation.wrappers import Wrapper, ascended, averaged, mean_gradient, met, weight_of

#: Columns before the vectors in a row: theta[c], grad[c] and the probe's p·c values follow.
SCALARS = len(RECORDED)


class Flag(IntEnum):
    """Positions in the array of switches."""

    FULL_BATCH = 0
    HAS_LOSS = 1
    #: Record every this many updates; 0: none.
    EVERY = 2
    #: Compare the batch of each recorded update with the full gradient?
    COMPARE = 3
    #: How a norm is clipped: `gradient_transforms.Clip`.
    CLIP = 4
    #: Batches whose gradients an update averages; 1 for all rows at once.
    BATCHES = 5
    #: Evaluations before the chunk, and of each update.
    EVALUATIONS = 6
    COST = 7
    #: Slow and fast weights meet every this many updates (0: never), counted from an update on.
    LOOKAHEAD = 8
    LOOKAHEAD_FROM = 9
    #: The row of `slots` with the slow weights; with an average of the parameters (-1: none).
    SLOW = 10
    AVERAGE = 11
    #: The update after which an average that no rule keeps begins; -1: there is none.
    AVERAGE_AFTER = 12


class Outcome(IntEnum):
    """Positions in the array of results."""

    REASON = 0
    ROWS = 1


#: The signature: after the pointers to objective, transform, rule and probe come these arguments.
ADVANCE = (
    "i8(f8[::1], f8[:, ::1], f8[::1], f8[::1], i8, i8, "  # theta slots hyper rates t0 n
    "f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], "  # grad used before ahead target further none
    "f8[::1], f8[::1], f8[::1], f8[::1], f8[:, ::1], "  # part ascended uphill wrapping earlier
    "f8[:, ::1], i8[::1], f8[::1], i8[::1], i8[::1], "  # data shape work train held_out
    "i8[::1], i8[::1], i8[::1], f8[:, ::1], "  # source begin end noise
    "f8[::1], i8[:, ::1], i8[::1], f8[::1], i8[::1], i8[::1], "  # settings blocks parts watched coords flags
    "f8[:, ::1], f8[:, ::1], f8[::1], i8[::1])"  # probed record last outcome
)


#: From this length on sums have four parts: one sum waits for each addition.
LONG = 4096


def parts_of(dimension: int) -> Indices:
    """Return where the four parts of a sum over so many numbers begin, and the rest after them."""
    return np.arange(5) * (dimension // 4 if dimension >= LONG else 0)


def squared_distance(a: Array, b: Array, parts: Indices) -> float:
    """Return Σ (a − b)², in the parts of `parts_of`; Σ a² where b is empty.

    Where zeros are left out the parts are not equally long: the sum is the same to the last bit.
    """
    away = b.shape[0] > 0
    shared = parts[1] - parts[0]
    for k in range(1, 4):
        shared = min(shared, parts[k + 1] - parts[k])
    p, q, r, s = 0.0, 0.0, 0.0, 0.0
    for i in range(shared):
        c, d, e, f = a[i], a[parts[1] + i], a[parts[2] + i], a[parts[3] + i]
        if away:
            c, d, e, f = c - b[i], d - b[parts[1] + i], e - b[parts[2] + i], f - b[parts[3] + i]
        p += c * c
        q += d * d
        r += e * e
        s += f * f
    p = _onwards(p, a, b, shared, parts[1])
    q = _onwards(q, a, b, parts[1] + shared, parts[2])
    r = _onwards(r, a, b, parts[2] + shared, parts[3])
    s = _onwards(s, a, b, parts[3] + shared, parts[4])
    return _onwards(0.0, a, b, parts[4], a.shape[0]) + (p + q + r + s)


def _onwards(total: float, a: Array, b: Array, low: int, high: int) -> float:
    """Add Σ (a − b)² over a part to a sum."""
    for i in range(low, high):
        c = a[i] - b[i] if b.shape[0] > 0 else a[i]
        total += c * c
    return total


@kernel(ADVANCE, (OBJECTIVE, TRANSFORM, RULE, PROBE))
def advance(
    objective: Callable[..., float], transform: Callable[..., None], rule: Callable[..., None],
    probe: Callable[..., None],
    theta: Array, slots: Array, hyper: Array, rates: Array, t0: int, n: int,
    grad: Array, used: Array, before: Array, ahead: Array, target: Array, further: Array, none: Array,
    part: Array, ascended_: Array, uphill: Array, wrapping: Array, earlier: Array,
    data: Array, shape: Indices, work: Array, train: Indices, held_out: Indices,
    source: Indices, begin: Indices, end: Indices, noise: Array,
    settings: Array, blocks: Indices, parts: Indices, watched: Array, coords: Indices, flags: Indices,
    probed: Array, record: Array, last: Array, outcome: Indices,
) -> int:  # fmt: skip
    """Make up to n updates of one lane in place; return how many were made.

    Update j of the chunk has number t = t0 + j + 1 and learning rate rates[j], and uses Flag.BATCHES batches; batch b
    are the rows source[begin[b]:end[b]] of data. With Flag.FULL_BATCH there is one batch only, all of `train`.

    Parameters
    ----------
    grad, used, before, ahead
        on return the last update's gradient, what the rule got of it, the parameters before it; the full gradient
        after it, where it was asked for.
    target, further
        where the gradient of a batch is written, and that of the full loss after an update: two of the arrays above,
        or `none`, which is empty. Choosing between arrays here would take long to compile.
    part
        room for the gradient of one batch of several.
    ascended_, uphill
        on return where SAM took the gradient of the last update, and that gradient.
    wrapping
        numbers of the wrappers: `wrappers.Wrapper`.
    earlier
        on return the last rows of `slots`, which wrappers keep, before the last update, at `coords`.
    settings
        of `transform`.
    parts
        of the sums over all parameters: `parts_of`.
    watched
        for the stop rules: `stopping.Watch`.
    flags, outcome
        see `Flag` and `Outcome`.
    record
        the rows written, one for each update that is due; `last` is the row of the final update.
    """
    d = theta.shape[0]
    c = coords.shape[0]
    p = probed.shape[0]
    full = flags[Flag.FULL_BATCH] != 0
    has_loss = flags[Flag.HAS_LOSS] != 0
    every = flags[Flag.EVERY]
    batches = flags[Flag.BATCHES]
    sam = wrapping[Wrapper.SAM]
    lookahead, slow, average = flags[Flag.LOOKAHEAD], flags[Flag.SLOW], flags[Flag.AVERAGE]
    average_after = flags[Flag.AVERAGE_AFTER]
    kept = earlier.shape[0]
    compare = flags[Flag.COMPARE] != 0 and (not full or noise.shape[0] > 0)
    eager = not full and further.shape[0] > 0  # the loss after an update brings the full gradient along
    # stop rules on the loss need it after every update
    follow = full or watched[Watch.LOSS] > 0.0 or watched[Watch.PATIENCE] > 0.0
    nothing = np.nan
    written = 0
    reason: int = Reason.NONE
    made = 0
    loss = nothing
    rows = train.shape[0]
    for j in range(n):
        number = t0 + j + 1
        t = float(number)
        hyper[0] = rates[j]
        due = every > 0 and number % every == 0
        wanted = due or j == n - 1

        # The gradient of this update's batch, at the parameters before the update. With all rows, the evaluation
        # after the previous update has already given it.
        comparing = wanted and compare
        if comparing and not full and (j == 0 or not eager):
            objective(theta, data, train, 0, rows, shape, work, ahead)
        if not full or j == 0:
            first = j * batches
            if batches == 1:
                loss = objective(theta, data, source, begin[j], end[j], shape, work, target)
            else:
                loss = mean_gradient(
                    objective, theta, data, source, begin, end, first, batches, shape, work, target, part
                )
        batch_loss = loss
        if full:
            for i in range(d):
                grad[i] = ahead[i]
        if noise.shape[0] > 0:
            for i in range(d):
                grad[i] += noise[j, i]
        for i in range(d):
            before[i] = theta[i]
        norm2 = squared_distance(grad, none, parts)
        dot = 0.0
        ahead2 = 0.0
        apart2 = 0.0
        if comparing:
            for i in range(d):
                g = grad[i]
                dot += g * ahead[i]
                ahead2 += ahead[i] * ahead[i]
                apart2 += (g - ahead[i]) * (g - ahead[i])
        if sam > 0.0:
            length = np.sqrt(norm2)
            for i in range(d):
                ascended_[i] = ascended(theta[i], grad[i], length, sam)
            first = 0 if full else j * batches
            mean_gradient(objective, ascended_, data, source, begin, end, first, batches, shape, work, uphill, part)
            if noise.shape[0] > 0:
                for i in range(d):
                    uphill[i] += noise[j, i]
            transform(uphill, theta, rates[j], settings, flags[Flag.CLIP], blocks, used)
        else:
            transform(grad, theta, rates[j], settings, flags[Flag.CLIP], blocks, used)
        if wanted:
            probe(theta, used, slots, hyper, t, coords, probed, blocks)
            for q in range(kept):
                for k in range(c):
                    earlier[q, k] = slots[slots.shape[0] - kept + q, coords[k]]
        rule(theta, used, slots, hyper, t, blocks)
        made = j + 1
        if lookahead > 0 and (number - flags[Flag.LOOKAHEAD_FROM]) % lookahead == 0:
            for i in range(d):
                slots[slow, i] = met(slots[slow, i], theta[i], wrapping[Wrapper.LOOKAHEAD_ALPHA])
                theta[i] = slots[slow, i]
        if average_after >= 0:
            weight = weight_of(number - average_after, wrapping[Wrapper.AVERAGE_DECAY])
            for i in range(d):
                slots[average, i] = averaged(slots[average, i], theta[i], weight)

        step2 = squared_distance(theta, before, parts)
        if follow or wanted:
            loss = objective(theta, data, train, 0, rows, shape, work, further)
        lost = not np.isfinite(batch_loss) or (full and not np.isfinite(loss))
        if not np.isfinite(step2) or not np.isfinite(norm2) or (has_loss and lost):
            reason = Reason.NOT_FINITE
        else:
            reason = reason_to_stop(watched, loss, target)

        if wanted or reason != Reason.NONE:
            last[Column.UPDATE] = t
            last[Column.LR] = rates[j]
            last[Column.LOSS] = loss if has_loss else nothing
            last[Column.BATCH_LOSS] = batch_loss if has_loss else nothing
            last[Column.VAL_LOSS] = nothing
            if held_out.shape[0] > 0:
                last[Column.VAL_LOSS] = objective(theta, data, held_out, 0, held_out.shape[0], shape, work, none)
            last[Column.GRAD_NORM] = np.sqrt(norm2)
            last[Column.STEP_NORM] = np.sqrt(step2)
            last[Column.ANGLE] = nothing
            last[Column.SNR] = nothing
            last[Column.EVALUATIONS] = flags[Flag.EVALUATIONS] + made * flags[Flag.COST]
            last[Column.AVERAGE_LOSS] = nothing
            last[Column.AVERAGE_VAL_LOSS] = nothing
            if average >= 0 and has_loss:
                point = slots[average]
                last[Column.AVERAGE_LOSS] = objective(point, data, train, 0, rows, shape, work, none)
                if held_out.shape[0] > 0:
                    last[Column.AVERAGE_VAL_LOSS] = objective(
                        point, data, held_out, 0, held_out.shape[0], shape, work, none
                    )
            if comparing:
                cosine = dot / np.sqrt(norm2 * ahead2)
                last[Column.ANGLE] = np.degrees(np.arccos(max(-1.0, min(1.0, cosine))))
                last[Column.SNR] = np.sqrt(ahead2 / apart2)
            for k in range(c):
                last[SCALARS + k] = theta[coords[k]]
                last[SCALARS + c + k] = grad[coords[k]]
                for q in range(p):
                    last[SCALARS + (2 + q) * c + k] = probed[q, k] if wanted else nothing
            if due:
                for q in range(last.shape[0]):
                    record[written, q] = last[q]
                written += 1
        if reason != Reason.NONE:
            break
    outcome[Outcome.REASON] = reason
    outcome[Outcome.ROWS] = written
    return made
