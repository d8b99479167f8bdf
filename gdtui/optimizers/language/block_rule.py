"""Rules over whole blocks of parameters, which may use norms and matrices, and the decorator that registers them.

The text of such a rule works on the arrays of one block (a vector, or a matrix of rows x columns). It has two kinds of
lines: arithmetic coordinate by coordinate, and `name = operation(…)` with an operation over the whole block from
`block_operations.OPERATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import FunctionType

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array, Indices, Kernel
from gdtui.optimizers.language.block_kernel_source import write_block_kernel
from gdtui.optimizers.language.block_operations import NS_A, NS_B, NS_C
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.optimizers.language.members_source import MEMBERS
from gdtui.optimizers.language.registry import REGISTRY, enlist
from gdtui.optimizers.language.rule import Task
from gdtui.optimizers.language.rule_text import read_texts
from gdtui.text import _


@dataclass(frozen=True, eq=False, kw_only=True)
class BlockRule(CompiledRule):
    """An optimizer over whole blocks; it may refuse vectors."""

    matrices_only: bool = False

    write_kernel = staticmethod(write_block_kernel)
    allocates = True
    constants = {"np": np, "NS_A": NS_A, "NS_B": NS_B, "NS_C": NS_C}  # noqa: RUF012 - names in the operations' loops

    @property
    def over_members(self) -> Kernel | None:
        """Makes one update of many runs, one after another: signature `members_source.MEMBERS`."""
        return _members_kernel(self.kernel)

    def refusal(self, task: Task) -> ParameterError | None:
        """Return an error if it takes matrices only and some block is a vector."""
        if not (self.matrices_only and np.any(task.blocks[:, 2] == 1)):
            return None
        rules = REGISTRY[self.name].rules
        other = next((r.dialects[0] for r in rules if not (isinstance(r, BlockRule) and r.matrices_only)), "")
        message = _("{name} ({dialect}) takes matrices only, and some parameters are no matrix")
        hint = _('; dialect = "{dialect}" takes them too').format(dialect=other) if other else ""
        return ParameterError("optimizer", message.format(name=self.name, dialect=self.dialects[0]), hint)


def _rule(*_arguments: object) -> None:
    raise NotImplementedError


def _each_member(
    theta: Array, grad: Array, slots: Array, hyper: Array, t: float, room: Array, blocks: Indices
) -> None:  # fmt: skip
    """Make one update of every column in turn."""
    d, count = theta.shape[0], slots.shape[0]
    point, slope, state, values = np.empty(d), np.empty(d), np.empty((count, d)), np.empty(hyper.shape[0])
    for k in range(theta.shape[1]):
        for i in range(d):
            point[i], slope[i] = theta[i, k], grad[i, k]
            for q in range(count):
                state[q, i] = slots[q, i, k]
        for h in range(hyper.shape[0]):
            values[h] = hyper[h, k]
        _rule(point, slope, state, values, t, blocks)
        for i in range(d):
            theta[i, k] = point[i]
            for q in range(count):
                slots[q, i, k] = state[q, i]


@cache
def _members_kernel(rule: Kernel) -> Kernel | None:
    """Return the kernel over members with a rule's kernel in it; None if that is not the project's own code."""
    if not rule.function.__module__.startswith("gdtui."):
        return None
    loop = FunctionType(_each_member.__code__, {**_each_member.__globals__, "_rule": rule.function}, "each_member")
    loop.__module__ = __name__
    return Kernel(loop, MEMBERS, allocates=True)


def block_optimizer(
    name: str,
    *dialects: str,
    title: str,
    reference: str,
    teaches: str,
    direction: str = "",
    rate: str = "",
    matrices: Callable[..., Array] | None = None,
    matrices_only: bool = False,
) -> Callable[[Callable[..., Array]], BlockRule]:
    """Register the decorated function as an optimizer's rule over whole blocks; see also `optimizer`.

    `matrices` is the text for matrices, if it differs from the text for vectors; it has the same slots and
    hyperparameters. `matrices_only` makes the rule refuse vectors.
    """

    def register(function: Callable[..., Array]) -> BlockRule:
        slots, hyper, texts = read_texts([function, *([] if matrices is None else [matrices])], direction, rate)
        return enlist(
            BlockRule(
                function=function, name=name, title=title, dialects=dialects or ("plain",), reference=reference,
                teaches=teaches, slots=slots, hyper=hyper, texts=texts, matrices_only=matrices_only,
            )
        )  # fmt: skip

    return register
