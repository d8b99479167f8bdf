"""Objectives for tests, each built in one call."""

from __future__ import annotations

from typing import Any

from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import ExpressionSpec, ObjectiveSpec, SurfaceSpec, TapeSpec


def surface(name: str, start: tuple[float, ...] = (), noise: float = 0.0) -> Objective:
    """Return a built-in surface."""
    return SurfaceSpec(name, start, noise).build()


def expression(
    formula: str, domain: tuple[tuple[float, float], ...] = (), start: tuple[float, ...] = (), noise: float = 0.0
) -> Objective:
    """Return a typed formula."""
    return ExpressionSpec(formula, domain, start, noise).build()


def dataset(
    name: str = "", rows: int | None = None, start: tuple[float, ...] = (), *, seed: int = 0, **keys: Any
) -> Objective:
    """Return a built-in dataset, or the rows of a CSV file."""
    return ObjectiveSpec("dataset", name, rows=rows, start=start, **keys).build(seed)


def tape(
    gradients: tuple[tuple[float, ...], ...] = (), pattern: str = "", csv: str = "", start: tuple[float, ...] = ()
) -> Objective:
    """Return a tape."""
    return TapeSpec(gradients, csv, pattern, start).build()
