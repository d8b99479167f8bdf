"""How the rule came by its gradient: clipping and weight decay with live numbers, by the formulas that ran."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from gdtui import advance
from gdtui.insight.explain import Writer
from gdtui.insight.line import Line
from gdtui.insight.numerals import symbol
from gdtui.simulation.looping import Before

_CONSTANTS = frozenset(("lr", "clip_norm", "clip_value", "weight_decay"))


@cache
def _formula(function: Callable[..., float]) -> ast.expr:
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    last = definition.body[-1]
    assert isinstance(last, ast.Return) and last.value is not None
    return last.value


def prepared_lines(before: Before, place: int) -> tuple[Line, ...]:
    """Return what was done to the gradient and the parameter at one watched coordinate before the rule got them.

    Parameters
    ----------
    before
        what the update started from.
    place
        which of the watched coordinates.
    """
    how = before.preparation
    by_norm = advance.clipped_by_norm_torch if how.style == advance.CLIP_TORCH else advance.clipped_by_norm
    steps: list[tuple[str, Callable[..., float], dict[str, float]]] = []
    if how.clip_norm:
        steps.append(("g", by_norm, {"clip_norm": how.clip_norm, "g_norm": before.norms[place]}))
    if how.clip_value:
        steps.append(("g", advance.clipped_by_value, {"clip_value": how.clip_value}))
    if how.coupled:
        steps.append(("g", advance.with_decay, {"weight_decay": how.coupled}))
    if how.decoupled:
        steps.append(("theta", advance.decayed, {"weight_decay": how.decoupled, "lr": before.hyper["lr"]}))
    values: dict[str, Any] = {"g": np.float64(before.raw[place]), "theta": np.float64(before.start[place])}
    lines = []
    for name, function, settings in steps:
        known = {**values, **{key: np.float64(value) for key, value in settings.items()}}
        node, space = _formula(function), vars(advance)
        with np.errstate(all="ignore"):
            value = function(**{key: known[key] for key in inspect.signature(function).parameters})
        symbols = Writer(None, _CONSTANTS, space, known).write(node)
        lines.append(Line(symbol(name), symbols, Writer(known, _CONSTANTS, space, known).write(node), float(value)))
        values[name] = np.float64(value)
    return tuple(lines)
