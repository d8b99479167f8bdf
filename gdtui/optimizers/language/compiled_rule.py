"""Rules that run compiled: kernels are generated from their texts."""

from __future__ import annotations

import ast
import inspect
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar

from gdtui.kernel import Kernel
from gdtui.optimizers.language.kernel_source import SIGNATURES, outside
from gdtui.optimizers.language.loop_invariants import one_minus_power
from gdtui.optimizers.language.rule import Rule, Stepping
from gdtui.optimizers.language.rule_text import Numbers, RuleText, symbols_of
from gdtui.optimizers.language.shared_settings import COMMON
from gdtui.optimizers.language.writer import Line


@dataclass(frozen=True, eq=False, kw_only=True)
class CompiledRule(Rule):
    """A rule with kernels generated from its text for vectors and, if it differs, its text for matrices."""

    texts: tuple[RuleText, ...]

    stepping = Stepping.COMPILED
    shared = tuple(COMMON)
    counts_evaluations = False

    #: Whether its kernels make arrays.
    allocates: ClassVar[bool] = False
    #: Names that the source uses besides those of the rule's own file.
    constants: ClassVar[Mapping[str, object]] = {}

    @staticmethod
    @abstractmethod
    def write_kernel(texts: tuple[RuleText, ...], kind: str) -> str:
        """Return the Python source of a kernel of a kind, a key of `kernel_source.SIGNATURES`, around texts."""

    def text_for(self, columns: int) -> RuleText:
        """Return the text used on a block with this many columns (1: a vector)."""
        return self.texts[0] if columns == 1 else self.texts[-1]

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The slots, the other names of its texts, "effective_lr"."""
        return symbols_of(self.texts)

    @property
    def adapts_rate(self) -> bool:
        """Whether an accumulator or a name in the text sets the effective learning rate."""
        return bool(self.texts[0].rate) or self.slot_index("accumulator") is not None

    @cached_property
    def velocity_sign(self) -> int:
        """The sign with which the velocity enters θ's new value."""
        index = self.slot_index("velocity")
        return 0 if index is None else self.texts[0].sign_of(self.slots[index].name)

    def validate(self) -> None:
        """Raise TypeError if a text does more than assign and return."""
        for kind in SIGNATURES:
            self.write_kernel(self.texts, kind)

    @property
    def forms(self) -> tuple[int, ...]:
        """1 column for vectors, 2 for matrices where they have a text of their own."""
        return tuple(range(1, len(self.texts) + 1))

    def lines(self, columns: int = 1) -> tuple[Line, ...]:
        """Return the lines of the text in symbols."""
        return self.text_for(columns).lines

    def explain(self, before: Mapping[str, float], results: Numbers, place: int, columns: int = 1) -> tuple[Line, ...]:
        """Return the lines of the text with numbers; only operations over blocks are taken from `results`."""
        return self.text_for(columns).explain(before, results)

    @property
    def kernel(self) -> Kernel:
        """Makes one update in place: signature `kernel_source.RULE`."""
        return _kernel(type(self), self.texts, "rule")

    @property
    def guarded(self) -> Kernel:
        """Does the same, and counts numbers that are too large: signature `kernel_source.GUARDED`."""
        return _kernel(type(self), self.texts, "guarded")

    @property
    def probe(self) -> Kernel:
        """Writes out what an update will compute and changes nothing: signature `kernel_source.PROBE`."""
        return _kernel(type(self), self.texts, "probe")


@cache  # dialects that share a text share its machine code
def _kernel(rule: type[CompiledRule], texts: tuple[RuleText, ...], kind: str) -> Kernel:
    """Return the kernel of a kind."""
    source = rule.write_kernel(texts, kind)
    return kernel_of(source, texts[0], kind, SIGNATURES[kind], rule.constants, allocates=rule.allocates)


def kernel_of(
    source: str, first: RuleText, kind: str, signature: str, constants: Mapping[str, object] | None = None, *,
    allocates: bool = False,
) -> Kernel:  # fmt: skip
    """Return a kernel from its Python source, compiled as if it were at the first line of a text.

    This is the place by which numba's cache identifies it; `Kernel` adds a fingerprint of the generated code.
    """
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.name = f"{first.function.__name__}_{kind}"
    for node in ast.walk(definition):
        if isinstance(node, (ast.stmt, ast.expr, ast.arg)):
            node.lineno = node.end_lineno = first.function.__code__.co_firstlineno
            node.col_offset = node.end_col_offset = 0
    code = compile(ast.Module([definition], []), inspect.getfile(first.function), "exec")
    space: dict[str, Callable[..., None]] = {}
    helpers = {helper.__name__: helper for helper in (outside, one_minus_power)}
    exec(code, {**first.function.__globals__, **(constants or {}), **helpers}, space)  # text from the rule's own file
    foreign = not first.function.__module__.startswith("gdtui.")  # who knows what it calls
    return Kernel(space[definition.name], signature, allocates=allocates or foreign)
