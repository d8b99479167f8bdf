"""The acts: one frozen record each, the same for a key, the palette, the mouse, a script and a test."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.simulation.experiment import Experiment, Lane, ObjectiveSpec


@dataclass(frozen=True)
class Step:
    """Make n updates on every lane."""

    n: int = 1


@dataclass(frozen=True)
class Epoch:
    """Advance every lane by n passes over its data."""

    n: int = 1


@dataclass(frozen=True)
class Back:
    """Undo n updates on every lane, or everything since a mark."""

    to: int | str = 1


@dataclass(frozen=True)
class Until:
    """Step until a condition holds, at most `max` updates."""

    condition: str
    max: int


@dataclass(frozen=True)
class Mark:
    """Name this moment, to come back to."""

    name: str


@dataclass(frozen=True)
class Set:
    """Change a setting of a lane from the next update on."""

    lane: str
    key: str
    value: float


@dataclass(frozen=True)
class Branch:
    """Copy a lane, with all its past, under a new name."""

    lane: str
    new: str


@dataclass(frozen=True)
class Add:
    """Put another lane on the objective, at its update 0."""

    lane: Lane


@dataclass(frozen=True)
class Remove:
    """Take a lane away."""

    lane: str


@dataclass(frozen=True)
class Reset:
    """Put every lane back at its start; edits and marks are dropped."""


@dataclass(frozen=True)
class ChangeObjective:
    """Put the same lanes on another objective, at update 0."""

    objective: ObjectiveSpec


@dataclass(frozen=True)
class Load:
    """Put another experiment on the bench, at update 0, and record these coordinates of it (None: up to 16)."""

    experiment: Experiment
    coords: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Say:
    """Show a caption."""

    text: str


Command = (
    Step | Epoch | Back | Until | Mark | Set | Branch | Add | Remove | Reset | ChangeObjective | Load | Say
)  # fmt: skip
