"""Gradients and Hessians of formulas: exact everywhere, defined at singular points, and said to be so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gdtui.errors import ExpressionError
from gdtui.objectives.expression.expression import Expression, parse
from gdtui.objectives.surfaces.catalogue import SURFACES
from tests.objectives.building import expression, surface
from tests.objectives.formulas import ACKLEY, SMOOTH


def value(text: str, *point: float) -> float:
    return float(parse(text).evaluate(*point))


def slopes(text: str, *point: float) -> list[float]:
    return list(parse(text).evaluate_gradient(point)[1])


def by_differences(expression: Expression, point: np.ndarray, component: int | None) -> np.ndarray:
    """Differences of the value, or of one component of the gradient, extrapolated to order h⁴."""

    def at(where: np.ndarray) -> float:
        total, slope = expression.evaluate_gradient(where)
        return total if component is None else float(slope[component])

    result = []
    for axis in range(expression.dimension):
        step = np.zeros_like(point)
        step[axis] = 1e-3 * max(1.0, abs(point[axis]))
        near = (at(point + step) - at(point - step)) / (2 * step[axis])
        far = (at(point + 2 * step) - at(point - 2 * step)) / (4 * step[axis])
        result.append((4 * near - far) / 3)
    return np.array(result)


@pytest.mark.parametrize("text", SMOOTH)
def test_gradient_and_hessian_agree_with_differences(text: str) -> None:
    expression = parse(text, ("x", "y"))
    chance = np.random.default_rng(7)
    for _ in range(5):
        point = chance.uniform(-1.5, 1.5, 2)
        total, slope = expression.evaluate_gradient(point)
        curvature = expression.evaluate_hessian(point)
        assert np.array_equal(curvature, curvature.T)
        size = max(1.0, abs(total), np.abs(slope).max(), np.abs(curvature).max())
        assert slope == pytest.approx(by_differences(expression, point, None), rel=1e-7, abs=1e-8 * size)
        for axis in range(2):
            assert curvature[axis] == pytest.approx(by_differences(expression, point, axis), rel=1e-6, abs=1e-7 * size)


def grow(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({}{}{})".format, children, st.sampled_from("+-*"), children),
        st.builds("({}/(2+({})^2))".format, children, children),
        st.builds("({})^{}".format, children, st.integers(1, 3)),
        st.builds("{}({})".format, st.sampled_from(["sin", "cos", "tanh", "atan", "-"]), children),
        st.builds("{}(1+({})^2)".format, st.sampled_from(["sqrt", "log"]), children),
        st.builds("hypot(1,{})".format, children),
    )


EXPRESSIONS = st.recursive(st.sampled_from(["x", "y", "0", "1", "2", "0.7", "pi"]), grow, max_leaves=8)


@given(EXPRESSIONS, st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_smooth_expression_agrees_with_python_and_with_differences(text: str, x: float, y: float) -> None:
    try:
        expression = parse(text, ("x", "y"))
    except ExpressionError as error:
        assert "deep" in error.message
        return
    functions = {name: getattr(np, name) for name in ("sin", "cos", "tanh", "sqrt", "log", "hypot")}
    names = {**functions, "atan": np.arctan, "pi": np.pi, "x": np.float64(x), "y": np.float64(y)}
    plain = float(eval(text.replace("^", "**"), names))  # our own strategy wrote this text
    point = np.array([x, y])
    total, slope = expression.evaluate_gradient(point)
    curvature = expression.evaluate_hessian(point)
    size = max(1.0, abs(plain), np.abs(slope).max(), np.abs(curvature).max())
    assume(size < 1e4)
    assert total == pytest.approx(plain, rel=1e-10, abs=1e-11 * size)
    assert float(expression.evaluate(x, y)) == total
    around = [expression.evaluate_hessian(point + d) for d in (np.array([0.01, 0.0]), np.array([0.0, 0.01]))]
    assume(all(np.abs(near - curvature).max() < 0.2 * size for near in around))
    assert slope == pytest.approx(by_differences(expression, point, None), rel=1e-5, abs=1e-6 * size)
    for axis in range(2):
        assert curvature[axis] == pytest.approx(by_differences(expression, point, axis), rel=1e-4, abs=1e-5 * size)


@pytest.mark.parametrize(
    ("text", "point", "expected"),
    [
        (ACKLEY, (0.0, 0.0), [0.0, 0.0]),
        ("sqrt(x)", (0.0,), [0.0]),
        ("sqrt(x^2+y^2)", (0.0, 0.0), [0.0, 0.0]),
        ("hypot(x, y)", (0.0, 0.0), [0.0, 0.0]),
        ("atan2(y, x)", (0.0, 0.0), [0.0, 0.0]),
        ("abs(x)", (0.0,), [0.0]),
        ("sign(x)", (0.0,), [0.0]),
        ("abs(x)^1.5", (0.0,), [0.0]),
        ("x^0.3", (0.0,), [0.0]),
        ("acos(cos(x))", (0.0,), [0.0]),
        ("asin(x)", (1.0,), [0.0]),
        ("max(x, y)", (1.0, 1.0), [0.5, 0.5]),
        ("min(2*x, y)", (1.0, 2.0), [1.0, 0.5]),
        ("x^y", (0.0, 2.0), [0.0, 0.0]),
        ("x^y", (0.0, 1.0), [1.0, 0.0]),
        ("x^y", (0.0, 0.5), [0.0, 0.0]),
        ("1/x", (0.0,), [-math.inf]),
        ("x^-0.5", (0.0,), [-math.inf]),
        ("log(x)", (0.0,), [math.inf]),
    ],
)
def test_slopes_at_singular_points_are_defined(text: str, point: tuple[float, ...], expected: list[float]) -> None:
    assert slopes(text, *point) == expected


@pytest.mark.parametrize("text", [ACKLEY, "sqrt(x)+y", "hypot(x,y)", "atan2(x,y)", "abs(x*y)", "max(x,y)", "x^1.5+y"])
def test_the_hessian_at_a_singular_point_is_finite(text: str) -> None:
    assert np.isfinite(parse(text).evaluate_hessian((0.0, 0.0))).all()


def kinked(text: str) -> str:
    return parse(text, ("x", "y")).singular


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x^2+y^3", ""),
        ("sqrt(2)*x + abs(-3)*y", ""),
        ("1/x + log(y) + x^-0.5", ""),
        ("sqrt(x^2+y^2)", "Where there is no slope it counts as 0: √ at 0."),
        ("abs(x)+sqrt(y)", "Where there is no slope it counts as 0: |·| and √ at 0."),
        ("x^0.3 + hypot(x,y)", "Where there is no slope it counts as 0: a power of 0, hypot at (0, 0)."),
        ("asin(x)+acos(y)+x^y", "Where there is no slope it counts as 0: asin and acos at ±1, a power of 0."),
        ("max(x,y)", "At a tie of max each side counts half."),
        ("min(abs(x),y)", "Where there is no slope it counts as 0: |·| at 0; at a tie of min each side counts half."),
    ],
)
def test_the_user_is_told_where_a_slope_is_a_convention(text: str, said: str) -> None:
    assert kinked(text) == said
    assert expression(text).teaches == f"Your own function. {said}".strip()


def test_every_surface_has_a_gradient_where_it_has_a_kink() -> None:
    """Those with a root have it at the origin."""
    kinked_ones = [name for name, entry in SURFACES.items() if entry.expression.singular]
    assert kinked_ones == ["ackley", "drop-wave", "plateau"]
    for name in kinked_ones:
        assert surface(name).evaluate(np.zeros(2))[1].tolist() == [0.0, 0.0]
        assert np.isfinite(SURFACES[name].expression.evaluate_hessian((0.0, 0.0))).all()
    assert "at its very point it is 0" in SURFACES["ackley"].teaches


def test_saturated_functions_have_slope_zero_not_nan() -> None:
    assert slopes("tanh(x)", 800.0) == [0.0]
    assert parse("tanh(x)").evaluate_hessian((800.0,)).tolist() == [[0.0]]
    assert slopes("tanh(x)", 20.0)[0] == pytest.approx(1.0 / math.cosh(20.0) ** 2, rel=1e-14)
    assert slopes("x^-20", 1e20) == [0.0]


def test_merging_constants_does_not_lose_the_value() -> None:
    assert value("1e-200*(1e-200*x)", 1e300) == pytest.approx(1e-100, rel=1e-14, abs=0.0)
    assert value("(1e-200*x)*(1e-200*y)", 1e200, 1e200) == pytest.approx(1.0)


def test_nothing_raises_or_warns_far_outside() -> None:
    for text in ("exp(x)", "log(x)", "x^1000", "1/x^9", "sqrt(x)", "tan(x)", "x^x"):
        for point in (-1e308, 0.0, 1e308, math.inf, math.nan):
            parse(text).evaluate_gradient((point,))
            parse(text).evaluate_hessian((point,))
            parse(text).evaluate([point])


def test_constants_that_overflow_only_in_a_derivative_come_out_as_infinity() -> None:
    assert slopes("x*1e300*1e300", 0.0) == [math.inf]
