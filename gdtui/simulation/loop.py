"""The compiled loop: updates of one lane, one after another, with whatever is recorded of them.

Objective, rule and probe come in as function pointers, so that the loop is compiled once for all
of them. What becomes of a gradient before the rule gets it stands here as plain formulas: the loop
calls them, and `gdtui.insight.explain` reads them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.kernel_signature import OBJECTIVE
from gdtui.optimizers.language.kernel_source import PROBE, RULE

#: Columns that every recorded row begins with; theta[c], grad[c] and the probe's p·c values follow.
#: angle: degrees between the batch's gradient and the full one; snr: |full| / |batch - full|.
#: evaluations: of value and gradient, all updates up to this one; a rule of the first order needs one an update.
HEAD = (
    "update", "lr", "loss", "batch_loss", "val_loss", "grad_norm", "step_norm", "angle", "snr", "evaluations",
)  # fmt: skip

GOING, CONVERGED, DIVERGED, ENDED = 0, 1, 2, 3
#: Why a lane has converged, as outcome[2] says.
LOSS_BELOW, GRADIENT_BELOW, NO_IMPROVEMENT = 1, 2, 3

#: How a norm is clipped: of the whole gradient; as torch does it; of each block of parameters, as Keras does it.
CLIP_WHOLE, CLIP_TORCH, CLIP_BLOCKS = 0, 1, 2


#: prepare(grad[d], theta[d], lr, settings, style, blocks[b, 3], used[d]): clip and decay.
PREPARE = "void(f8[::1], f8[::1], f8, f8[::1], i8, i8[:, ::1], f8[::1])"
#: advance(…): what comes after the pointers to objective, prepare, rule and probe.
ADVANCE = (
    "i8(f8[::1], f8[:, ::1], f8[::1], f8[::1], i8, i8, "  # theta slots hyper rates t0 n
    "f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], "  # grad used before ahead target further none
    "f8[:, ::1], i8[::1], f8[::1], i8[::1], i8[::1], "  # data shape work train held_out
    "i8[::1], i8[::1], i8[::1], f8[:, ::1], "  # source begin end noise
    "f8[::1], i8[:, ::1], f8[::1], i8[::1], i8[::1], "  # settings blocks stops coords flags
    "f8[:, ::1], f8[:, ::1], f8[::1], i8[::1])"  # probed record last outcome
)


# What a rule gets ----------------------------------------------------------------------------------


def clipped_by_norm(g: float, g_norm: float, clip_norm: float) -> float:
    """Shorten a gradient that is longer than `clip_norm`: Pascanu, Mikolov & Bengio 2013, alg. 1."""
    return g * min(1.0, clip_norm / g_norm)


def clipped_by_norm_torch(g: float, g_norm: float, clip_norm: float) -> float:
    """Shorten a gradient as torch.nn.utils.clip_grad_norm_ does."""
    return g * min(1.0, clip_norm / (g_norm + 1e-6))


def clipped_by_value(g: float, clip_value: float) -> float:
    """Clip one coordinate of a gradient to ± `clip_value`."""
    return min(max(g, -clip_value), clip_value)


def with_decay(g: float, theta: float, weight_decay: float) -> float:
    """Add the gradient of the penalty ½λ‖θ‖²: it passes through the optimizer's memory."""
    return g + weight_decay * theta


def decayed(theta: float, lr: float, weight_decay: float) -> float:
    """Let a parameter decay by itself, beside the update: Loshchilov & Hutter 2019."""
    return theta - lr * weight_decay * theta


@kernel(PREPARE)
def hand_over(
    grad: Array, theta: Array, lr: float, settings: Array, style: int, blocks: Indices, used: Array
) -> None:  # fmt: skip
    """Give the rule the gradient as it is."""
    for i in range(theta.shape[0]):
        used[i] = grad[i]


@kernel(PREPARE)
def prepare(
    grad: Array, theta: Array, lr: float, settings: Array, style: int, blocks: Indices, used: Array
) -> None:  # fmt: skip
    """Clip and decay: put what the rule gets into `used`, and let theta decay where it does so by itself.

    Parameters
    ----------
    settings
        clip the norm to this, clip each coordinate to this, coupled and decoupled decay; 0 = off.
    style
        one of the CLIP_… above.
    """
    d = theta.shape[0]
    for b in range(blocks.shape[0] if style == CLIP_BLOCKS else 1):
        low = blocks[b, 0] if style == CLIP_BLOCKS else 0
        high = low + blocks[b, 1] * blocks[b, 2] if style == CLIP_BLOCKS else d
        total = 0.0
        for i in range(low, high):
            total += grad[i] * grad[i]
        length = np.sqrt(total)
        for i in range(low, high):
            g = grad[i]
            if settings[0] > 0.0:
                torch = style == CLIP_TORCH
                g = clipped_by_norm_torch(g, length, settings[0]) if torch else clipped_by_norm(g, length, settings[0])
            if settings[1] > 0.0:
                g = clipped_by_value(g, settings[1])
            if settings[2] > 0.0:
                g = with_decay(g, theta[i], settings[2])
            if settings[3] > 0.0:
                theta[i] = decayed(theta[i], lr, settings[3])
            used[i] = g


# The loop --------------------------------------------------------------------------------------------


@kernel(ADVANCE, (OBJECTIVE, PREPARE, RULE, PROBE))
def advance(
    objective: Any, prepare: Any, rule: Any, probe: Any,
    theta: Array, slots: Array, hyper: Array, rates: Array, t0: int, n: int,
    grad: Array, used: Array, before: Array, ahead: Array, target: Array, further: Array, none: Array,
    data: Array, shape: Indices, work: Array, train: Indices, held_out: Indices,
    source: Indices, begin: Indices, end: Indices, noise: Array,
    settings: Array, blocks: Indices, stops: Array, coords: Indices, flags: Indices,
    probed: Array, record: Array, last: Array, outcome: Indices,
) -> int:  # fmt: skip
    """Make up to n updates of one lane in place; return how many were made.

    Update j of the chunk is number t = t0 + j + 1, at rate rates[j], on the rows
    source[begin[j]:end[j]] of data. Where flags[0] is set that is all of `train`, and j is 0.

    Parameters
    ----------
    grad, used, before, ahead
        on return the last update's gradient, what the rule got of it, the parameters before it;
        the full gradient at those after it, where it was asked for.
    target, further
        where the gradient of a batch goes, and that of the full loss after an update: two of those
        above, or `none`, which is empty. To choose between arrays here would take long to compile.
    settings
        of `prepare`.
    stops
        converged once the loss is below, the gradient norm is below, the loss has not improved
        for so many updates (0 = off); then the best loss and the updates since, kept up to date.
    flags
        full batch?, has a loss?, record every this many updates (0 = none),
        compare each recorded batch with the full gradient?, how the norm is clipped.
    record
        the rows written, one for each due update; `last` is the row of the final update.
    outcome
        status, rows written, why converged.
    """
    d = theta.shape[0]
    c = coords.shape[0]
    p = probed.shape[0]
    full = flags[0] != 0
    has_loss = flags[1] != 0
    every = flags[2]
    compare = flags[3] != 0 and (not full or noise.shape[0] > 0)
    eager = not full and further.shape[0] > 0  # the full gradient came along with the loss after the update before
    follow = full or stops[0] > 0.0 or stops[2] > 0.0  # stops on the loss need it after every update
    nothing = np.nan
    written = 0
    status = 0
    why = 0
    made = 0
    loss = nothing
    rows = train.shape[0]
    for j in range(n):
        number = t0 + j + 1
        t = float(number)
        hyper[0] = rates[j]
        due = every > 0 and number % every == 0
        wanted = due or j == n - 1

        # the gradient of this update's batch, at the parameters before it; with all rows it is
        # the one that the update before looked ahead to
        comparing = wanted and compare
        if comparing and not full and (j == 0 or not eager):
            objective(theta, data, train, 0, rows, shape, work, ahead)
        if not full or j == 0:
            loss = objective(theta, data, source, begin[j], end[j], shape, work, target)
        batch_loss = loss
        if full:
            for i in range(d):
                grad[i] = ahead[i]
        if noise.shape[0] > 0:
            for i in range(d):
                grad[i] += noise[j, i]
        norm2 = 0.0
        dot = 0.0
        ahead2 = 0.0
        apart2 = 0.0
        for i in range(d):
            g = grad[i]
            before[i] = theta[i]
            norm2 += g * g
            if comparing:
                dot += g * ahead[i]
                ahead2 += ahead[i] * ahead[i]
                apart2 += (g - ahead[i]) * (g - ahead[i])
        prepare(grad, theta, rates[j], settings, flags[4], blocks, used)
        if wanted:
            probe(theta, used, slots, hyper, t, coords, probed, blocks)
        rule(theta, used, slots, hyper, t, blocks)
        made = j + 1

        # where that led: a step of no finite length leads nowhere
        step2 = 0.0
        for i in range(d):
            step2 += (theta[i] - before[i]) * (theta[i] - before[i])
        if follow or wanted:
            loss = objective(theta, data, train, 0, rows, shape, work, further)
        lost = not np.isfinite(batch_loss) or (full and not np.isfinite(loss))
        if not np.isfinite(step2) or not np.isfinite(norm2) or (has_loss and lost):
            status = 2
        else:
            if stops[2] > 0.0:
                if loss < stops[3]:
                    stops[3] = loss
                    stops[4] = 0.0
                else:
                    stops[4] += 1.0
                    if stops[4] >= stops[2]:
                        status, why = 1, 3
            if stops[1] > 0.0:
                here2 = 0.0
                for i in range(d):
                    here2 += target[i] * target[i]
                if np.sqrt(here2) < stops[1]:
                    status, why = 1, 2
            if stops[0] > 0.0 and loss < stops[0]:
                status, why = 1, 1

        if wanted or status != 0:
            last[0] = t
            last[1] = rates[j]
            last[2] = loss if has_loss else nothing
            last[3] = batch_loss if has_loss else nothing
            last[4] = nothing
            if held_out.shape[0] > 0:
                last[4] = objective(theta, data, held_out, 0, held_out.shape[0], shape, work, none)
            last[5] = np.sqrt(norm2)
            last[6] = np.sqrt(step2)
            last[7] = nothing
            last[8] = nothing
            last[9] = t
            if comparing:
                cosine = dot / np.sqrt(norm2 * ahead2)
                last[7] = np.degrees(np.arccos(max(-1.0, min(1.0, cosine))))
                last[8] = np.sqrt(ahead2 / apart2)
            for k in range(c):
                last[10 + k] = theta[coords[k]]
                last[10 + c + k] = grad[coords[k]]
                for q in range(p):
                    last[10 + (2 + q) * c + k] = probed[q, k] if wanted else nothing
            if due:
                for q in range(last.shape[0]):
                    record[written, q] = last[q]
                written += 1
        if status != 0:
            break
    outcome[0] = status
    outcome[1] = written
    outcome[2] = why
    return made
