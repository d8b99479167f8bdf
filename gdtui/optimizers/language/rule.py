"""The interface of all rules; code outside this package never asks for the kind of a rule.

`CoordinateRule` and `BlockRule` run compiled, `Solver` evaluates the objective itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array, Indices, Kernel
from gdtui.optimizers.language.rule_text import Numbers
from gdtui.optimizers.language.shared_settings import AVERAGING, COMMON, OWN_AVERAGE
from gdtui.optimizers.language.signature import HyperInfo, SlotInfo
from gdtui.optimizers.language.stability import CURVATURE, StabilityLimit, stability_limit
from gdtui.optimizers.language.writer import Line


class Stepping(StrEnum):
    """How updates are made: by a kernel in the compiled loop, or by a solver that evaluates the objective itself."""

    COMPILED = "compiled"
    SOLVER = "solver"


@dataclass(frozen=True, eq=False)
class Task:
    """The properties of an objective and a sampling that decide whether a rule can work on them.

    Parameters
    ----------
    objective
        its name.
    blocks
        (first, rows, columns) of each block of parameters; a vector has 1 column.
    has_loss
        False if there are only gradients.
    batch
        the sampling in words; "" if every update sees all rows.
    noise
        standard deviation of the gradient noise.
    """

    objective: str
    blocks: Indices
    has_loss: bool = True
    batch: str = ""
    noise: float = 0.0

    @property
    def dimension(self) -> int:
        """The number of parameters."""
        return int(np.sum(self.blocks[:, 1] * self.blocks[:, 2]))


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule(ABC):
    """One optimizer in one dialect.

    Parameters
    ----------
    dialects
        the libraries with this arithmetic.
    former
        an earlier name of its first dialect; files may use it, lists do not show it.
    reference, teaches
        paper and equation, or the library's class; one sentence for a learner.
    slots, hyper
        its state and its settings; "lr" comes first.
    options
        choices of arithmetic that select this rule: {"centered": True}.
    stable_below
        the learning rate up to which it is stable on a quadratic, as Python over hyperparameters and
        `lambda_max`; "" if it is not known.
    answer
        the slot with the parameters to use in the end; "" if they are theta.
    """

    function: Callable[..., object]
    name: str
    title: str
    dialects: tuple[str, ...]
    reference: str
    teaches: str
    slots: tuple[SlotInfo, ...]
    hyper: tuple[HyperInfo, ...]
    options: Mapping[str, bool] = field(default_factory=dict)
    stable_below: str = ""
    former: str = ""
    answer: str = ""

    #: How its updates are made.
    stepping: ClassVar[Stepping]
    #: Which of `COMMON` it takes.
    shared: ClassVar[tuple[str, ...]]
    #: Whether the number of evaluations differs from update to update.
    counts_evaluations: ClassVar[bool]

    # -- settings and state -----------------------------------------------------------------------

    @property
    def defaults(self) -> dict[str, float]:
        """The hyperparameters' defaults, by name; `lr` first."""
        return {info.name: info.default for info in self.hyper}

    @cached_property
    def common(self) -> tuple[str, ...]:
        """The shared settings that it takes besides its own hyperparameters."""
        own = (*self.defaults, *(AVERAGING if self.answer else ()))
        return tuple(key for key in self.shared if key not in own)

    def refused_setting(self, key: str) -> str:
        """Return why it does not take a shared setting: a sentence about the optimizer {name} and its {key}."""
        return OWN_AVERAGE if self.answer and key in AVERAGING else COMMON[key].refused

    @property
    def settings(self) -> tuple[str, ...]:
        """Every setting by name: its hyperparameters, then the shared ones."""
        return (*self.defaults, *self.common)

    @property
    def over_members(self) -> Kernel | None:
        """What makes an update of many runs side by side; None: they are made one by one."""
        return None

    def rests(self, settings: Mapping[str, float], *, forgotten: bool = False) -> bool:
        """Say whether it is sure that an update changes nothing where there never was a gradient.

        Or, if that is `forgotten`, where there is none now, whatever there was before.
        """
        return False

    def initial_slots(self, theta: Array, settings: Mapping[str, float] | Mapping[str, Array]) -> Array:
        """Return its state before the first update: a row for each slot, at least one row."""
        known: dict[str, float | Array] = {**settings, "theta": theta}
        rows = np.zeros((max(1, len(self.slots)), len(theta)))
        for row, slot in zip(rows, self.slots, strict=False):
            row[:] = known[slot.start] if isinstance(slot.start, str) else slot.start
        return rows

    def slot_index(self, role: str) -> int | None:
        """Return which slot plays `role`, or None: the rule keeps none."""
        return next((i for i, slot in enumerate(self.slots) if slot.role == role), None)

    @property
    @abstractmethod
    def symbols(self) -> tuple[str, ...]:
        """The names recorded of every update, in order: the slots first, "effective_lr" last."""

    @property
    @abstractmethod
    def adapts_rate(self) -> bool:
        """Whether its effective learning rate can differ from lr."""

    # -- how it behaves ---------------------------------------------------------------------------

    @property
    @abstractmethod
    def velocity_sign(self) -> int:
        """Which way θ moves: 1 along the velocity, −1 against it, 0 without a velocity."""

    def stability_limit(self, settings: Mapping[str, float], curvature: float) -> StabilityLimit | None:
        """Return the learning rate above which it grows on a quadratic of this curvature; None: not known."""
        if not self.stable_below or settings.get("lookahead"):  # half the way back damps what grows
            return None
        own = {name: settings[name] for name in self.defaults}
        off = [name for name, default in self.defaults.items() if default == own[name] == 0.0]
        return stability_limit(self.stable_below, {**own, CURVATURE: curvature}, off)

    def refusal(self, task: Task) -> ParameterError | None:
        """Return why it cannot do this work, or None if it can."""
        return None

    def validate(self) -> None:  # noqa: B027 - a solver may be any function
        """Raise TypeError if its text cannot be a rule of this kind."""

    # -- for people -------------------------------------------------------------------------------

    @property
    def forms(self) -> tuple[int, ...]:
        """For each of its texts a number of columns of a block that it is used on; (1,): one text for all."""
        return (1,)

    @abstractmethod
    def lines(self, columns: int = 1) -> tuple[Line, ...]:
        """Return its lines in symbols, as used on a block with this many columns (1: a vector)."""

    @abstractmethod
    def explain(self, before: Mapping[str, float], results: Numbers, place: int, columns: int = 1) -> tuple[Line, ...]:
        """Return its lines for one coordinate of one update, with numbers.

        Parameters
        ----------
        before
            theta, g, t, slots and hyperparameters that the update started from, at this coordinate.
        results
            what was recorded of the update by name: one number, or one per coordinate.
        place
            the number of the coordinate.
        columns
            of the block that holds it; 1: a vector.
        """
