"""The loop without a trace: many updates of one lane in a row, of which nobody keeps more than the last.

Objective, gradient transform and rule are compiled into one function, so that the machine code of an update is one
piece. The arithmetic is that of `loop.advance` in the same order: the parameters are the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import Thread
from types import FunctionType

import numpy as np

from gdtui.kernel import Array, Indices, Kernel, jit_disabled

#: A run is long if it will take so many seconds, or has taken so many; with a model, whose loop takes long to compile,
#: this many times that.
LONG, LONG_SO_FAR, WITH_MODEL = 0.1, 0.3, 100.0
#: Updates below which the loop with a trace is as fast.
FEWEST = 128

#: The arguments of the fused loop.
FUSED = (
    "i8(f8[::1], f8[:, ::1], f8[::1], f8[::1], i8, i8, "  # theta slots hyper rates t0 n
    "f8[::1], f8[::1], f8[::1], "  # grad used before
    "f8[:, ::1], i8[::1], f8[::1], i8[::1], "  # data shape work train
    "i8[::1], i8[::1], i8[::1], b1, b1, "  # source begin end full has_loss
    "f8[::1], i8, i8[:, ::1])"  # settings clip blocks
)


def _objective(*_arguments: object) -> float:
    raise NotImplementedError


_transform = _rule = _objective


def _fused(
    theta: Array, slots: Array, hyper: Array, rates: Array, t0: int, n: int,
    grad: Array, used: Array, before: Array,
    data: Array, shape: Indices, work: Array, train: Indices,
    source: Indices, begin: Indices, end: Indices, full: bool, has_loss: bool,
    settings: Array, clip: int, blocks: Indices,
) -> int:  # fmt: skip
    """Make n updates in place; return the number of those before the first that is not finite.

    That update has been made then as well: the state is of no use, and the caller begins again.
    """
    d = theta.shape[0]
    rows = train.shape[0]
    loss = 0.0
    if full:
        loss = _objective(theta, data, train, 0, rows, shape, work, grad)
    for j in range(n):
        hyper[0] = rates[j]
        if not full:
            loss = _objective(theta, data, source, begin[j], end[j], shape, work, grad)
        total = loss if has_loss else 0.0
        for i in range(d):
            before[i] = theta[i]
            total += grad[i] * grad[i]
        _transform(grad, theta, rates[j], settings, clip, blocks, used)
        _rule(theta, used, slots, hyper, float(t0 + j + 1), blocks)
        for i in range(d):
            total += (theta[i] - before[i]) * (theta[i] - before[i])
        if full:
            loss = _objective(theta, data, train, 0, rows, shape, work, grad)
            if has_loss:
                total += loss
        if not np.isfinite(total):
            return j
    return n


@lru_cache(maxsize=64)
def fused(objective: Kernel, transform: Kernel, rule: Kernel) -> Kernel | None:
    """Return the loop with these three compiled into it; None if one of them is not the project's own code."""
    functions: dict[str, Callable[..., object]] = {
        "_objective": objective.function, "_transform": transform.function, "_rule": rule.function,
    }  # fmt: skip
    if jit_disabled() or any(not part.__module__.startswith("gdtui.") for part in functions.values()):
        return None
    loop = FunctionType(_fused.__code__, {**_fused.__globals__, **functions}, _fused.__name__)
    loop.__module__ = __name__
    return Kernel(loop, FUSED, keep=objective.keep and rule.keep)


class FusedLoop:
    """Knows when the fused loop of a lane is worth compiling, and has it compiled in the background."""

    def __init__(self, *, model: bool) -> None:
        self._worth = 1.0 / WITH_MODEL if model else 1.0
        self._planned, self._spent = 0.0, 0.0
        self._asked: set[Kernel] = set()

    def plan(self, seconds: float) -> None:
        """Take it that updates for so long will be made."""
        self._planned = seconds * self._worth

    def spend(self, seconds: float) -> None:
        """Take it that updates that the fused loop could have made took so long."""
        self._spent += seconds * self._worth

    def ready(self, kernel: Kernel) -> bool:
        """Say whether the loop is compiled; begin to compile it as soon as a run is long."""
        if not kernel.ready and kernel not in self._asked and (self._planned > LONG or self._spent > LONG_SO_FAR):
            self._asked.add(kernel)
            Thread(target=lambda: kernel.compiled, name="fused-loop", daemon=True).start()
        return kernel.ready
