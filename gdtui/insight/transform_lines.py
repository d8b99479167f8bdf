"""Clipping and weight decay, line by line, from the formulas that run."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gdtui.optimizers import COMMON, Rule
from gdtui.optimizers.language.symbols import symbol
from gdtui.optimizers.language.writer import Line, Writer
from gdtui.simulation import gradient_transforms as transforms
from gdtui.simulation.gradient_transforms import Clip, GradientTransform
from gdtui.text import _

if TYPE_CHECKING:
    from gdtui.simulation.stepping import Before  # `gdtui show` needs none of what this imports

_CONSTANTS = frozenset(("lr", *COMMON))


@cache
def _formula(function: Callable[..., float]) -> ast.expr:
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    last = definition.body[-1]
    assert isinstance(last, ast.Return) and last.value is not None
    return last.value


def formula_line(name: str, formula: Callable[..., float], values: Mapping[str, float] | None) -> Line:
    """Return a formula's result as a line; in symbols only where there are no values."""
    node = _formula(formula)
    if values is None:
        return Line(symbol(name), Writer().write(node))
    known = {key: np.float64(value) for key, value in values.items()}
    with np.errstate(all="ignore"):
        value = formula(**{key: known[key] for key in inspect.signature(formula).parameters})
    symbols, numbers = (
        Writer(numbers=how, choosing=True, constants=_CONSTANTS, space=formula.__globals__).write(node, known)
        for how in (False, True)
    )
    return Line(symbol(name), symbols, numbers, float(value))


def _steps(how: GradientTransform) -> list[tuple[str, str, float, Callable[..., float]]]:
    """Return what is in force, in order: the setting's name, the name that it changes, its value, the formula."""
    by_norm = transforms.clipped_by_norm_torch if how.style == Clip.TORCH else transforms.clipped_by_norm
    steps: list[tuple[str, str, float, Callable[..., float]]] = [
        ("clip_norm", "g", how.clip_norm, by_norm),
        ("clip_value", "g", how.clip_value, transforms.clipped_by_value),
        ("weight_decay", "g", how.coupled, transforms.with_decay),
        ("weight_decay", "theta", how.decoupled, transforms.decayed),
    ]
    return [step for step in steps if step[2]]


def common_lines(dialect: str, rule: Rule) -> tuple[tuple[str, Line], ...]:
    """Return the shared settings that a rule takes, each with its line in this dialect."""
    how = GradientTransform.of(dialect, rule, dict.fromkeys(rule.common, 1.0))
    lines = [(step[0], line) for step, line in zip(_steps(how), transform_symbols(how), strict=True)]
    if how.style == Clip.BLOCKS:
        note = _("‖g‖ of each block")
        lines = [
            (key, replace(line, symbols=f"{line.symbols}   {note}") if key == "clip_norm" else line)
            for key, line in lines
        ]
    return tuple(lines)


def transform_symbols(how: GradientTransform) -> tuple[Line, ...]:
    """Return what is done to a gradient and a parameter, in symbols."""
    return tuple(formula_line(name, formula, None) for _key, name, _value, formula in _steps(how))


def transform_numbers(before: Before, place: int) -> tuple[Line, ...]:
    """Return what was done to the gradient and the parameter at one watched coordinate before the rule got them.

    Parameters
    ----------
    before
        what the update started from.
    place
        the place among the watched coordinates.
    """
    g = before.raw if before.wrapped is None or not before.wrapped.wrappers.sam_rho else before.wrapped.uphill
    values = {"g": g[place], "theta": before.start[place], "g_norm": before.norms[place], "lr": before.hyper["lr"]}
    lines = []
    for key, name, setting, formula in _steps(before.transform):
        line = formula_line(name, formula, {**values, key: setting})
        lines.append(line)
        values[name] = line.value
    return tuple(lines)
