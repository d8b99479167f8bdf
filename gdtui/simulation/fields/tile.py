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
    decayed,
    given_to_rule,
)
from gdtui.simulation.schedules import plateau_after
from gdtui.simulation.stopping import Reason, Watch, reason_to_stop
from gdtui.simulation.wrappers import ascended, met


class Rows(IntEnum):
    """The rows of a tile that are single numbers of a member; those with `d` or more rows come first."""

    LR = 0
    LOSS = 1
    #: The last update at which it was near no target; −1: it has been near one since the start; inf: there are none.
    AWAY = 2
    #: The state of the schedule `plateau`: best loss, updates since then, factor.
    BEST = 3
    WAITED = 4
    FACTOR = 5
    #: ρ of SAM, and how far the slow weights of Lookahead go.
    SAM_RHO = 6
    LOOKAHEAD_ALPHA = 7
    #: The stop rules: `stopping.Watch`.
    WATCH = 8


#: How many rows hold single numbers.
SINGLE = Rows.WATCH + len(Watch)

#: Rows of a tile's scratch besides those of the rule, and for each parameter.
SPARE, OF_PARAMETER = 7, 4

#: The arguments after the pointers to objective and rule.
ADVANCE_TILE = (
    "i8(f8[::1], i8, i8, i8, i8, i8, i8[:, ::1], b1, i8, "  # tile d slots hyper m style blocks sam lookahead
    "f8[::1], i8, b1, f8[::1], "  # factors t0 last room
    "f8[:, ::1], i8[::1], f8[::1], i8[::1], i8[::1], i8[::1], i8[::1], b1, "  # data shape work train source … full
    "f8[:, :, ::1], i8[::1], "  # noise own
    "f8[:, ::1], f8, f8[::1], "  # targets reach plateau
    "i8[::1], f8[:, ::1], f8[::1], i8[::1], i8[::1], i8[::1], i8[::1])"  # ids theta loss update reason arrived halt
)


@kernel(ADVANCE_TILE, (OBJECTIVE_OVER_MEMBERS, MEMBERS), allocates=True)
def advance_tile(
    objective: Callable[..., None], rule: Callable[..., None],
    tile: Array, d: int, slots: int, hyper: int, m: int, style: int, blocks: Indices, sam: bool, lookahead: int,
    factors: Array, t0: int, last: bool, room_: Array,
    data: Array, shape: Indices, work: Array, train: Indices, source: Indices, begin: Indices, end: Indices, full: bool,
    noise: Array, own: Indices, targets: Array, reach: float, plateau: Array,
    ids: Indices, theta: Array, loss: Array, update: Indices, reason: Indices, arrived: Indices, halt: Indices,
) -> int:  # fmt: skip
    """Make len(factors) updates of the m members of a tile; return how many members go on: the first so many columns.

    Parameters
    ----------
    tile
        rows of m numbers, changed in place: the parameters, the gradient, the rule's state and hyperparameters (`lr`
        first), settings of clipping and decay, `Rows`. With `full` gradient and loss are those at the parameters.
    style
        how a norm is clipped: `gradient_transforms.Clip`; −1: gradients are neither clipped nor decayed.
    sam, lookahead
        whether gradients are taken uphill; after how many updates fast and slow weights meet, 0: never. The slow ones
        are the last rows of the state.
    factors, t0
        the learning rate of update t0 + j + 1 is the member's own times factors[j].
    last
        whether these are the last updates: members that go on are written out too.
    room_
        scratch, (`OF_PARAMETER`·d + `ROOM` + `SPARE`)·m.
    source, begin, end, full
        update t0 + j + 1 of every member uses the rows source[begin[j]:end[j]]; with `full`, all of `train`.
    noise, own
        noise[j, i, own[member]] is added to coordinate i of a member's gradient; there may be none.
    targets, reach
        see `Members`.
    plateau
        `schedules.plateau_settings`, if the schedule is one that reacts to the loss.
    ids
        the members' numbers in the field.
    theta, loss, update, reason, arrived
        of the whole field [d, n] and [n]; of a member that has ended its last parameters, the updates made, why it has
        stopped and since when it has been near a target; with `full`, its last loss too.
    halt
        not 0: give up soon; `update` of what was given up stays as it is.
    """
    rows = (2 + slots) * d + hyper + 4
    live, j, n, noisy, reacts = m, 0, factors.shape[0], noise.shape[0] > 0, plateau.shape[0] > 0
    watch, point, none, done = np.empty(5), np.empty(d), np.empty((0, 1)), np.zeros(m, dtype=np.int64)
    while j < n and live > 0:
        # views of what is left of the tile
        m = live
        th, grad = tile[: d * m].reshape((d, m)), tile[d * m : 2 * d * m].reshape((d, m))
        state = tile[2 * d * m : (2 + slots) * d * m].reshape((slots, d, m))
        at = (2 + slots) * d * m
        rates, limits = tile[at : at + hyper * m].reshape((hyper, m)), tile[at + hyper * m : rows * m].reshape((4, m))
        single = tile[rows * m : (rows + SINGLE) * m].reshape((SINGLE, m))
        before, used = room_[: d * m].reshape((d, m)), room_[d * m : 2 * d * m].reshape((d, m))
        above, uphill = room_[2 * d * m : 3 * d * m].reshape((d, m)), room_[3 * d * m : 4 * d * m].reshape((d, m))
        first = OF_PARAMETER * d
        room = room_[first * m : (first + ROOM) * m].reshape((ROOM, m))
        lr, values = single[Rows.LR], single[Rows.LOSS]
        spare = room_[(first + ROOM) * m : (first + ROOM + SPARE) * m].reshape((SPARE, m))
        step2, norm2 = spare[0], spare[1]
        ahead2, checked = (spare[2] if full else norm2), (values if full else spare[3])
        given = used if noisy else grad
        low, norm = single[Rows.WATCH + Watch.LOSS, 0], single[Rows.WATCH + Watch.GRAD_NORM, 0]
        short = norm * norm * (1.0 + 1e-12)  # `reason_to_stop` compares the norm itself
        patient, limited, shortened = single[Rows.WATCH + Watch.PATIENCE, 0] > 0.0, low > 0.0, norm > 0.0
        while j < n and 4 * live > 3 * m:
            if halt[0] != 0:
                return live
            j += 1
            t = float(t0 + j)
            for k in range(m):
                rates[0, k] = lr[k] * single[Rows.FACTOR, k] * factors[j - 1]
            for i in range(d):
                for k in range(m):
                    before[i, k] = th[i, k]
            if not full:
                objective(th, data, source, begin[j - 1], end[j - 1], shape, work, checked, grad)
            if noisy:
                for i in range(d):
                    for k in range(m):
                        given[i, k] = grad[i, k] + noise[j - 1, i, own[ids[k]]]
            sum_of_squares(given, norm2)
            if sam:
                for k in range(m):
                    # with ρ = 0 a member stays, even where its gradient is infinite
                    length = np.sqrt(norm2[k]) if single[Rows.SAM_RHO, k] > 0.0 else 0.0
                    for i in range(d):
                        above[i, k] = ascended(th[i, k], given[i, k], length, single[Rows.SAM_RHO, k])
                if full:
                    objective(above, data, train, 0, train.shape[0], shape, work, spare[6], uphill)
                else:
                    objective(above, data, source, begin[j - 1], end[j - 1], shape, work, spare[6], uphill)
                for i in range(d if noisy else 0):
                    for k in range(m):
                        uphill[i, k] += noise[j - 1, i, own[ids[k]]]
            if t0 + j == 1 and full:
                for k in range(m):
                    if not np.isfinite(values[k]):
                        norm2[k] = np.inf  # a loss that is not finite at the start ends the first update
            raw = uphill if sam else given
            if style >= 0:
                transform_members(raw, th, rates, limits, style, blocks, used)
            rule(th, used if style >= 0 else raw, state, rates, t, room, blocks)
            if lookahead > 0 and (t0 + j) % lookahead == 0:
                for i in range(d):
                    for k in range(m):
                        slow = met(state[slots - 1, i, k], th[i, k], single[Rows.LOOKAHEAD_ALPHA, k])
                        state[slots - 1, i, k], th[i, k] = slow, slow
            for i in range(d):
                for k in range(m):
                    before[i, k] = th[i, k] - before[i, k]
            sum_of_squares(before, step2)
            if targets.shape[0] > 0:
                squared_distances(th, targets, spare[4], spare[5])
                for k in range(m):
                    single[Rows.AWAY, k] = single[Rows.AWAY, k] if spare[4, k] < reach * reach else t
            if full:
                objective(th, data, train, 0, train.shape[0], shape, work, values, grad)
                if shortened:
                    sum_of_squares(grad, ahead2)
            elif limited or patient or reacts:
                objective(th, data, train, 0, train.shape[0], shape, work, values, none)

            for k in range(m if reacts else 0):
                best, waited, factor = single[Rows.BEST, k], single[Rows.WAITED, k], single[Rows.FACTOR, k]
                best, waited, factor = plateau_after(
                    best, waited, factor, values[k], plateau[0], plateau[1], plateau[2], plateau[3]
                )
                single[Rows.BEST, k], single[Rows.WAITED, k], single[Rows.FACTOR, k] = best, waited, factor

            # most updates stop nobody: what is not finite, or a limit within reach, calls for a closer look
            suspects = 0
            for k in range(m):
                finite = step2[k] + norm2[k] + abs(checked[k]) < np.inf
                near = (limited & (values[k] < low)) | (shortened & (ahead2[k] <= short))
                suspects += (1 - finite * (1 - near)) * (1 - done[k])
            if suspects > 0 or patient:
                for k in range(m):
                    if done[k] != 0:
                        continue
                    why: int = Reason.NOT_FINITE
                    if np.isfinite(step2[k]) and np.isfinite(norm2[k]) and np.isfinite(checked[k]):
                        for i in range(d):
                            point[i] = grad[i, k] if full else given[i, k]
                        for q in range(5):
                            watch[q] = single[Rows.WATCH + q, k]
                        why = reason_to_stop(watch, values[k], point)
                        for q in range(5):
                            single[Rows.WATCH + q, k] = watch[q]
                    if why != Reason.NONE:
                        done[k] = 1
                        live -= 1
                        write_out(tile, d, m, k, ids[k], theta)
                        loss[ids[k]], update[ids[k]], reason[ids[k]] = values[k], t0 + j, why
                        arrived[ids[k]] = arrival(single[Rows.AWAY, k], t0 + j)
        close_up(tile, rows + SINGLE, m, ids, done)
    for k in range(live if last else 0):
        write_out(tile, d, live, k, ids[k], theta)
        loss[ids[k]], update[ids[k]], reason[ids[k]] = tile[(rows + Rows.LOSS) * live + k], t0 + n, Reason.NONE
        arrived[ids[k]] = arrival(tile[(rows + Rows.AWAY) * live + k], t0 + n)
    return live


def write_out(tile: Array, d: int, m: int, k: int, member: int, theta: Array) -> None:
    """Copy the parameters in column k to those of a member."""
    for i in range(d):
        theta[i, member] = tile[i * m + k]


def arrival(away: float, last: int) -> int:
    """Return the update after the last one away from every target; −1 if that is the last of all."""
    return int(away) + 1 if away < last else -1


def squared_distances(theta: Array, targets: Array, out: Array, room: Array) -> None:
    """Write the squared distance of each column from the nearest target."""
    last = theta.shape[0] - 1
    for q in range(targets.shape[0]):
        for k in range(out.shape[0] if last else 0):
            room[k] = (theta[0, k] - targets[q, 0]) * (theta[0, k] - targets[q, 0])
        for i in range(1, last):
            for k in range(out.shape[0]):
                room[k] += (theta[i, k] - targets[q, i]) * (theta[i, k] - targets[q, i])
        for k in range(out.shape[0]):
            distance = (theta[last, k] - targets[q, last]) * (theta[last, k] - targets[q, last])
            distance = room[k] + distance if last else distance
            out[k] = out[k] if q > 0 and out[k] < distance else distance


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
    """Write the square of each column's norm, in the order in which a single lane adds it up."""
    for k in range(out.shape[0]):
        out[k] = grad[0, k] * grad[0, k]
    for i in range(1, grad.shape[0]):
        for k in range(out.shape[0]):
            out[k] += grad[i, k] * grad[i, k]


def transform_members(
    grad: Array, theta: Array, rates: Array, settings: Array, style: int, blocks: Indices, used: Array
) -> None:
    """Clip and decay every column: `gradient_transforms.clipped_and_decayed`; `used` may be `grad`."""
    d = grad.shape[0]
    for b in range(blocks.shape[0] if style == Clip.BLOCKS else 1):
        first = blocks[b, 0] if style == Clip.BLOCKS else 0
        end = first + blocks[b, 1] * blocks[b, 2] if style == Clip.BLOCKS else d
        for k in range(grad.shape[1]):
            clip_norm, clip_value = settings[Setting.CLIP_NORM, k], settings[Setting.CLIP_VALUE, k]
            coupled, decoupled = settings[Setting.COUPLED_DECAY, k], settings[Setting.DECOUPLED_DECAY, k]
            total = 0.0
            for i in range(first, end):
                total += grad[i, k] * grad[i, k]
            length = np.sqrt(total)
            for i in range(first, end):
                g = given_to_rule(grad[i, k], theta[i, k], length, clip_norm, clip_value, coupled, style)
                if decoupled > 0.0:
                    theta[i, k] = decayed(theta[i, k], rates[0, k], decoupled)
                used[i, k] = g
