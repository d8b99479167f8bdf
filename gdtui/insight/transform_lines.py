"""How the rule came by its gradient: clipping and weight decay with live numbers, by the formulas that ran."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from gdtui.insight.explain import Writer
from gdtui.insight.line import Line
from gdtui.insight.numerals import symbol
from gdtui.optimizers import Rule
from gdtui.simulation import loop as advance
from gdtui.simulation.compiled_stepper import Before
from gdtui.simulation.gradient_transforms import Preparation
from gdtui.text import _

_CONSTANTS = frozenset(("lr", "clip_norm", "clip_value", "weight_decay"))


@cache
def _formula(function: Callable[..., float]) -> ast.expr:
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    last = definition.body[-1]
    assert isinstance(last, ast.Return) and last.value is not None
    return last.value


def _steps(how: Preparation) -> list[tuple[str, str, float, Callable[..., float]]]:
    """Return what is in force, in order: the setting's name, what it changes, its value, the formula."""
    by_norm = advance.clipped_by_norm_torch if how.style == advance.CLIP_TORCH else advance.clipped_by_norm
    steps: list[tuple[str, str, float, Callable[..., float]]] = [
        ("clip_norm", "g", how.clip_norm, by_norm),
        ("clip_value", "g", how.clip_value, advance.clipped_by_value),
        ("weight_decay", "g", how.coupled, advance.with_decay),
        ("weight_decay", "theta", how.decoupled, advance.decayed),
    ]
    return [step for step in steps if step[2]]


def common_lines(dialect: str, rule: Rule) -> tuple[tuple[str, Line], ...]:
    """Return the settings that a rule takes besides its own, each with what it does in that dialect."""
    how = Preparation.of(dialect, rule, {"weight_decay": 1.0, "clip_norm": 1.0, "clip_value": 1.0})
    lines = [(step[0], line) for step, line in zip(_steps(how), preparing_lines(how), strict=True)]
    if how.style == advance.CLIP_BLOCKS:
        note = "   " + _("‖g‖ of each block")
        lines = [(key, replace(ln, symbols=ln.symbols + note) if key == "clip_norm" else ln) for key, ln in lines]
    return tuple(lines)


def preparing_lines(how: Preparation) -> tuple[Line, ...]:
    """Return what is done to a gradient and a parameter, in symbols alone, as it stands before any update."""
    writer = Writer(None, _CONSTANTS, vars(advance), None)
    return tuple(Line(symbol(name), writer.write(_formula(f)), "", None) for _key, name, _value, f in _steps(how))


def prepared_lines(before: Before, place: int) -> tuple[Line, ...]:
    """Return what was done to the gradient and the parameter at one watched coordinate before the rule got them.

    Parameters
    ----------
    before
        what the update started from.
    place
        which of the watched coordinates.
    """
    values: dict[str, Any] = {"g": before.raw[place], "theta": before.start[place], "g_norm": before.norms[place]}
    lines = []
    for key, name, setting, formula in _steps(before.preparation):
        known = {**values, key: setting, "lr": before.hyper["lr"]}
        known = {name: np.float64(value) for name, value in known.items()}
        node = _formula(formula)
        with np.errstate(all="ignore"):
            value = formula(**{name: known[name] for name in inspect.signature(formula).parameters})
        symbols, numbers = (Writer(v, _CONSTANTS, vars(advance), known).write(node) for v in (None, known))
        lines.append(Line(symbol(name), symbols, numbers, float(value)))
        values[name] = value
    return tuple(lines)
