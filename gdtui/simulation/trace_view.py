"""The history of one lane as it is read: which number stands where in its rows, and its curves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdtui.columns import RECORDED, Column, Vector
from gdtui.kernel import Array
from gdtui.optimizers import Rule


@dataclass(frozen=True)
class Layout:
    """Which column of a row holds what, for one rule and the coordinates that are watched."""

    rule: Rule
    coords: tuple[int, ...]

    @cached_property
    def blocks(self) -> dict[str, int]:
        """The first column of each quantity that has one number a coordinate."""
        names = (Vector.THETA, Vector.GRAD, *self.rule.symbols)
        found: dict[str, int] = {name: len(RECORDED) + i * len(self.coords) for i, name in enumerate(names)}
        for role in (Vector.VELOCITY, Vector.ACCUMULATOR):
            index = self.rule.slot_index(role)
            if index is not None:
                found[role] = found[self.rule.slots[index].name]
        return found

    @property
    def width(self) -> int:
        """Columns of a row."""
        return len(RECORDED) + (2 + len(self.rule.symbols)) * len(self.coords)

    def column(self, quantity: str) -> int | None:
        """Return the column of "loss", "theta[3]", "m_hat[0]" …, or None: it is not recorded."""
        if quantity in RECORDED:
            return RECORDED.index(quantity)
        match = re.fullmatch(r"(\w+)\[(\d+)\]", quantity)
        if match is None or match[1] not in self.blocks or int(match[2]) not in self.coords:
            return None
        return self.blocks[match[1]] + self.coords.index(int(match[2]))

    def block(self, quantity: str) -> slice | None:
        """Return the columns of "velocity", "m_hat" …, one a watched coordinate."""
        first = self.blocks.get(quantity)
        return None if first is None else slice(first, first + len(self.coords))


#: Coordinates that are recorded by default.
WATCHED = 16


def watched(dimension: int, asked: Sequence[int] | None = None) -> tuple[int, ...]:
    """Return the coordinates to record: those asked for, by default the first `WATCHED`."""
    return tuple(range(min(dimension, WATCHED)) if asked is None else asked)


@dataclass(frozen=True, eq=False)
class TraceView:
    """A history at the time of a snapshot; nothing changes it afterwards.

    `rows` are the recent rows, oldest first (n x layout.width). `low`, `high` and `first` hold minima, maxima and the
    first row of each bucket of older rows. `milestones` are rows that are never thinned. `coarse` are rows, minima,
    maxima and first rows of `summary`, None where it would be no shorter.
    """

    layout: Layout
    rows: Array
    low: Array
    high: Array
    first: Array
    milestones: Array
    coarse: tuple[Array, Array, Array, Array] | None = None

    @cached_property
    def summary(self) -> TraceView:
        """The same history with fewer rows, for a picture of all of it: only the newest are whole."""
        if self.coarse is None:
            return self
        return TraceView(self.layout, *self.coarse, self.milestones)

    @property
    def oldest(self) -> Array:
        """The first row."""
        row: Array = (self.first if len(self.first) else self.rows)[0]
        return row

    def series(self, column: int) -> tuple[Array, Array]:
        """Return (update, value) of a column over the whole history, minima and maxima where thinned."""
        return self._join(self.rows[:, column], self.low[:, column], self.high[:, column])

    def over_coordinates(self, quantity: str, *, mean: bool = False) -> tuple[Array, Array] | None:
        """Return (update, Euclidean norm or mean over the watched coordinates), or None: not recorded."""
        block = self.layout.block(quantity)
        if block is None:
            return None
        with np.errstate(all="ignore"):
            parts = [
                np.mean(part[:, block], axis=1) if mean else np.sqrt(np.sum(part[:, block] ** 2, axis=1))
                for part in (self.rows, self.first)
            ]
        return self._join(parts[0], parts[1], parts[1])

    def velocity_angle(self) -> tuple[Array, Array] | None:
        """Return (update, angle in degrees), or None: see `velocity_angles`."""
        recent = velocity_angles(self.layout, self.rows)
        if recent is None:
            return None
        past = velocity_angles(self.layout, self.first)
        assert past is not None
        return self._join(recent, past, past)

    def path(self, a: int = 0, b: int = 1) -> tuple[Array, Array]:
        """Return the two parameters' values along the whole history."""
        block = self.layout.block(Vector.THETA)
        assert block is not None
        points = np.concatenate((self.first[:, block], self.rows[:, block]))
        return points[:, a], points[:, b]

    def _join(self, recent: Array, low: Array, high: Array) -> tuple[Array, Array]:
        return self._updates, _joined(recent, low, high)

    @cached_property
    def _updates(self) -> Array:
        """The updates of `series`, one array for all quantities."""
        return _joined(*(part[:, Column.UPDATE] for part in (self.rows, self.low, self.high)))


def _joined(recent: Array, low: Array, high: Array) -> Array:
    """Return minima and maxima in turn, then what is recent."""
    if not len(low):
        return np.ascontiguousarray(recent)
    out = np.empty(2 * len(low) + len(recent))
    out[: 2 * len(low) : 2], out[1 : 2 * len(low) : 2], out[2 * len(low) :] = low, high, recent
    return out


def velocity_angles(layout: Layout, rows: Array) -> Array | None:
    """Return the angle in degrees between the velocity's effect on θ and −gradient, over the watched coordinates.

    One number for each row, nan if either vector is 0 or unknown; None if the rule keeps no velocity.
    """
    velocity, grad = layout.block(Vector.VELOCITY), layout.block(Vector.GRAD)
    if velocity is None or grad is None:
        return None
    v, g = layout.rule.velocity_sign * rows[..., velocity], -rows[..., grad]
    with np.errstate(all="ignore"):
        v, g = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True) for vectors in (v, g))
        # Kahan's formula: arccos(v·g) loses half of the digits near 0 and 180°
        half = np.arctan2(np.linalg.norm(v - g, axis=-1), np.linalg.norm(v + g, axis=-1))
    return np.asarray(np.degrees(2.0 * half), dtype=np.float64)
