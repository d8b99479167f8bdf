"""Accumulation, SAM, Lookahead and the average of the weights, line by line, from the formulas that run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gdtui.insight.transform_lines import formula_line
from gdtui.optimizers import Rule
from gdtui.optimizers.language.symbols import symbol
from gdtui.optimizers.language.writer import Line
from gdtui.simulation import wrappers as formulas
from gdtui.simulation.wrappers import Kept, Wrappers
from gdtui.text import _, number

if TYPE_CHECKING:
    from gdtui.simulation.stepping import Before  # `gdtui show` needs none of what this imports


def wrapper_lines(rule: Rule) -> tuple[tuple[str, Line], ...]:
    """Return the settings of wrappers that a rule takes, each with its line."""
    found: list[tuple[str, Line]] = []
    if "accumulate" in rule.common:
        found.append(("accumulate", Line("g", "(g₁ + … + gₖ)/k")))
    if "sam_rho" in rule.common:
        found += [("sam_rho", line) for line in lines_before(Wrappers(sam_rho=1.0))]
    if "lookahead" in rule.common:
        found.append(("lookahead", _symbols("theta", formulas.met)))
    if "average_from" in rule.common:
        found.append(("average_from", _symbols("average", formulas.averaged)))
    return tuple(found)


def lines_before(wrappers: Wrappers, before: Before | None = None, place: int = 0) -> tuple[Line, ...]:
    """Return what is done before clipping and decay get the gradient.

    Parameters
    ----------
    before, place
        the update and the place among the watched coordinates; None: in symbols.
    """
    lines = []
    k, wrapped = wrappers.accumulate, before.wrapped if before else None
    if k > 1:
        several = "(g₁ + g₂)/2" if k == 2 else "(g₁ + … + g{})/{}".format(symbol(f"x{k}")[1:], k)
        lines.append(Line("g", several, "", None if before is None else float(before.raw[place])))
    if wrappers.sam_rho:
        at = f"∇L({symbol('theta_hat')})"
        if before is None or wrapped is None:
            lines += [_symbols("theta_hat", formulas.ascended), Line("g", at)]
        else:
            values = {"theta": before.start[place], "g": before.raw[place], "g_norm": wrapped.g_norm}
            lines.append(formula_line("theta_hat", formulas.ascended, {**values, "sam_rho": wrappers.sam_rho}))
            uphill = float(wrapped.uphill[place])
            lines.append(Line("g", at, f"∇L({number(float(wrapped.ascended[place]))})", uphill))
    return tuple(lines)


def lines_after(
    wrappers: Wrappers, before: Before | None = None, place: int = 0, theta: float = float("nan")
) -> tuple[Line, ...]:
    """Return what is done after the rule.

    Parameters
    ----------
    before, place
        the update and the place among the watched coordinates; None: in symbols.
    theta
        the rule's result.
    """
    lines, wrapped = [], before.wrapped if before else None
    if wrappers.lookahead:
        if wrapped is not None and wrapped.meets:
            values = {"slow": wrapped.kept[Kept.SLOW][place], "theta": theta}
            lines.append(formula_line("theta", formulas.met, {**values, "lookahead_alpha": wrappers.lookahead_alpha}))
            theta = lines[-1].value or 0.0
        else:
            often = _("{formula}   every {count} updates")
            text = _symbols("theta", formulas.met).symbols
            lines.append(Line(symbol("theta"), often.format(formula=text, count=wrappers.lookahead)))
    if wrappers.average_from:
        if wrapped is None:
            lines.append(_symbols("average", formulas.averaged))
        else:
            values = {"average": wrapped.kept[Kept.AVERAGE][place], "theta": theta, "weight": wrapped.weight}
            lines.append(formula_line("average", formulas.averaged, values))
    return tuple(lines)


def _symbols(name: str, formula: Callable[..., float]) -> Line:
    return formula_line(name, formula, None)
