"""The decorator that turns the mathematics of one coordinate into a rule, and the registry of all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

from gdtui.errors import ParameterError
from gdtui.optimizers.language.roles import Hyper, Slot, Starts
from gdtui.optimizers.language.rule import HyperInfo, Rule, SlotInfo
from gdtui.text import did_you_mean

#: What the rule is handed besides its state and hyperparameters.
INPUTS = ("theta", "g", "t")


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
                did_you_mean(wanted, list(self.dialects)),
            )
        options = dict(options or {})
        family = [rule for rule in self.rules if wanted in rule.dialects]
        known = {key for rule in family for key in rule.options}
        for key in options:
            if key not in known:
                raise ParameterError(
                    key, f"{self.name} ({wanted}) has no option {key!r}", did_you_mean(key, sorted(known))
                )
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
