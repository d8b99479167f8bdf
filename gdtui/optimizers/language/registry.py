"""The catalogue of optimizers: every rule that a decorator has registered, by name and dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from gdtui.errors import ParameterError
from gdtui.optimizers.language.rule import Rule
from gdtui.text import _, did_you_mean


@dataclass(frozen=True, eq=False)
class Optimizer:
    """An optimizer: its rules, beginning with the default dialect."""

    name: str
    rules: tuple[Rule, ...]

    @property
    def title(self) -> str:
        """The name in prose."""
        return self.rules[0].title

    @cached_property
    def dialects(self) -> tuple[str, ...]:
        """All dialects, the default first."""
        return tuple(dict.fromkeys(d for rule in self.rules for d in rule.dialects))

    @cached_property
    def former(self) -> dict[str, str]:
        """Earlier names of dialects, each with the present one."""
        former = {rule.former: rule.dialects[0] for rule in self.rules if rule.former}
        return {old: new for old, new in former.items() if old not in self.dialects}

    def dialect(self, name: str | None) -> str:
        """Return the present name of a dialect (None: of the default)."""
        return self.former.get(name, name) if name else self.dialects[0]

    def options(self, dialect: str | None = None) -> set[str]:
        """Return the choices of arithmetic in a dialect (None: the default)."""
        wanted = self.dialect(dialect)
        return {key for rule in self.rules if wanted in rule.dialects for key in rule.options}

    def is_choice(self, key: str, dialect: str | None = None) -> bool:
        """Say whether a key is a choice between true and false, and a number in no form of the optimizer."""
        return key in self.options(dialect) and not any(key in rule.defaults for rule in self.rules)

    def rule(self, dialect: str | None = None, options: Mapping[str, bool] | None = None) -> Rule:
        """Return the rule of a dialect (None: the default) with these options, or raise ParameterError."""
        wanted, options = self.dialect(dialect), options or {}
        if wanted not in self.dialects:
            message = _("{optimizer} has no dialect {dialect!r} (it has: {dialects})").format(
                optimizer=self.name, dialect=wanted, dialects=", ".join(self.dialects)
            )
            raise ParameterError("dialect", message, did_you_mean(wanted, self.dialects))
        family = [rule for rule in self.rules if wanted in rule.dialects]
        off = dict.fromkeys(sorted(self.options(wanted)), False)
        for key in options:
            if key not in off:
                message = _("{optimizer} ({dialect}) has no option {option!r}").format(
                    optimizer=self.name, dialect=wanted, option=key
                )
                raise ParameterError(key, message, did_you_mean(key, off))
        asked = {**off, **family[0].options, **options}
        for rule in family:
            if {**off, **rule.options} == asked:
                return rule
        chosen = ", ".join(f"{key} = {str(value).lower()}" for key, value in options.items())
        message = _("{optimizer} ({dialect}) has no form with {options}").format(
            optimizer=self.name, dialect=wanted, options=chosen
        )
        raise ParameterError(next(iter(options), "dialect"), message)


#: Every optimizer, in the order of the catalogue.
REGISTRY: dict[str, Optimizer] = {}


def find(name: str) -> Optimizer:
    """Return the optimizer with this name, or raise ParameterError with the nearest name."""
    if name not in REGISTRY:
        message = _("there is no optimizer {name!r}").format(name=name)
        raise ParameterError("optimizer", message, did_you_mean(name, REGISTRY))
    return REGISTRY[name]


AnyRule = TypeVar("AnyRule", bound=Rule)


def enlist(rule: AnyRule) -> AnyRule:
    """Add a rule to the registry, after the others of its name."""
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
    """Register the text of `rule` for another dialect, with other options and defaults of its hyperparameters."""
    for key in defaults:
        if key not in rule.defaults:
            raise TypeError(f"{rule.name} has no hyperparameter {key!r}")
    hyper = tuple(replace(info, default=defaults.get(info.name, info.default)) for info in rule.hyper)
    return enlist(
        replace(
            rule, dialects=dialects, former="", reference=reference, teaches=teaches, hyper=hyper,
            options=rule.options if options is None else options,
        )
    )  # fmt: skip
