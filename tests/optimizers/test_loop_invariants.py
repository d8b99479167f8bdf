"""What coordinates share is computed once, and a power that cannot be seen is not: to the same bits."""

import math

import numpy as np
import pytest

from gdtui.kernel import Kernel
from gdtui.optimizers import find
from gdtui.optimizers.language.loop_invariants import one_minus_power
from tests.optimizers.cases import RULES

BASES = (0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1 - 2**-40, 1 - 2**-53, 1.0, 1.5, -0.5)


@pytest.mark.jit
@pytest.mark.parametrize("base", BASES)
def test_a_power_that_is_left_out_cannot_be_seen(base: float) -> None:
    """From well before where the power is left out to well behind it."""
    compiled = Kernel(one_minus_power, "f8(f8, f8)")
    border = 38 / (1 - base) if base != 1 else 38.0
    exponents = {float(max(1, round(abs(border) * part))) for part in np.linspace(0.7, 1.3, 200)} | {1.0, 2.0, 1e3}
    for exponent in sorted(exponents):
        expected = 1 - math.pow(base, exponent)
        assert one_minus_power(base, exponent) == compiled(base, exponent) == expected, exponent


def test_a_base_that_is_no_number_is_not_lost() -> None:
    assert math.isnan(one_minus_power(math.nan, 1e9))


def test_adam_computes_its_powers_once_and_only_while_they_count() -> None:
    rule = find("adam").rule("paper")
    before, loop = rule.write_kernel(rule.texts, "guarded").split("for k_ in")
    assert before.count("one_minus_power(") == 2
    assert "power" not in loop
    assert "**" not in before + loop


@pytest.mark.parametrize("kind", ["rule", "guarded", "probe"])
def test_no_loop_over_coordinates_has_a_power_of_what_they_share(kind: str) -> None:
    for rule in RULES:
        source = rule.write_kernel(rule.texts, kind)
        if "for k_ in" in source:
            assert "beta1 ** t" not in source.split("for k_ in")[1], rule.name
            assert "beta2 ** t" not in source.split("for k_ in")[1], rule.name
