"""Exponential, logarithm and tanh of units, beside decimal arithmetic of 60 digits."""

from __future__ import annotations

import decimal
import math
import platform
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from gdtui.kernel import Array, Kernel, jit_disabled
from gdtui.objectives.network.elementary import exp, log, sigmoid, softplus_tail, tanh

ONE = Decimal(1)
#: By name: the function, the exact one, and how many units in the last place it may be away.
FUNCTIONS: dict[str, tuple[Callable[[float], float], Callable[[Decimal], Decimal], float]] = {
    "exp": (exp, lambda x: x.exp(), 0.8),
    "log": (log, lambda x: x.ln(), 0.8),
    "tanh": (tanh, lambda x: ONE - 2 / ((2 * x).exp() + ONE), 1.1),
    "sigmoid": (sigmoid, lambda x: ONE / (ONE + (-x).exp()), 2.0),
    "softplus_tail": (softplus_tail, lambda x: (ONE + (-abs(x)).exp()).ln(), 2.0),
}
#: Ranges in which each is tried: where its parts meet, and where it ends.
RANGES = {
    "exp": ((-708.0, 709.0), (-0.4, 0.4), (-745.0, -708.0)),
    "log": ((1.0, 5.0), (0.5, 2.0), (0.99, 1.01), (1e-323, 1e-307), (1.0, 1e300)),
    "tanh": ((-20.0, 20.0), (0.5, 0.8), (-1e-3, 1e-3)),
    "sigmoid": ((-40.0, 40.0), (-2.0, 2.0), (-700.0, -600.0)),
    "softplus_tail": ((-40.0, 40.0), (0.8, 0.95)),
}
SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -1e-310, 709.79, -745.2, 1e308, -1e308)


LOOP = """
def loop(x, out):
    for i in range(x.shape[0]):
        out[i] = function(x[i])
"""


def over_all(function: Callable[[float], float]) -> Kernel:
    """Return a loop of a function over numbers: void(x[n], out[n])."""
    space = {"function": function, "__name__": __name__}
    exec(compile(LOOP, __file__, "exec"), space)
    return Kernel(space["loop"], "void(f8[::1], f8[::1])", keep=False)  # type: ignore[arg-type]


def values(name: str, x: Array) -> Array:
    out = np.empty_like(x)
    with np.errstate(all="ignore"):
        over_all(FUNCTIONS[name][0])(x, out)
    return out


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_right_to_the_last_place(name: str) -> None:
    _function, exact, most = FUNCTIONS[name]
    spread = np.random.default_rng(1)
    x = np.concatenate([spread.uniform(low, high, 300) for low, high in RANGES[name]])
    with decimal.localcontext(decimal.Context(prec=60, Emax=10**6, Emin=-(10**6))) as context:
        for given, got in zip(x.tolist(), values(name, x).tolist(), strict=True):
            context.prec = 60 if abs(given) < 100 else 400
            wanted = exact(Decimal(given))
            assert abs(Decimal(got) - wanted) <= Decimal(most * math.ulp(float(wanted))), given


def test_what_is_no_ordinary_number_gives_what_ieee_754_says() -> None:
    """Beside the C library, which is right there; −0 is told from 0."""
    x = np.array(SPECIAL)
    with np.errstate(all="ignore"):
        known = {
            "exp": np.exp(x), "log": np.log(x), "tanh": np.tanh(x), "sigmoid": 1 / (1 + np.exp(-x)),
            "softplus_tail": np.log1p(np.exp(-abs(x))),
        }  # fmt: skip
    for name, wanted in known.items():
        got = values(name, x)
        np.testing.assert_allclose(got, wanted, rtol=1e-15, atol=5e-324, err_msg=name)
        np.testing.assert_array_equal(np.signbit(got[wanted == 0]), np.signbit(wanted[wanted == 0]), err_msg=name)


@pytest.mark.jit
@pytest.mark.skipif(jit_disabled(), reason="about compiled loops")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_bits_are_the_same_compiled_or_not_and_in_every_column(name: str) -> None:
    spread = np.random.default_rng(2)
    x = np.concatenate([[*SPECIAL], *(spread.uniform(low, high, 50) for low, high in RANGES[name])])
    loop = over_all(FUNCTIONS[name][0])
    alone, vector, plain = np.empty((3, len(x)))
    with np.errstate(all="ignore"):
        loop(x, vector)
        for i in range(len(x)):
            loop(x[i : i + 1], alone[i : i + 1])
        loop.function(x, plain)
    np.testing.assert_array_equal(alone.view(np.int64), vector.view(np.int64))
    np.testing.assert_array_equal(plain, vector)  # the bits of nan are nobody's concern


@pytest.mark.jit
@pytest.mark.skipif(jit_disabled() or platform.machine() != "x86_64", reason="about machine code of this processor")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_loops_become_vector_instructions(name: str) -> None:
    compiled = over_all(FUNCTIONS[name][0]).compiled
    assert "divpd" in "".join(compiled.inspect_asm().values())  # type: ignore[attr-defined]
