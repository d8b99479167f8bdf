"""Rules over whole blocks of parameters: the second kind, for those that need a norm or a matrix.

The text of such a rule is written over the arrays of one block (a vector, or a matrix of rows x
columns). It holds two sorts of lines: mathematics that goes coordinate by coordinate, and
`name = operation(…)` with one of those of `operations`, which see the block as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.optimizers.language.block_kernel_source import write_block_kernel
from gdtui.optimizers.language.block_operations import NS_A, NS_B, NS_C
from gdtui.optimizers.language.decorator import REGISTRY, enlist, read_signature
from gdtui.optimizers.language.rule import Rule


@dataclass(frozen=True, eq=False)
class BlockRule(Rule):
    """An optimizer over whole blocks: `function` is its text for vectors, and for matrices without another.

    Args:
        matrices: the text for matrices, with the same slots and hyperparameters; None: the same text.
        matrices_only: whether vectors are refused.
    """

    matrices: Callable[..., Array] | None = None
    matrices_only: bool = False

    @cached_property
    def _for_matrices(self) -> BlockRule:
        return self if self.matrices is None else replace(self, function=self.matrices, matrices=None)

    def for_columns(self, columns: int) -> BlockRule:
        """Return the rule whose text is in force on a block with that many columns (1: a vector)."""
        return self if columns == 1 else self._for_matrices

    @property
    def texts(self) -> tuple[BlockRule, ...]:
        """The rule for vectors, and the one for matrices where that differs."""
        return (self,) if self.matrices is None else (self, self._for_matrices)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """What a probe yields: slots, the names of both texts, effective_lr."""
        names = [name for text in self.texts for name in text.names]
        return (*dict.fromkeys(names), "effective_lr")

    def refusal(self, blocks: Indices) -> str:
        """Say why the rule cannot be used on these blocks: it may want matrices only."""
        if self.matrices_only and any(cols == 1 for cols in blocks[:, 2]):
            others = (rule for rule in REGISTRY[self.name].rules if not getattr(rule, "matrices_only", False))
            way_out = "".join(f'; dialect = "{rule.dialects[0]}" takes them too' for rule in others)
            return f"{self.name} ({self.dialects[0]}) takes matrices only, and some parameters are no matrix{way_out}"
        return ""

    def _space(self) -> dict[str, Any]:
        ours = {"np": np, "NS_A": NS_A, "NS_B": NS_B, "NS_C": NS_C}  # what the operations' loops speak of
        return {**super()._space(), **ours}

    def write_kernel(self, kind: str) -> str:
        """Return the Python text of the kernel of that kind, named `kernel`."""
        return write_block_kernel(self, kind)


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
    """Register the decorated function as an optimizer's rule over whole blocks.

    Args:
        name, dialects, title, reference, teaches, direction, rate: as of `optimizer`.
        matrices: the text for matrices, where it differs from that for vectors.
        matrices_only: refuse vectors.
    """

    def register(function: Callable[..., Array]) -> BlockRule:
        slots, hyper = read_signature(function)
        if matrices is not None and read_signature(matrices) != (slots, hyper):
            raise TypeError(f"{name}: the texts for vectors and matrices differ in their signatures")
        return enlist(
            BlockRule(
                function, name, title, dialects, reference, teaches, direction, slots, hyper, {}, rate,
                matrices, matrices_only,
            )
        )  # fmt: skip

    return register
