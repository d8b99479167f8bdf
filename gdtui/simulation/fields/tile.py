"""The compiled loop over members: updates of many runs side by side, to the same bits as one lane after another.

The members of a tile are columns of small arrays that stay in the cache. A member that stops is written out; the tile
is closed up when a quarter of it has stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np

from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.kernel_signature import OBJECTIVE_OVER_MEMBERS
from gdtui.optimizers.language.members_source import MEMBERS, ROOM
from gdtui.simulation.gradient_transforms import (
    Clip,
    Setting,
    clipped_by_norm,
    clipped_by_norm_torch,
    clipped_by_value,
    decayed,
    with_decay,
)
from gdtui.simulation.stopping import Reason, Watch, reason_to_stop

#: Members of a tile of two coordinates.
TILE = 256
#: Updates between two looks at whether to go on.
PATIENT = 64


class Rows(IntEnum):
    """The rows of a tile that are single numbers of a member; those with `d` or more rows come first."""

    LR = 0
    LOSS = 1
    NORM2 = 2
    #: The stop rules: `stopping.Watch`.
    WATCH = 3


#: How many rows hold single numbers.
SINGLE = Rows.WATCH + len(Watch)

#: The arguments after the pointers to objective and rule.
ADVANCE_TILE = (
    "i8(f8[::1], i8, i8, i8, i8, i8, f8[::1], f8[::1], "  # tile d slots hyper m style factors room
    "i8[::1], i8[::1], f8[:, ::1], f8[::1], i8[::1], i8[::1], i8[::1])"  # ids done theta … halt
)


@kernel(ADVANCE_TILE, (OBJECTIVE_OVER_MEMBERS, MEMBERS))
def advance_tile(
    objective: Callable[..., None], rule: Callable[..., None],
    tile: Array, d: int, slots: int, hyper: int, m: int, style: int, factors: Array, room_: Array,
    ids: Indices, done: Indices, theta: Array, loss: Array, update: Indices, reason: Indices, halt: Indices,
) -> int:  # fmt: skip
    """Make len(factors) updates of the m members of a tile; return how many updates were made in all.

    Parameters
    ----------
    tile
        rows of m numbers, changed in place: the parameters, room for the gradient, the rule's state and hyperparameters
        (`lr` first), settings of clipping and decay, `Rows`.
    style
        how a norm is clipped: `gradient_transforms.Clip`; −1: gradients are neither clipped nor decayed.
    factors
        the learning rate of update j + 1 is the member's own times factors[j].
    room_
        scratch, (2·d + `ROOM` + 2)·m.
    ids, done
        the members' numbers in the field; zeros.
    theta, loss, update, reason
        of the whole field [d, n] and [n]; on return a member's last parameters and loss, the updates made, and why it
        has stopped.
    halt
        not 0: give up soon; `update` of what was given up stays as it is.
    """
    rows = (2 + slots) * d + hyper + 4
    live, made, j, n = m, 0, 0, factors.shape[0]
    watch, point = np.empty(5), np.empty(d)
    while j < n and live > 0:
        # views of what is left of the tile
        m = live
        th, grad = tile[: d * m].reshape((d, m)), tile[d * m : 2 * d * m].reshape((d, m))
        state = tile[2 * d * m : (2 + slots) * d * m].reshape((slots, d, m))
        at = (2 + slots) * d * m
        rates, shape = tile[at : at + hyper * m].reshape((hyper, m)), tile[at + hyper * m : rows * m].reshape((4, m))
        single = tile[rows * m : (rows + SINGLE) * m].reshape((SINGLE, m))
        before, used = room_[: d * m].reshape((d, m)), room_[d * m : 2 * d * m].reshape((d, m))
        room = room_[2 * d * m : (2 * d + ROOM) * m].reshape((ROOM, m))
        lr, values, norm2 = single[Rows.LR], single[Rows.LOSS], single[Rows.NORM2]
        at = (2 * d + ROOM) * m
        ahead2, step2 = room_[at : at + m], room_[at + m : at + 2 * m]
        low, short = single[Rows.WATCH + Watch.LOSS, 0], single[Rows.WATCH + Watch.GRAD_NORM, 0]
        short = short * short * (1.0 + 1e-12)  # `reason_to_stop` compares the norm itself
        patient = single[Rows.WATCH + Watch.PATIENCE, 0] > 0.0
        if j == 0:
            objective(th, values, grad)
            sum_of_squares(grad, norm2)
            for k in range(m):
                if not np.isfinite(values[k]):
                    norm2[k] = np.inf  # a loss that is not finite at the start ends the first update
        while j < n and 4 * live > 3 * m:
            if j % PATIENT == 0 and halt[0] != 0:
                return made
            j += 1
            t = float(j)
            for k in range(m):
                rates[0, k] = lr[k] * factors[j - 1]
            for i in range(d):
                for k in range(m):
                    before[i, k] = th[i, k]
            if style < 0:
                rule(th, grad, state, rates, t, room)
            else:
                transform_members(grad, th, rates, shape, style, used)
                rule(th, used, state, rates, t, room)
            for k in range(m):
                step2[k] = 0.0
            for i in range(d):
                for k in range(m):
                    step2[k] += (th[i, k] - before[i, k]) * (th[i, k] - before[i, k])
            objective(th, values, grad)
            sum_of_squares(grad, ahead2)
            made += live

            # most updates stop nobody: what is not finite, or a limit within reach, calls for a closer look
            suspects = 0
            for k in range(m):
                finite = step2[k] + norm2[k] + abs(values[k]) < np.inf
                near = (values[k] < low) | (ahead2[k] < short)
                suspects += (1 - finite * (1 - near)) * (1 - done[k])
            if suspects > 0 or patient:
                for k in range(m):
                    if done[k] != 0:
                        continue
                    why: int = Reason.NOT_FINITE
                    if np.isfinite(step2[k]) and np.isfinite(norm2[k]) and np.isfinite(values[k]):
                        for i in range(d):
                            point[i] = grad[i, k]
                        for q in range(5):
                            watch[q] = single[Rows.WATCH + q, k]
                        why = reason_to_stop(watch, values[k], point)
                        for q in range(5):
                            single[Rows.WATCH + q, k] = watch[q]
                    if why != Reason.NONE:
                        done[k] = 1
                        live -= 1
                        for i in range(d):
                            theta[i, ids[k]] = th[i, k]
                        loss[ids[k]], update[ids[k]], reason[ids[k]] = values[k], j, why
            for k in range(m):
                norm2[k] = ahead2[k]
        if j < n and live > 0:
            close_up(tile, rows + SINGLE, m, ids, done)
    for k in range(m):
        if done[k] == 0:
            for i in range(d):
                theta[i, ids[k]] = tile[i * m + k]
            loss[ids[k]], update[ids[k]], reason[ids[k]] = tile[(rows + Rows.LOSS) * m + k], n, Reason.NONE
    return made


def close_up(tile: Array, rows: int, m: int, ids: Indices, done: Indices) -> None:
    """Drop the members that are done: the columns that stay move together, in place."""
    at = 0
    for r in range(rows):
        for k in range(m):
            if done[k] == 0:
                tile[at] = tile[r * m + k]
                at += 1
    at = 0
    for k in range(m):
        if done[k] == 0:
            ids[at] = ids[k]
            at += 1
    for k in range(m):
        done[k] = 0


def sum_of_squares(grad: Array, out: Array) -> None:
    """Write ‖g‖² of each column, in the order in which a single lane adds it up."""
    for k in range(out.shape[0]):
        out[k] = 0.0
    for i in range(grad.shape[0]):
        for k in range(out.shape[0]):
            out[k] += grad[i, k] * grad[i, k]


def transform_members(grad: Array, theta: Array, rates: Array, settings: Array, style: int, used: Array) -> None:
    """Clip and decay every column: `gradient_transforms.clipped_and_decayed` on one block."""
    for k in range(grad.shape[1]):
        clip_norm, clip_value = settings[Setting.CLIP_NORM, k], settings[Setting.CLIP_VALUE, k]
        coupled, decoupled = settings[Setting.COUPLED_DECAY, k], settings[Setting.DECOUPLED_DECAY, k]
        total = 0.0
        for i in range(grad.shape[0]):
            total += grad[i, k] * grad[i, k]
        length = np.sqrt(total)
        for i in range(grad.shape[0]):
            g = grad[i, k]
            if clip_norm > 0.0:
                torch = style == Clip.TORCH
                g = clipped_by_norm_torch(g, length, clip_norm) if torch else clipped_by_norm(g, length, clip_norm)
            if clip_value > 0.0:
                g = clipped_by_value(g, clip_value)
            if coupled > 0.0:
                g = with_decay(g, theta[i, k], coupled)
            if decoupled > 0.0:
                theta[i, k] = decayed(theta[i, k], rates[0, k], decoupled)
            used[i, k] = g
