"""Quadratic bowls of any condition number, rotation and dimension."""

from __future__ import annotations

import math
from fractions import Fraction

from gdtui.objectives.expression.parsing import MOST_VARIABLES
from gdtui.objectives.surfaces.surface import Surface
from gdtui.text import N_, _


def _cosine_and_sine(degrees: float) -> tuple[str, str]:
    """Return source text of both, as ``cos(pi/6)`` if that is shorter than the digits."""
    turn = Fraction(degrees).limit_denominator(10_000) / 180
    angle = f"{turn.numerator}*pi/{turn.denominator}".removeprefix("1*").removesuffix("/1")
    exact = math.isclose(float(turn) * 180.0, degrees, rel_tol=1e-15)
    values = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    texts = (repr(value).removesuffix(".0") for value in values)
    digits = (f"({text})" if text.startswith("-") else text for text in texts)
    cosine, sine = (
        f"{name}({angle})" if exact and len(name) + len(angle) + 2 < len(text) else text
        for name, text in zip(("cos", "sin"), digits, strict=True)
    )
    return cosine, sine


def quadratic(condition: float = 10.0, rotation: float = 30.0, dimension: int = 2) -> Surface:
    """Return ½ Σ λₖuₖ² with curvatures λ from 1 to `condition`, evenly spaced in logarithm.

    The axes u are the coordinates turned by `rotation` degrees in the planes of (first, last), (second,
    last but one), and so on. Raises ValueError unless `condition` ≥ 1 and 1 ≤ `dimension` ≤ 16. In one
    dimension the one curvature is `condition`; from three on, those in between are rounded to six
    digits.
    """
    if not (math.isfinite(condition) and condition >= 1.0):
        raise ValueError(_("condition must be a number of at least 1, not {}").format(condition))
    if not math.isfinite(rotation):
        raise ValueError(_("rotation must be a finite number of degrees, not {}").format(rotation))
    if not 1 <= dimension <= MOST_VARIABLES:
        raise ValueError(_("dimension must be 1 to {most}, not {given}").format(most=MOST_VARIABLES, given=dimension))
    names = ["x", "y"][:dimension] if dimension <= 2 else [f"x{k}" for k in range(1, dimension + 1)]
    cosine, sine = _cosine_and_sine(math.fmod(rotation, 360.0))
    terms = []
    for k, name in enumerate(names):
        curvature = condition ** (k / (dimension - 1)) if dimension > 1 else condition
        ends = k in (0, dimension - 1)
        shown = repr(float(curvature) if ends else float(f"{curvature:.6g}")).removesuffix(".0")
        partner = names[dimension - 1 - k]
        sign = "+" if k < dimension - 1 - k else "-"
        turned = math.fmod(rotation, 360.0) != 0.0 and partner != name
        axis = f"({cosine}*{name}{sign}{sine}*{partner})" if turned else name
        terms.append(f"{axis}^2" if shown == "1" else f"{shown}*{axis}^2")
    return Surface(
        name="quadratic",
        title=N_("Quadratic bowl"),
        formula=f"0.5*({'+'.join(terms)})",
        domain=((-5.0, 5.0),) * dimension,
        start=tuple((-4.0, 2.0)[k % 2] for k in range(dimension)),
        minima=((0.0,) * (dimension + 1),),
        teaches=N_("The steepest direction limits lr to 2/λmax; the flattest sets the pace."),
    )
