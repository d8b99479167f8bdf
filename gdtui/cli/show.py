"""`gdtui show`: an optimizer's rule in every dialect, a surface, a dataset."""

from __future__ import annotations

import argparse

from gdtui.cli.catalogue import columns
from gdtui.cli.diff import diff, pad, width
from gdtui.cli.exits import PASSED, CommandFailure
from gdtui.insight.explain import rule_lines
from gdtui.insight.numerals import number, symbol
from gdtui.insight.preparing import common_lines
from gdtui.optimizers import Optimizer, ParameterError, Rule, find
from gdtui.optimizers.blocks import BlockRule
from gdtui.optimizers.solvers import Solver
from gdtui.words import _


def command(options: argparse.Namespace) -> int:
    """Print what was asked for."""
    if options.diff:
        if options.kind != "optimizer":
            raise CommandFailure(_("--diff compares dialects of an optimizer"))
        lines = diff(_found(options.name), options.diff, options.surface, options.lr, options.updates)
    else:
        lines = {"optimizer": _optimizer, "surface": _surface, "dataset": _dataset}[options.kind](options.name)
    print("\n".join(lines))
    return PASSED


def _found(name: str) -> Optimizer:
    try:
        return find(name)
    except ParameterError as error:
        raise CommandFailure(str(error)) from None


def _optimizer(name: str) -> list[str]:
    optimizer = _found(name)
    lines = [optimizer.title]
    rules = optimizer.rules
    for rule in rules:
        lines += ["", *_rule(rule, alone=len(rules) == 1)]
    if len(rules) > 1:
        lines += ["", _("defaults"), *_defaults(rules)]
    if not isinstance(rules[0], Solver):
        lines += ["", _("also, off unless asked for"), *_common(rules)]
    return lines


def _label(rule: Rule) -> str:
    dialects = ", ".join(rule.dialects)
    options = ", ".join(f"{key} = {str(value).lower()}" for key, value in rule.options.items())
    return f"{dialects}; {options}" if options else dialects


def _rule(rule: Rule, *, alone: bool) -> list[str]:
    lines = [] if alone else [_label(rule)]
    texts = rule.texts if isinstance(rule, BlockRule) else (rule,)
    for text, on in zip(texts, (_("on vectors"), _("on matrices")), strict=False):
        lines += [f"  {on}"] if len(texts) > 1 else []
        lines += _text(text)
    roles = ", ".join(f"{symbol(slot.name)}: {slot.role}" for slot in rule.slots) or _("none")
    lines.append("  " + _("state      {}").format(roles))
    if alone:
        settings = ", ".join(f"{info.name} = {info.default:g} ({info.range.describe()})" for info in rule.hyper)
        lines.append("  " + _("settings   {}").format(settings))
    lines.append("  " + _("reference  {}").format(rule.reference))
    if rule.teaches:
        lines.append(f"  {rule.teaches}")
    return lines


def _text(rule: Rule) -> list[str]:
    lines = rule_lines(rule)
    widest = max(width(line.name) for line in lines)
    signs = ("=" if line.name == symbol("effective_lr") else "←" for line in lines)
    return [f"  {pad(line.name, widest)} {sign} {line.symbols}" for line, sign in zip(lines, signs, strict=True)]


def _common(rules: tuple[Rule, ...]) -> list[str]:
    """Say what the settings that every rule takes do, in each dialect."""
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for rule in rules:
        for dialect in rule.dialects:
            for key, line in common_lines(dialect, rule):
                rows.setdefault((key, f"{line.name} ← {line.symbols}"), {})[dialect] = None
    lines = [(key, text, ", ".join(dialects)) for (key, text), dialects in rows.items()]
    return ["  " + line.rstrip() for line in columns(sorted(lines, key=lambda line: line[0]))]


def _defaults(rules: tuple[Rule, ...]) -> list[str]:
    names = list(dict.fromkeys(info.name for rule in rules for info in rule.hyper))
    head = ("", *(_label(rule) for rule in rules), _("range"))
    rows = [head]
    for name in names:
        infos = [next((info for info in rule.hyper if info.name == name), None) for rule in rules]
        given = next(info for info in infos if info is not None)
        rows.append((name, *("–" if info is None else f"{info.default:g}" for info in infos), given.range.describe()))
    return ["  " + line for line in columns(rows)]


def _surface(name: str) -> list[str]:
    from gdtui.objectives.surfaces import UnknownSurfaceError, surface

    try:
        entry = surface(name)
    except UnknownSurfaceError as error:
        raise CommandFailure(str(error)) from None
    ranges = ", ".join(
        f"{variable} from {number(low)} to {number(high)}"
        for variable, (low, high) in zip(entry.expression.variables, entry.domain, strict=True)
    )
    lines = [
        entry.title,
        f"  {entry.expression.pretty}",
        "  " + _("formula  {}").format(entry.formula),
        "  " + _("domain   {}").format(ranges),
        "  " + _("start    {}").format(", ".join(map(number, entry.start))),
    ]
    for minimum in entry.minima:
        point = ", ".join(map(number, minimum[:-1]))
        lines.append("  " + _("minimum  {} at ({})").format(number(minimum[-1]), point))
    if not entry.minima:
        lines.append("  " + _("minimum  none: it is unbounded below"))
    said = [f"  {entry.expression.singular}"] if entry.expression.singular else []
    return [*lines, f"  {entry.teaches}", *said]


def _dataset(name: str) -> list[str]:
    from gdtui.objectives.base import ObjectiveError
    from gdtui.objectives.build import dataset

    try:
        objective = dataset(name)
    except ObjectiveError as error:
        raise CommandFailure(str(error)) from None
    names = ", ".join(objective.names[:16]) + (" …" if len(objective.names) > 16 else "")
    return [
        objective.formula,
        "  " + _("rows        {}").format(len(objective.data)),
        "  " + _("parameters  {}: {}").format(objective.dimension, names),
        f"  {objective.teaches}",
    ]
