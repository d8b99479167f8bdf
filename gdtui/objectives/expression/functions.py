"""The functions that a formula may call, and those that only its derivatives call.

The kernels generated from formulas are compiled under this file's name: the guards below are compiled into them, and a
change in this file makes their cached machine code stale.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: What a user may call: name as typed -> (name of the NumPy function, number of arguments).
CALLABLE: dict[str, tuple[str, int]] = {
    "sin": ("sin", 1), "cos": ("cos", 1), "tan": ("tan", 1), "asin": ("arcsin", 1), "acos": ("arccos", 1),
    "atan": ("arctan", 1), "sinh": ("sinh", 1), "cosh": ("cosh", 1), "tanh": ("tanh", 1), "exp": ("exp", 1),
    "log": ("log", 1), "log10": ("log10", 1), "sqrt": ("sqrt", 1), "abs": ("absolute", 1), "sign": ("sign", 1),
    "min": ("minimum", 2), "max": ("maximum", 2), "atan2": ("arctan2", 2), "hypot": ("hypot", 2),
}  # fmt: skip

#: Names that the text of a program may call -> the NumPy function to bind them to.
FUNCTIONS: dict[str, Callable[..., np.float64]] = {
    name: getattr(np, name) for name in [*(name for name, _ in CALLABLE.values()), "power"]
}


# Only differentiation introduces these; `calculus` states the convention. They are functions because a conditional
# expression in a program's text takes ten times as long to compile as a call.


def recip(u: float) -> float:
    """Return 1/u, but 0 at u = 0."""
    return 0.0 if u == 0.0 else 1.0 / u


def log0(u: float) -> float:
    """Return log u, but 0 at u = 0."""
    return 0.0 if u == 0.0 else np.log(u)


def pow0(u: float, q: float) -> float:
    """Return u^q, but 0 where u = 0 and q < 0."""
    return 0.0 if u == 0.0 and q < 0.0 else np.power(u, q)


#: Names that the text of a program may call besides those of `FUNCTIONS`.
GUARDS: dict[str, Callable[..., float]] = {"recip": recip, "log0": log0, "pow0": pow0}


_OPERATORS: dict[str, Callable[..., float]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power, "neg": np.negative,
    "sech": lambda u: 1.0 / np.cosh(u), **GUARDS,
}  # fmt: skip


def fold(op: str, values: tuple[float, ...]) -> float:
    """Return the float64 value of operation `op` on constants; inf and nan come out as such."""
    function = _OPERATORS[op] if op in _OPERATORS else FUNCTIONS[CALLABLE[op][0]]
    with np.errstate(all="ignore"):
        return float(function(*map(np.float64, values)))
