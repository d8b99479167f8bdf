"""A rule's signature: its state and its settings, read from the annotations of its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from gdtui.optimizers.language.parameters import Hyper, Slot, Starts

#: The first parameters of a rule's text: parameter, gradient, number of the update (from 1).
RULE_INPUTS = ("theta", "g", "t")


@dataclass(frozen=True)
class SlotInfo:
    """One slot of state: its name in the text, its role, its initial value (a number, a setting's name, "theta")."""

    name: str
    role: str
    start: float | str = 0.0


@dataclass(frozen=True)
class HyperInfo:
    """One hyperparameter: its name, default and range."""

    name: str
    default: float
    range: Hyper


def read_signature(
    function: Callable[..., object], inputs: tuple[str, ...] = RULE_INPUTS
) -> tuple[tuple[SlotInfo, ...], tuple[HyperInfo, ...]]:
    """Read slots and hyperparameters from a function's signature: `inputs` first, then slots, then settings."""
    name = function.__name__
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    first = tuple(p.name for p in parameters[: len(inputs)])
    if first != inputs:
        raise TypeError(f"{name}: a rule begins with ({', '.join(inputs)}, …), not ({', '.join(first)}, …)")
    slots: list[SlotInfo] = []
    hyper: list[HyperInfo] = []
    for p in parameters[len(inputs) :]:
        role = next((a for a in get_args(p.annotation)[1:] if isinstance(a, (Slot, Hyper))), None)
        if isinstance(role, Slot):
            slots.append(SlotInfo(p.name, role.role, p.default.at if isinstance(p.default, Starts) else 0.0))
        elif role is None:
            raise TypeError(f"{name}: {p.name} has no role: annotate it Velocity, Rate, Decay, …")
        elif p.default is inspect.Parameter.empty:
            raise TypeError(f"{name}: {p.name} has no default")
        else:
            hyper.append(HyperInfo(p.name, float(p.default), role))
    if not hyper or hyper[0].name != "lr":
        raise TypeError(f"{name}: the first hyperparameter is lr: Rate")
    return tuple(slots), tuple(hyper)
