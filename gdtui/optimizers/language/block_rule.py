"""Rules over whole blocks of parameters, which may use norms and matrices, and the decorator that registers them.

The text of such a rule works on the arrays of one block (a vector, or a matrix of rows x columns). It has two kinds of
lines: arithmetic coordinate by coordinate, and `name = operation(…)` with an operation over the whole block from
`block_operations.OPERATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array
from gdtui.optimizers.language.block_kernel_source import write_block_kernel
from gdtui.optimizers.language.block_operations import NS_A, NS_B, NS_C
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.optimizers.language.registry import REGISTRY, enlist
from gdtui.optimizers.language.rule import Task
from gdtui.optimizers.language.rule_text import read_texts
from gdtui.text import _


@dataclass(frozen=True, eq=False, kw_only=True)
class BlockRule(CompiledRule):
    """An optimizer over whole blocks; it may refuse vectors."""

    matrices_only: bool = False

    write_kernel = staticmethod(write_block_kernel)
    constants = {"np": np, "NS_A": NS_A, "NS_B": NS_B, "NS_C": NS_C}  # noqa: RUF012 - names in the operations' loops

    def refusal(self, task: Task) -> ParameterError | None:
        """Return an error if it takes matrices only and some block is a vector."""
        if not (self.matrices_only and np.any(task.blocks[:, 2] == 1)):
            return None
        rules = REGISTRY[self.name].rules
        other = next((r.dialects[0] for r in rules if not (isinstance(r, BlockRule) and r.matrices_only)), "")
        message = _("{name} ({dialect}) takes matrices only, and some parameters are no matrix")
        hint = _('; dialect = "{dialect}" takes them too').format(dialect=other) if other else ""
        return ParameterError("optimizer", message.format(name=self.name, dialect=self.dialects[0]), hint)


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
