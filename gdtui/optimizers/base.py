"""The decorator that turns the mathematics of one coordinate into a rule, and the records it makes.

The text of a rule is used three times: it runs compiled (`Rule.kernel`), it is its own oracle
(`Rule.interpret` calls the very function), and it is the lesson (`Rule.lines`).
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import CodeType, FrameType
from typing import Any, TypeVar, get_args

from gdtui.kernel import Indices, Kernel
from gdtui.optimizers.roles import Hyper, Slot, Starts

#: What the rule is handed besides its state and hyperparameters.
INPUTS = ("theta", "g", "t")

#: What the kernels made around a rule's text are called with, in order (see `gdtui.kernel.SIGNATURES`).
ARGUMENTS = {
    "rule": "theta_, grad_, slots_, hyper_, t, blocks_",
    "probe": "theta_, grad_, slots_, hyper_, t, coords_, out_, blocks_",
}


class ParameterError(ValueError):
    """A hyperparameter or choice that an optimizer does not have, or out of range.

    Attributes
    ----------
    key
        what the user typed.
    suggestion
        the nearest name there is, or "".
    """

    def __init__(self, key: str, message: str, suggestion: str = "") -> None:
        super().__init__(message + (f"; did you mean {suggestion!r}?" if suggestion else ""))
        self.key = key
        self.suggestion = suggestion


def nearest(word: str, words: list[str]) -> str:
    """Return the word that was probably meant, or ""."""
    return next(iter(difflib.get_close_matches(word, words, 1, 0.6)), "")


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
            _KERNELS[key] = Kernel(self._generate(kind), kind)
        return _KERNELS[key]

    @cached_property
    def kernel(self) -> Kernel:
        """The rule as a kernel: kind "rule" of `gdtui.kernel.SIGNATURES`."""
        return self._shared("rule")

    @cached_property
    def probe(self) -> Kernel:
        """The kernel that reads off every name of the rule for some coordinates, changing nothing."""
        return self._shared("probe")


#: The kernels made so far, by text and kind: dialects that share a text share its machine code.
_KERNELS: dict[tuple[Callable[..., Any], str], Kernel] = {}


class _Rename(ast.NodeTransformer):
    def __init__(self, name: str, to: ast.expr) -> None:
        self.name, self.to = name, to

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.to if node.id == self.name else node


def effective_lr_source(rule: Rule) -> str:
    """Return what the text multiplies the update's direction by: θ's new value with that name as 1.

    The last line reads θ − η·m̂/(√v̂+ε); with m̂ → 1 what is taken off is η/(√v̂+ε).
    """
    if rule.rate:
        return rule.rate
    if rule.direction == "":
        return "lr"
    last = rule.lines[-1]
    assert isinstance(last, ast.Return)
    change = last.value
    if not (isinstance(change, ast.BinOp) and isinstance(change.op, (ast.Add, ast.Sub))):
        raise TypeError(f"{rule.name}: the last line must read `return theta - …` or `theta + …`")
    one = _Rename(rule.direction, ast.Constant(1.0)).visit(ast.parse(ast.unparse(change.right), mode="eval").body)
    return ast.unparse(one)


def write_kernel(rule: Rule, kind: str) -> str:
    """Write the kernel's Python text around the rule's own lines.

    Parameters
    ----------
    rule
        the rule.
    kind
        "rule" to make the update, "probe" to read off every name.
    """
    out = []
    out.append(f"def kernel({ARGUMENTS[kind]}):")
    used = {node.id for node in ast.walk(ast.Module(list(rule.lines), [])) if isinstance(node, ast.Name)} | {"lr"}
    for i, info in enumerate(rule.hyper):
        if info.name in used:
            out.append(f"    {info.name} = hyper_[{i}]")
    count = "theta_.shape[0]" if kind == "rule" else "coords_.shape[0]"
    out.append(f"    for k_ in range({count}):")
    out.append("        i_ = k_" if kind == "rule" else "        i_ = coords_[k_]")
    out.append("        theta = theta_[i_]")
    out.append("        g = grad_[i_]")
    for i, slot in enumerate(rule.slots):
        out.append(f"        {slot.name} = slots_[{i}, i_]")
    for line in rule.lines:
        text = ast.unparse(line)
        if isinstance(line, ast.Return):
            assert line.value is not None
            text = f"theta_[i_] = {ast.unparse(line.value)}" if kind == "rule" else ""
        if text:
            out.append(f"        {text}")
    if kind == "rule":
        out += [f"        slots_[{i}, i_] = {slot.name}" for i, slot in enumerate(rule.slots)]
    else:
        out.append(f"        effective_lr = {effective_lr_source(rule)}")
        out += [f"        out_[{i}, k_] = {name}" for i, name in enumerate(rule.symbols)]
    return "\n".join(out) + "\n"


@dataclass(frozen=True, eq=False)
class Optimizer:
    """An optimizer: its rules by dialect, the default one first."""

    name: str
    rules: tuple[Rule, ...]

    @property
    def title(self) -> str:
        """The name in prose."""
        return self.rules[0].title

    @property
    def dialects(self) -> tuple[str, ...]:
        """Every dialect there is, the default first."""
        return tuple(dict.fromkeys(d for rule in self.rules for d in rule.dialects))

    def options(self, dialect: str | None = None) -> set[str]:
        """Return the choices of arithmetic that a dialect has (None: the default)."""
        wanted = dialect or self.dialects[0]
        return {key for rule in self.rules if wanted in rule.dialects for key in rule.options}

    def rule(self, dialect: str | None = None, options: Mapping[str, bool] | None = None) -> Rule:
        """Return the rule of a dialect (None: the default).

        Raises
        ------
        ParameterError
            there is no such dialect, or it has no such option.
        """
        wanted = dialect or self.dialects[0]
        if wanted not in self.dialects:
            has = ", ".join(self.dialects)
            raise ParameterError(
                "dialect",
                f"{self.name} has no dialect {wanted!r} (it has: {has})",
                nearest(wanted, list(self.dialects)),
            )
        options = dict(options or {})
        family = [rule for rule in self.rules if wanted in rule.dialects]
        known = {key for rule in family for key in rule.options}
        for key in options:
            if key not in known:
                raise ParameterError(key, f"{self.name} ({wanted}) has no option {key!r}", nearest(key, sorted(known)))
        plain = {key: value for rule in family[:1] for key, value in rule.options.items()}
        asked = {**dict.fromkeys(known, False), **plain, **options}
        for rule in family:
            if {**dict.fromkeys(known, False), **rule.options} == asked:
                return rule
        chosen = ", ".join(f"{key} = {str(value).lower()}" for key, value in options.items())
        raise ParameterError(next(iter(options), "dialect"), f"{self.name} ({wanted}) has no form with {chosen}")


#: Every optimizer, in the order of the catalogue. `optimizer` fills it.
REGISTRY: dict[str, Optimizer] = {}


def read_signature(function: Callable[..., Any]) -> tuple[tuple[SlotInfo, ...], tuple[HyperInfo, ...]]:
    """Read the slots and hyperparameters off a rule's signature.

    Raises
    ------
    TypeError
        the signature says something that a rule cannot be.
    """
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    names = tuple(p.name for p in parameters)
    if names[:3] != INPUTS:
        raise TypeError(f"{function.__name__}: a rule begins with (theta, g, t, …), not ({', '.join(names[:3])}, …)")
    slots: list[SlotInfo] = []
    hyper: list[HyperInfo] = []
    for p in parameters[3:]:
        what = next((a for a in get_args(p.annotation)[1:] if isinstance(a, (Slot, Hyper))), None)
        if isinstance(what, Slot):
            start = p.default.at if isinstance(p.default, Starts) else 0.0
            slots.append(SlotInfo(p.name, what.role, start))
        elif isinstance(what, Hyper):
            if p.default is inspect.Parameter.empty:
                raise TypeError(f"{function.__name__}: {p.name} has no default")
            hyper.append(HyperInfo(p.name, float(p.default), what))
        else:
            raise TypeError(f"{function.__name__}: {p.name} has no role: annotate it Velocity, Rate, Decay, …")
    if not hyper or hyper[0].name != "lr":
        raise TypeError(f"{function.__name__}: the first hyperparameter is lr: Rate")
    return tuple(slots), tuple(hyper)


def optimizer(
    name: str,
    *dialects: str,
    title: str,
    reference: str,
    teaches: str = "",
    direction: str = "",
    rate: str = "",
    options: Mapping[str, bool] | None = None,
) -> Callable[[Callable[..., float]], Rule]:
    """Register the decorated function as an optimizer's rule.

    Parameters
    ----------
    name
        what users type.
    dialects
        whose arithmetic this is; of an optimizer's dialects the first is the default.
    title
        the name in prose.
    reference
        paper and equation, or the library's class.
    teaches
        one line for a learner.
    direction
        the name whose factor in the last line is the effective learning rate
        ("" where that is lr itself).
    rate
        the name that is the effective learning rate, where the text has one.
    options
        the choices of arithmetic that lead to this text, as {"centered": True}.
    """

    def register(function: Callable[..., float]) -> Rule:
        slots, hyper = read_signature(function)
        return enlist(
            Rule(
                function, name, title, dialects or ("plain",), reference, teaches, direction, slots, hyper,
                options or {}, rate,
            )
        )  # fmt: skip

    return register


AnyRule = TypeVar("AnyRule", bound=Rule)


def enlist(rule: AnyRule) -> AnyRule:
    """Put a rule into the registry, behind those of its name."""
    before = REGISTRY[rule.name].rules if rule.name in REGISTRY else ()
    REGISTRY[rule.name] = Optimizer(rule.name, (*before, rule))
    return rule


def same_text(
    rule: AnyRule,
    *dialects: str,
    reference: str,
    teaches: str,
    options: Mapping[str, bool] | None = None,
    **defaults: float,
) -> AnyRule:
    """Register the text of `rule` for another dialect, with other defaults and options.

    Raises
    ------
    TypeError
        the text has no such hyperparameter.
    """
    known = rule.defaults
    for key in defaults:
        if key not in known:
            raise TypeError(f"{rule.name} has no hyperparameter {key!r}")
    hyper = tuple(replace(info, default=defaults.get(info.name, info.default)) for info in rule.hyper)
    return enlist(
        replace(
            rule, dialects=dialects, reference=reference, teaches=teaches, hyper=hyper,
            options=rule.options if options is None else options,
        )
    )  # fmt: skip
