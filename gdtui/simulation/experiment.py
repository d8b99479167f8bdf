"""What to simulate, as plain data: an objective, lanes, a seed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

from gdtui.errors import ParameterError
from gdtui.objectives.specs import Specification, SurfaceSpec
from gdtui.optimizers import COMMON, Rule, find
from gdtui.optimizers.language.parameters import Hyper
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.simulation.wrappers import Wrappers
from gdtui.text import _, did_you_mean, free_name

#: The most lanes of an experiment.
MOST_LANES = 16
#: The longest name of a lane.
LONGEST_NAME = 32
LANE_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}}")
#: What the x axis of charts can count.
XAxisName = Literal["updates", "epochs", "samples", "evaluations"]
X_AXES: tuple[XAxisName, ...] = get_args(XAxisName)


def name_refusal(name: str, others: Collection[str]) -> str:
    """Return why a lane beside others cannot have a name; "" if it can."""
    if not LANE_NAME.fullmatch(name):
        return _("a lane's name is a letter, then letters, digits, - or _ (at most 32)")
    return _("there is a lane {!r} already").format(name) if name in others else ""


def free_lane_name(name: str, others: Collection[str]) -> str:
    """Return the name, or the first of name-2, name-3 … that no other has; what is too long is cut."""
    name = name[:LONGEST_NAME]
    if name not in others:
        return name
    first = name[: LONGEST_NAME - len(f"-{MOST_LANES}")]
    return free_name(first, {*others, first})


@dataclass(frozen=True)
class Stop:
    """When a lane stops; 0 turns a condition off.

    The full-data loss or the norm of the gradient is below a limit, the loss has not improved for `patience` updates,
    or this many updates have been made. All are finite and ≥ 0.
    """

    loss: float = 0.0
    grad_norm: float = 0.0
    patience: int = 0
    updates: int = 0

    def __post_init__(self) -> None:
        for key in ("loss", "grad_norm", "patience", "updates"):
            value = getattr(self, key)
            if not 0 <= value < float("inf"):
                raise ParameterError(key, _("{key} must be finite and ≥ 0, not {value!r}").format(key=key, value=value))


@dataclass(frozen=True)
class Lane:
    """One optimizer with its settings.

    Parameters
    ----------
    settings
        hyperparameters and common settings that differ from the defaults, by name.
    options
        choices of arithmetic: {"centered": True}.
    start
        this lane's own first parameters; empty for the experiment's.
    stream
        the name of its random stream: a branch keeps that of its origin; "" means the lane's own name.

    Raises
    ------
    ParameterError
        the optimizer does not have such a name or value.
    """

    name: str
    optimizer: str = "gd"
    dialect: str | None = None
    settings: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, bool] = field(default_factory=dict)
    sampling: Sampling = field(default_factory=Sampling)
    start: tuple[float, ...] = ()
    stream: str = ""
    schedule: Schedule = field(default_factory=Schedule)
    stop: Stop = field(default_factory=Stop)

    def __post_init__(self) -> None:
        if not LANE_NAME.fullmatch(self.name):
            message = _("a lane's name is a letter, then letters, digits, - or _ (at most 32), not {!r}")
            raise ParameterError("name", message.format(self.name))
        for key, value in self.settings.items():
            self.check(key, value)

    @cached_property
    def rule(self) -> Rule:
        """The rule that the optimizer, dialect and options choose.

        A setting that only one form has chooses that form: `momentum` on rmsprop is rmsprop with momentum.
        """
        found = find(self.optimizer)
        rule = found.rule(self.dialect, self.options)
        for key in self.settings:
            if key not in rule.defaults and key not in self.options and key in found.options(self.dialect):
                rule = found.rule(self.dialect, {**self.options, key: True})
        return rule

    @cached_property
    def arithmetic(self) -> str:
        """The dialect in force by its present name: the one given, or the optimizer's default."""
        return find(self.optimizer).dialect(self.dialect)

    @property
    def kind(self) -> str:
        """The optimizer, with the dialect if one is asked for."""
        return f"{self.optimizer} {self.dialect or ''}".strip()

    @cached_property
    def dialect_name(self) -> str:
        """The dialect in force; "" if the optimizer has only one, or for the arithmetic that all libraries share."""
        return self.arithmetic if len(find(self.optimizer).dialects) > 1 and self.arithmetic != "plain" else ""

    def values(self) -> dict[str, float]:
        """Return every setting in force, the rule's hyperparameters first."""
        rule = self.rule
        return {**rule.defaults, **{key: COMMON[key].default for key in rule.common}, **self.settings}

    @cached_property
    def counts_evaluations(self) -> bool:
        """Whether an update can cost more than one evaluation."""
        return self.rule.counts_evaluations or Wrappers.of(self.values()).evaluations > 1

    def scaled(self, key: str, value: float, factor: float) -> float:
        """Return a value of a setting times a factor, as `Hyper.scaled` does."""
        return self.ranges[key].scaled(value, factor)

    @property
    def ranges(self) -> dict[str, Hyper]:
        """The range of every setting that the lane takes."""
        rule = self.rule
        return {info.name: info.range for info in rule.hyper} | {key: COMMON[key].range for key in rule.common}

    def takes(self, key: str, value: float) -> bool:
        """Say whether `key` may be set to `value` in this lane."""
        try:
            self.check(key, value)
        except ParameterError:
            return False
        return True

    def check(self, key: str, value: float) -> None:
        """Raise ParameterError unless `key` may be set to `value` in this lane."""
        rule, ranges = self.rule, self.ranges
        if key in ranges:
            if not ranges[key].contains(value):
                message = _("{key} must be {allowed}, not {value!r}")
                raise ParameterError(key, message.format(key=key, allowed=ranges[key].describe(), value=value))
        elif key in COMMON:
            refused = rule.refused_setting(key)
            raise ParameterError(key, _(refused).format(name=self.optimizer, key=key))
        else:
            name = f"{self.optimizer} ({self.dialect_name})" if self.dialect_name else self.optimizer
            message = _("{name} has no {key!r} (it has: {known})")
            raise ParameterError(
                key,
                message.format(name=name, key=key, known=", ".join(rule.settings)),
                did_you_mean(key, rule.settings),
            )


@dataclass(frozen=True)
class Experiment:
    """An objective, 1 to `MOST_LANES` lanes of different names on it, and the seed of all randomness."""

    objective: Specification = field(default_factory=lambda: SurfaceSpec("rosenbrock"))
    lanes: tuple[Lane, ...] = ()
    seed: int = 0
    updates: int = 500
    x_axis: str = "updates"
    title: str = ""

    def __post_init__(self) -> None:
        names = [lane.name for lane in self.lanes]
        for name in names:
            if names.count(name) > 1:
                raise ParameterError("lanes", _("there are two lanes named {!r}").format(name))
        if not 1 <= len(names) <= MOST_LANES:
            message = _("an experiment has 1 to {most} lanes, not {given}")
            raise ParameterError("lanes", message.format(most=MOST_LANES, given=len(names)))
        if self.x_axis not in X_AXES:
            message = _("x_axis is one of {known}, not {given!r}")
            raise ParameterError("x_axis", message.format(known=", ".join(X_AXES), given=self.x_axis))
        if not 0 <= self.seed < 2**64:
            raise ParameterError("seed", _("seed is from 0 to 2**64 - 1, not {}").format(self.seed))

    def with_objective(self, objective: Specification) -> Experiment:
        """Return the same lanes on another objective."""
        return replace(self, objective=objective, title="")
