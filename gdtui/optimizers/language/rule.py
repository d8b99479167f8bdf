"""One optimizer in one dialect: the text of its rule, and all that is read off it.

The text is used three times: it runs compiled (`Rule.kernel`), it is its own oracle
(`Rule.interpret` calls the very function), and it is the lesson (`Rule.lines`).
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import CodeType, FrameType
from typing import Any

from gdtui.kernel import Indices, Kernel
from gdtui.optimizers.language.kernel_source import SIGNATURES, write_kernel
from gdtui.optimizers.language.roles import Hyper


@dataclass(frozen=True)
class SlotInfo:
    """One slot of a rule: its name in the text, its role, its first value."""

    name: str
    role: str
    start: float | str = 0.0


@dataclass(frozen=True)
class HyperInfo:
    """One hyperparameter of a rule: its name, default and range."""

    name: str
    default: float
    range: Hyper


@dataclass(frozen=True, eq=False)
class Rule:
    """One optimizer in one dialect: the text, and all that is read off it."""

    function: Callable[..., Any]
    name: str
    title: str
    dialects: tuple[str, ...]
    reference: str
    teaches: str
    direction: str
    slots: tuple[SlotInfo, ...]
    hyper: tuple[HyperInfo, ...]
    options: Mapping[str, bool] = field(default_factory=dict)
    rate: str = ""

    # -- the text -------------------------------------------------------------------------------

    @cached_property
    def tree(self) -> ast.FunctionDef:
        """The syntax tree of the rule, with the line numbers of its file."""
        lines, first = inspect.getsourcelines(self.function)
        module = ast.parse(textwrap.dedent("".join(lines)))
        ast.increment_lineno(module, first - 1)
        definition = module.body[0]
        assert isinstance(definition, ast.FunctionDef)
        return definition

    @cached_property
    def lines(self) -> tuple[ast.Assign | ast.Return, ...]:
        """The statements of the rule, in order: assignments, then one return."""
        body = [s for s in self.tree.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        for statement in body:
            if not isinstance(statement, (ast.Assign, ast.Return)):
                kind = type(statement).__name__
                raise TypeError(f"{self.name}: line {statement.lineno}: a rule assigns and returns; no {kind}")
        return tuple(body)  # type: ignore[arg-type]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that the text gives a value to: slots, then others in order."""
        names = [slot.name for slot in self.slots]
        for line in self.lines:
            if isinstance(line, ast.Assign):
                for target in line.targets:
                    assert isinstance(target, ast.Name)
                    if target.id not in names:
                        names.append(target.id)
        return tuple(names)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """What a probe of the rule yields, in order: its names, effective_lr."""
        return (*self.names, "effective_lr")

    def slot_index(self, role: str) -> int | None:
        """Return which slot plays `role`, or None: the optimizer keeps none."""
        return next((i for i, slot in enumerate(self.slots) if slot.role == role), None)

    @property
    def defaults(self) -> dict[str, float]:
        """The hyperparameters' defaults, by name; `lr` first."""
        return {info.name: info.default for info in self.hyper}

    # -- the oracle -----------------------------------------------------------------------------

    def interpret(
        self, theta: Any, g: Any, t: Any, slots: Mapping[str, Any], hyper: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Call the rule as written, in Python, and return every name it left with its value.

        The new parameter comes under the name "theta". Floats or NumPy arrays, as the text allows.
        """
        caught: dict[str, Any] = {}
        code = self.function.__code__

        def catch(frame: FrameType, event: str, _result: object) -> None:
            if event == "return" and frame.f_code is code:
                caught.update(frame.f_locals)

        previous = sys.getprofile()
        sys.setprofile(catch)
        try:
            new = self.function(theta, g, t, **slots, **hyper)
        finally:
            sys.setprofile(previous)
        return {**caught, "theta": new}

    # -- what it can be used on -----------------------------------------------------------------

    def refusal(self, blocks: Indices) -> str:
        """Say why the rule cannot be used on parameters in these blocks; "" where it can."""
        return ""

    # -- the machine code -----------------------------------------------------------------------

    def _space(self) -> dict[str, Any]:
        """Return the globals that a kernel is made in: those of the rule's file."""
        return self.function.__globals__

    def write_kernel(self, kind: str) -> str:
        """Return the Python text of the kernel of that kind, named `kernel`."""
        return write_kernel(self, kind)

    def _generate(self, kind: str) -> Callable[..., Any]:
        source = self.write_kernel(kind)
        # The generated text depends on this file too, so a hash of it goes into the name:
        # numba's cache looks at the rule's own file only.
        digest = hashlib.sha256(source.encode()).hexdigest()[:12]
        name = f"{self.function.__name__}_{kind}_{digest}"
        module = ast.parse(source)
        definition = module.body[0]
        assert isinstance(definition, ast.FunctionDef)
        definition.name = name
        for node in ast.walk(module):  # every line of it belongs to the rule's first line
            if isinstance(node, (ast.stmt, ast.expr, ast.arg)):
                node.lineno = node.end_lineno = self.tree.lineno
                node.col_offset = node.end_col_offset = 0
        code: CodeType = compile(module, inspect.getfile(self.function), "exec")
        space: dict[str, Any] = {}
        exec(code, self._space(), space)  # our own text, from our own file
        made: Callable[..., Any] = space[name]
        return made

    def _shared(self, kind: str) -> Kernel:
        key = (self.function, kind)
        if key not in _KERNELS:
            _KERNELS[key] = Kernel(self._generate(kind), SIGNATURES[kind])
        return _KERNELS[key]

    @cached_property
    def kernel(self) -> Kernel:
        """The kernel that makes one update in place: `kernel_source.RULE`."""
        return self._shared("rule")

    @cached_property
    def probe(self) -> Kernel:
        """The kernel that reads off every name of the rule for some coordinates, changing nothing."""
        return self._shared("probe")


#: The kernels made so far, by text and kind: dialects that share a text share its machine code.
_KERNELS: dict[tuple[Callable[..., Any], str], Kernel] = {}
