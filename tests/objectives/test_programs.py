"""The programs that formulas become: straight lines, nothing twice, and the same for all who run them."""

from __future__ import annotations

import math
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from gdtui.errors import ExpressionError
from gdtui.objectives.expression.compilation import objective_kernel
from gdtui.objectives.expression.expression import gradient, hessian, lower, parse
from gdtui.objectives.expression.functions import FUNCTIONS, GUARDS
from gdtui.objectives.kernel_signature import OBJECTIVE
from gdtui.objectives.surfaces.catalogue import SURFACES
from tests.objectives.building import expression, surface
from tests.objectives.formulas import ACKLEY, ROSENBROCK, SMOOTH


def test_common_parts_are_computed_once() -> None:
    assert len(lower(parse("sin(x+y)*sin(y+x)"), 0).statements) == 3  # x+y, sin, square
    assert len(lower(parse("exp(x*y)+exp(x*y)*exp(y*x)"), 0).statements) == 4  # x*y, exp, square, sum
    value_only, with_slope = lower(parse("exp(sin(x))"), 0), lower(parse("exp(sin(x))"), 1)
    assert with_slope.statements[: len(value_only.statements)] == value_only.statements
    assert len(with_slope.statements) == len(value_only.statements) + 2  # cos x, product
    assert len(lower(parse(ROSENBROCK), 1).statements) == 12


@pytest.mark.parametrize("text", [*SMOOTH, ACKLEY, ROSENBROCK])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_a_program_is_straight_line_and_has_no_dead_or_double_work(text: str, order: int) -> None:
    program = lower(parse(text, ("x", "y")), order)
    known = {*program.inputs, *FUNCTIONS, *GUARDS}
    used: set[str] = set()
    rights = [right for _, right in program.statements]
    assert len(set(rights)) == len(rights)
    for name, right in program.statements:
        words = set(right.replace("(", " ").replace(")", " ").replace(",", " ").split())
        names = {word.lstrip("-") for word in words if word.lstrip("-").isidentifier()}
        assert names <= known
        used |= names
        known.add(name)
    assert {name for name, _ in program.statements} <= used | set(program.results)
    assert len(program.gradient) == (2 if order >= 1 else 0)
    assert [len(row) for row in program.hessian] == ([2, 2] if order == 2 else [])


def test_small_whole_powers_are_multiplications() -> None:
    assert lower(parse("x^5"), 0).statements == (("t0", "x0 * x0"), ("t1", "t0 * t0"), ("t2", "t1 * x0"))
    assert lower(parse("x^-2"), 0).statements == (("t0", "x0 * x0"), ("t1", "1.0 / t0"))
    for text in (ROSENBROCK, "x^64", "(x+y)^7/3"):
        assert not any("power" in right or "**" in right for _, right in lower(parse(text), 2).statements)
    assert "power" in lower(parse("x^65"), 0).statements[0][1]


def test_results_may_be_inputs_or_literals() -> None:
    program = lower(parse("x + 0*y"), 2)
    assert (program.statements, program.value, program.gradient) == ((), "x0", ("1.0", "0.0"))
    assert program.hessian == (("0.0", "0.0"), ("0.0", "0.0"))
    grid = np.arange(3.0)
    assert parse("x").evaluate(grid) is not grid


def test_a_program_is_the_same_every_time() -> None:
    first = lower(parse(ACKLEY), 2)
    lower.cache_clear(), gradient.cache_clear(), hessian.cache_clear()
    assert lower(parse(ACKLEY), 2) == first


def test_order_and_arguments_are_checked() -> None:
    expression = parse(ROSENBROCK)
    with pytest.raises(ValueError, match="order"):
        lower(expression, 3)
    with pytest.raises(ValueError, match="2 arrays"):
        expression.evaluate(1.0)
    with pytest.raises(ValueError, match="2 coordinates"):
        expression.evaluate_gradient((1.0,))


def test_arrays_and_points_give_the_same_values() -> None:
    expression = parse(ROSENBROCK)
    x, y = np.meshgrid(np.linspace(-2, 2, 9), np.linspace(-1, 3, 7))
    surface = expression.evaluate(x, y)
    assert surface.shape == (7, 9)
    for i in range(7):
        for j in range(9):
            assert surface[i, j] == expression.evaluate_gradient((x[i, j], y[i, j]))[0]
    assert expression.evaluate(np.arange(3), 1).dtype == np.float64


def test_an_expression_is_a_value() -> None:
    expression = parse(ACKLEY)
    assert expression == parse(ACKLEY) != parse(ROSENBROCK)
    assert hash(expression) == hash(parse(ACKLEY))
    assert pickle.loads(pickle.dumps(expression)) == expression
    with pytest.raises(FrozenInstanceError):
        expression.text = "x"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        expression.tree.value = 1.0  # type: ignore[misc]
    error = pickle.loads(pickle.dumps(ExpressionError("no", 3, "abc")))
    assert (str(error), error.column, error.text) == ("column 3: no", 3, "abc")


def compiled(text: str, points: list[tuple[float, float]]) -> None:
    """Assert that the compiled kernel and the text that Python runs say the same of a formula in x and y."""
    formula, kernel = parse(text, ("x", "y")), objective_kernel(text, ("x", "y"), keep=False)
    nothing, work, grad = np.zeros((0, 1)), np.zeros(1), np.zeros(2)
    rows = np.zeros(0, dtype=np.int64)
    for point in points:
        with np.errstate(all="ignore"):
            total = kernel(np.array(point), nothing, rows, 0, 0, rows, work, grad)
        expected, slope = formula.evaluate_gradient(point)
        assert total == pytest.approx(expected, rel=1e-14, nan_ok=True)
        assert grad == pytest.approx(slope, rel=1e-12, abs=1e-13, nan_ok=True)


def test_compiled_and_interpreted_programs_agree_on_every_operation() -> None:
    chance = np.random.default_rng(11)
    compiled("+".join(f"({text})" for text in SMOOTH[:16]), chance.uniform(-1.0, 1.0, (20, 2)).tolist())
    compiled("+".join(f"({text})" for text in SMOOTH[16:]), chance.uniform(-1.0, 1.0, (20, 2)).tolist())


def test_compiled_and_interpreted_programs_agree_at_singular_points() -> None:
    text = "x^y + sqrt(x) + hypot(x,y) + atan2(y,x) + asin(x) + max(x,y) + abs(x)^1.5 + y^0.3 + acos(cos(y)) + sign(x)"
    compiled(text, [(0.0, 0.0), (1.0, 1.0), (0.0, 0.5), (0.0, 2.0), (-1.0, 0.0), (0.0, -1.0), (math.nan, 0.0)])
    compiled("1/x + log(y) + x^-0.5", [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (math.inf, math.inf)])


def test_a_typed_formula_becomes_the_very_kernel_of_the_surface() -> None:
    """The kernel's name holds a hash of its source: the same work, to the last statement."""
    entry = SURFACES["rosenbrock"]
    typed, built_in = expression(entry.formula), surface("rosenbrock")
    assert typed.kernel.function.__name__ == built_in.kernel.function.__name__
    assert typed.kernel.signature == built_in.kernel.signature == OBJECTIVE
