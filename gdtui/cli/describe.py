"""`gdtui show`: an optimizer's rule in every dialect, a surface, a dataset."""

from __future__ import annotations

import argparse
import textwrap

from gdtui.cli.exits import PASSED, CommandFailure, refuse
from gdtui.insight.transform_lines import common_lines
from gdtui.insight.wrapper_lines import wrapper_lines
from gdtui.optimizers import COMMON, Optimizer, Rule, find
from gdtui.optimizers.language.signature import HyperInfo
from gdtui.optimizers.language.symbols import symbol
from gdtui.optimizers.language.writer import Line
from gdtui.plot.widths import cell_width
from gdtui.text import _, aligned, number

#: Parameters of a model that are named.
MOST_NAMES = 16


def command(options: argparse.Namespace) -> int:
    """Print the description."""
    if options.diff:
        if options.kind != "optimizer":
            raise CommandFailure(_("--diff compares dialects of an optimizer"))
        from gdtui.cli.diff import diff  # late: only this needs sessions and verbs

        surface, updates = options.surface or "rosenbrock", options.updates or 100
        lines = diff(find(options.name), options.diff, surface, options.lr, updates)
    else:
        refuse(options, ("surface", "lr", "updates"), _("{} goes with --diff"))
        lines = {"optimizer": _optimizer, "surface": _surface, "dataset": _dataset}[options.kind](options.name)
    print("\n".join(lines))
    return PASSED


def _optimizer(name: str) -> list[str]:
    optimizer = find(name)
    lines = [_(optimizer.title)]
    rules = optimizer.rules
    for rule in rules:
        lines += ["", *_rule(rule, alone=len(rules) == 1)]
    if len(optimizer.dialects) > 1:
        lines += ["", _("defaults"), *_defaults(optimizer)]
    common = _common(rules)
    if common:
        lines += ["", _("also, off unless asked for"), *common]
    return lines


def _label(rule: Rule) -> str:
    dialects = ", ".join(rule.dialects)
    options = ", ".join(f"{key} = {str(value).lower()}" for key, value in rule.options.items())
    return f"{dialects}; {options}" if options else dialects


def _rule(rule: Rule, *, alone: bool) -> list[str]:
    lines = [] if alone else [_label(rule)]
    for form, on in zip(rule.forms, (_("on vectors"), _("on matrices")), strict=False):
        lines += [f"  {on}"] if len(rule.forms) > 1 else []
        lines += _text(rule.lines(form))
    roles = ", ".join(f"{symbol(slot.name)}: {slot.role}" for slot in rule.slots) or _("none")
    ranges = [f", {info.range.describe()}" if alone else "" for info in rule.hyper]
    settings = [
        f"{_named(i.name)} = {number(i.default)}{allowed}" for i, allowed in zip(rule.hyper, ranges, strict=True)
    ]
    wrapped = textwrap.wrap(("; " if alone else ", ").join(settings), 96)
    facts = [(_("state"), roles), *zip([_("settings"), *[""] * len(wrapped)], wrapped, strict=False)]
    facts += [(_("reference"), rule.reference), *([(_("earlier name"), rule.former)] if rule.former else [])]
    lines += aligned(facts, indent="  ")
    if rule.teaches:
        lines.append(f"  {_(rule.teaches)}")
    return lines


def _text(lines: tuple[Line, ...]) -> list[str]:
    widest = max(cell_width(line.label) for line in lines)
    signs = ("=" if line.name == symbol("effective_lr") else "←" for line in lines)
    names = (line.label + " " * (widest - cell_width(line.label)) for line in lines)
    return [f"  {name} {sign} {line.symbols}" for name, sign, line in zip(names, signs, lines, strict=True)]


def _common(rules: tuple[Rule, ...]) -> list[str]:
    """Return what the settings that every rule takes do; where dialects differ, in each of them."""
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for rule in rules:
        for dialect in rule.dialects:
            for key, line in (*common_lines(dialect, rule), *wrapper_lines(rule)):
                rows.setdefault((key, f"{line.name} ← {line.symbols}"), {})[dialect] = None
    every = {dialect for rule in rules for dialect in rule.dialects}
    lines = [
        (key, text, _(COMMON[key].meaning) if every == {*dialects} else ", ".join(dialects))
        for (key, text), dialects in rows.items()
    ]
    order = list(COMMON)
    return aligned(sorted(lines, key=lambda line: order.index(line[0])), indent="  ")


def _named(key: str) -> str:
    """Return a setting as users type it, with its symbol: beta1 (β₁)."""
    return f"{key} ({symbol(key)})" if symbol(key) != key else key


def _defaults(optimizer: Optimizer) -> list[str]:
    """Return a table: a setting a row, a dialect a column; dialects with the same defaults share one."""
    by_dialect: dict[str, dict[str, HyperInfo]] = {}
    for rule in optimizer.rules:  # the first form of a dialect that has the setting counts
        for dialect in rule.dialects:
            for info in rule.hyper:
                by_dialect.setdefault(dialect, {}).setdefault(info.name, info)
    sides: dict[tuple[tuple[str, float], ...], list[str]] = {}
    for dialect, infos in by_dialect.items():
        sides.setdefault(tuple((name, info.default) for name, info in infos.items()), []).append(dialect)
    ranges = {name: info.range for infos in by_dialect.values() for name, info in infos.items()}
    rows = [("", *(", ".join(dialects) for dialects in sides.values()), _("range"))]
    for name, allowed in ranges.items():
        defaults = (dict(side).get(name) for side in sides)
        rows.append((_named(name), *("–" if d is None else number(d) for d in defaults), allowed.describe()))
    return aligned(rows, indent="  ")


def _surface(name: str) -> list[str]:
    from gdtui.objectives.surfaces.catalogue import surface

    entry = surface(name)
    ranges = ", ".join(
        _("{variable} from {low} to {high}").format(variable=variable, low=number(low), high=number(high))
        for variable, (low, high) in zip(entry.expression.variables, entry.domain, strict=True)
    )
    start = ", ".join(map(number, entry.start))
    facts = [(_("formula"), entry.formula), (_("domain"), ranges), (_("start"), start)]
    for *point, value in entry.minima:
        facts.append((_("minimum"), _("{} at ({})").format(number(value), ", ".join(map(number, point)))))
    if not entry.minima:
        facts.append((_("minimum"), _("none: it is unbounded below")))
    said = [f"  {text}" for text in (_(entry.teaches), entry.expression.singular) if text]
    return [_(entry.title), f"  {entry.expression.pretty}", *aligned(facts, indent="  "), *said]


def _dataset(name: str) -> list[str]:
    from gdtui.objectives.specs import DatasetSpec

    objective = DatasetSpec(name).build()
    names = ", ".join(objective.names[:MOST_NAMES]) + (" …" if len(objective.names) > MOST_NAMES else "")
    facts = [
        (_("rows"), str(len(objective.data))),
        (_("parameters"), _("{}: {}").format(objective.dimension, names)),
    ]
    return [objective.formula, *aligned(facts, indent="  "), f"  {objective.teaches}"]
