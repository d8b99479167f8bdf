"""The loop without a trace: many updates of one lane in a row, of which nobody keeps more than the last.

Gradient transform and rule are compiled into one function, and the objective too if it is a formula or a linear model,
so that the machine code of an update is one piece. A network's kernel is called: to compile it once more would take
ten times as long as the rest. The arithmetic is that of `loop.advance` in the same order: the parameters are the same
to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import cast

import numpy as np

from gdtui.kernel import Array, Indices, Kernel, compile_behind, jit_disabled
from gdtui.objectives.kernel_signature import OBJECTIVE
from gdtui.objectives.network.kernels import network
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.optimizers.language.kernel_source import outside
from gdtui.simulation.gradient_transforms import unchanged

#: A run is long if it will take so many seconds, or has taken so many.
LONG, LONG_SO_FAR = 0.1, 0.3
#: Updates below which the loop with a trace is as fast.
FEWEST = 128

#: The arguments of the fused loop, after the pointer to the objective.
FUSED = (
    "i8(f8[::1], f8[:, ::1], f8[::1], f8[::1], i8, i8, "  # theta slots hyper rates t0 n
    "f8[::1], f8[::1], "  # grad used
    "f8[:, ::1], i8[::1], f8[::1], "  # data shape work
    "i8[::1], i8[::1], i8[::1], b1, b1, "  # source begin end full has_loss
    "f8[::1], i8, i8[:, ::1])"  # settings clip blocks
)


def _formula(*_arguments: object) -> float:
    raise NotImplementedError


def _rule(*_arguments: object) -> int:
    raise NotImplementedError


_transform = _formula


def _of_formula(
    objective: Callable[..., float], theta: Array, data: Array, rows: Indices, lo: int, hi: int, shape: Indices,
    work: Array, grad: Array,
) -> float:  # fmt: skip
    return _formula(theta, data, rows, lo, hi, shape, work, grad)


def _of_network(
    objective: Callable[..., float], theta: Array, data: Array, rows: Indices, lo: int, hi: int, shape: Indices,
    work: Array, grad: Array,
) -> float:  # fmt: skip
    return objective(theta, data, rows, lo, hi, shape, work, grad)


def _as_it_is(
    theta: Array, grad: Array, slots: Array, hyper: Array, t: float, blocks: Indices,
    settings: Array, style: int, used: Array,
) -> int:  # fmt: skip
    return _rule(theta, grad, slots, hyper, t, blocks)


def _transformed(
    theta: Array, grad: Array, slots: Array, hyper: Array, t: float, blocks: Indices,
    settings: Array, style: int, used: Array,
) -> int:  # fmt: skip
    _transform(grad, theta, hyper[0], settings, style, blocks, used)
    return _outside(grad) + _rule(theta, used, slots, hyper, t, blocks)


_value, _update = _of_network, _as_it_is


def _outside(vector: Array) -> int:
    count = 0
    for i in range(vector.shape[0]):
        count += outside(vector[i])
    return count


def _fused(
    objective: Callable[..., float],
    theta: Array, slots: Array, hyper: Array, rates: Array, t0: int, n: int,
    grad: Array, used: Array,
    data: Array, shape: Indices, work: Array,
    source: Indices, begin: Indices, end: Indices, full: bool, has_loss: bool,
    settings: Array, clip: int, blocks: Indices,
) -> int:  # fmt: skip
    """Make n updates in place; return a number of those before the first that may not be finite.

    Updates behind that number may have been made then: the state is of no use, and the caller begins again. Objective
    and rule are called in one place, where they are compiled into the loop: what they share need not be passed on.
    """
    large = _outside(theta)
    loss = 0.0
    for j in range(n + 1):
        if full or j < n:
            batch = 0 if full else j
            loss = _value(objective, theta, data, source, begin[batch], end[batch], shape, work, grad)
        if large or (has_loss and not np.isfinite(loss)):
            return max(0, j - 1)
        if j < n:
            hyper[0] = rates[j]
            large = _update(theta, grad, slots, hyper, float(t0 + j + 1), blocks, settings, clip, used)
    return n


@lru_cache(maxsize=64)
def fused(objective: Kernel, transform: Kernel, rule: CompiledRule) -> Kernel | None:
    """Return the loop with these compiled into it, but for a network's kernel; None where one is not the project's."""
    called = objective is network
    parts = [transform.function, rule.guarded.function, *([] if called else [objective.function])]
    if jit_disabled() or any(not part.__module__.startswith("gdtui.") for part in parts):
        return None
    value = _of_network if called else _with(_of_formula, _formula=objective.function)
    inner = {"_rule": rule.guarded.function, "_transform": transform.function}
    update = _with(_as_it_is if transform is unchanged else _transformed, **inner)
    loop = _with(_fused, _value=value, _update=update)
    keep = rule.kernel.keep and (called or objective.keep)
    return Kernel(loop, FUSED, (OBJECTIVE,), keep=keep, allocates=rule.kernel.allocates, inline=True)


def _with(function: Callable[..., object], **parts: Callable[..., object]) -> Callable[..., object]:
    """Return a function that calls these parts by these names."""
    plain = cast(FunctionType, function)
    copy = FunctionType(plain.__code__, {**plain.__globals__, **parts}, plain.__name__)
    copy.__module__ = __name__
    return copy


class FusedLoop:
    """Knows when the fused loop of a lane is worth compiling, and has it compiled in the background."""

    def __init__(self) -> None:
        self._planned, self._spent = 0.0, 0.0

    def plan(self, seconds: float) -> None:
        """Take it that updates for so long will be made."""
        self._planned = seconds

    def spend(self, seconds: float) -> None:
        """Take it that updates that the fused loop could have made took so long."""
        self._spent += seconds

    def ready(self, kernel: Kernel) -> bool:
        """Say whether the loop is compiled; begin to compile it as soon as a run is long."""
        if self._planned > LONG or self._spent > LONG_SO_FAR:
            compile_behind((kernel,))
        return kernel.ready
