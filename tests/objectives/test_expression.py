"""Expressions: what is read, what is refused and where, exact derivatives, and the programs they become."""

from __future__ import annotations

import contextlib
import math
import pickle
import random
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gdtui.objectives.expression import (
    FUNCTIONS,
    Expression,
    ExpressionError,
    gradient,
    hessian,
    lower,
    parse,
    pretty,
)

ACKLEY = "-20*exp(-0.2*sqrt(0.5*(x^2+y^2))) - exp(0.5*(cos(2*pi*x)+cos(2*pi*y))) + e + 20"
ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"


def value(text: str, *point: float) -> float:
    return float(parse(text).evaluate(*point))


def slopes(text: str, *point: float) -> list[float]:
    return list(parse(text).evaluate_gradient(point)[1])


# ---------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("x", ("x",)),
        ("y", ("x", "y")),
        ("y+x", ("x", "y")),
        ("x1", ("x1",)),
        ("x3*x2-x1", ("x1", "x2", "x3")),
        ("+".join(f"x{k}" for k in range(1, 17)), tuple(f"x{k}" for k in range(1, 17))),
    ],
)
def test_variables_are_found_in_the_text(text: str, variables: tuple[str, ...]) -> None:
    assert parse(text).variables == variables
    assert parse(text).dimension == len(variables)


def test_given_variables_count_even_when_unused_and_no_others_are_known() -> None:
    flat = parse("3", ("x", "y"))
    assert flat.variables == ("x", "y")
    assert flat.evaluate_gradient((1.0, 2.0))[1].tolist() == [0.0, 0.0]
    assert np.array_equal(flat.evaluate(np.zeros((2, 3)), np.ones(3)), np.full((2, 3), 3.0))
    with pytest.raises(ExpressionError, match="unknown name 'x1'"):
        parse("x1", ("x", "y"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-x^2", -9.0),
        ("2^-x", 0.125),
        ("2^x^2", 512.0),
        ("x**2", 9.0),
        ("x^2", 9.0),
        ("x-1-1", 1.0),
        ("12/x/2", 2.0),
        ("--x", 3.0),
        ("+x", 3.0),
        ("-(x-5)", 2.0),
        (".5*x", 1.5),
        ("1.e1*x", 30.0),
        ("1e-2*x", 0.03),
        ("007*x", 21.0),
        ("pi*x-e*0", 3 * math.pi),
        ("max(x, 2)", 3.0),
        ("min(x,2)", 2.0),
        ("hypot(x, 4)", 5.0),
        ("atan2(x, 3)", math.pi / 4),
        ("log10(x^0*100)", 2.0),
        ("abs(-x)*sign(-x)", -3.0),
        ("x^64", 3.0**64),
        ("x^-3", 1.0 / 27.0),
    ],
)
def test_precedence_and_functions_are_those_of_mathematics(text: str, expected: float) -> None:
    assert value(text, 3.0) == pytest.approx(expected, rel=1e-15)


def test_long_sums_are_flat_but_deep_nesting_is_not() -> None:
    assert value("+".join(["x"] * 200), 1.0) == 200.0
    assert value("(" * 38 + "x" + ")" * 38, 1.0) == 1.0
    with pytest.raises(ExpressionError, match="deep"):
        parse("(" * 40 + "x" + ")" * 40)


REFUSED = [
    ("", 1, "missing"),
    ("   ", 4, "missing"),
    ("x+", 3, "missing"),
    ("*x", 1, "missing"),
    ("x^^2", 3, "missing"),
    ("sin()", 5, "missing"),
    ("max(x,)", 7, "missing"),
    ("()", 2, "missing"),
    ("2x", 2, "multiplication is written"),
    ("x + 100(y-x^2)", 8, "multiplication is written"),
    ("(x)(y)", 4, "multiplication is written"),
    ("pi(x)", 3, "multiplication is written"),
    ("0x10", 2, "multiplication is written"),
    ("x y", 3, "multiplication is written"),
    ("sin x", 1, "parentheses"),
    ("x+cos", 3, "parentheses"),
    ("(x", 1, "never closed"),
    ("x+((y)", 3, "never closed"),
    ("x)", 2, "never opened"),
    ("x, y", 2, "comma"),
    ("(x, y)", 3, "comma"),
    ("sin(x, y)", 1, "sin takes 1 argument, not 2"),
    ("x^2+max(x)", 5, "max takes 2 arguments, not 1"),
    ("sine(x)", 1, "did you mean 'sin'?"),
    ("x^2 + sqr(y)", 7, "did you mean 'sqrt'?"),
    ("ln(x)", 1, "write log"),
    ("pow(x,2)", 1, r"write \^"),
    ("X", 1, "did you mean 'x'?"),
    ("z", 1, "variables are x and y, or x1 to x16"),
    ("x17", 1, "numbered x1 to x16"),
    ("x0", 1, "numbered x1 to x16"),
    ("3", 1, "no variable"),
    ("x1 + x3", 6, "x3 is used but x2 is not"),
    ("x1 + y", 6, "do not mix"),
    ("1/0 + x", 3, "division by zero"),
    ("x^2/(1-1)", 6, "division by zero"),
    ("x + log(0)", 5, "not a finite number"),
    ("x + sqrt(-1)", 5, "not a finite number"),
    ("x + (-8)^0.5", 5, "not a finite number"),
    ("x + 9**9**9**9", 8, "not a finite number"),
    ("x*1e999", 3, "too large"),
    ("x*" + "9" * 900, 3, "too large"),
    ("x^2²", 4, r"write \^2"),
    ("x·y", 2, r"write \*"),
    ("é", 1, "not allowed"),
    ("\U0001d465+1", 1, "not allowed"),
    ("x\u202e+y", 2, "not allowed"),
    ("x\n+1", 2, "one line"),
    ("x\t+1", 2, "spaces"),
    ("x\0", 2, "not allowed"),
    ("x#c", 2, "not allowed"),
    ("x\\", 2, "not allowed"),
    ("x.real", 2, "not allowed"),
    ("(1.).real*x", 5, "not allowed"),
    ("[x]", 1, "use"),
    ("{x}", 1, "use"),
    ("|x|", 1, "abs"),
    ("x=3", 2, "not allowed"),
    ("(x:=3)", 3, "not allowed"),
    ("x==y", 2, "not allowed"),
    ("x%2", 2, "not allowed"),
    ("x//2", 3, "missing"),
    ("x<y", 2, "not allowed"),
    ("x@y", 2, "not allowed"),
    ("~x", 1, "not allowed"),
    ("x;y", 2, "not allowed"),
    ("'x'", 1, "not allowed"),
    ('f"{x}"', 1, "unknown name 'f'"),
    ("sin(*x)", 5, "missing"),
    ("sin(**x)", 5, "missing"),
    ("sin(x=1)", 6, "not allowed"),
    ("lambda: x", 1, "unknown name 'lambda'"),
    ("x if x else y", 3, "unknown name 'if'"),
    ("x and y", 3, "unknown name 'and'"),
    ("not x", 1, "unknown name 'not'"),
    ("None", 1, "unknown name"),
    ("True*x", 1, "unknown name"),
    ("await x", 1, "unknown name"),
    ("yield", 1, "unknown name"),
    ("__import__('os')", 1, "unknown name '__import__'"),
    ("eval(x)", 1, "unknown name 'eval'"),
    ("x.__class__", 2, "not allowed"),
    ("1_000*x", 2, "unknown name"),
    ("1j*x", 2, "unknown name 'j'"),
    ("(" * 900, 40, "deep"),
    ("(" * 2000, 1001, "longer"),
    ("x+" * 600 + "x", 1001, "longer"),
    ("-" * 300 + "x", 40, "deep"),
    ("-" * 990 + "x", 401, "more than 400"),
    ("x" + "**x" * 150, 119, "deep"),
    ("x" + "+x" * 400, 401, "more than 400"),
    ("sin(" * 100 + "x" + ")" * 100, 160, "deep"),
    ("x" * 999, 1, "unknown name 'xxxxxxxxxxxxxxxxxxxx…'"),
]


@pytest.mark.parametrize(("text", "column", "message"), REFUSED, ids=[repr(t[:20]) for t, _, _ in REFUSED])
def test_what_is_no_expression_is_refused_in_its_column(text: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as refusal:
        parse(text)
    error = refusal.value
    assert error.column == column
    assert error.text == text
    assert str(error) == f"column {column}: {error.message}"
    assert str(error).isprintable()


@pytest.mark.parametrize("text", [text for text, _, _ in REFUSED])
def test_the_pointer_shows_the_place_on_a_plain_line(text: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse(text)
    line, caret = refusal.value.pointer(40).split("\n")
    assert line.isascii() and (line == "" or line.isprintable()) and len(line) <= 40
    assert caret.strip() == "^"
    place = len(caret) - 1
    assert place <= len(line)
    if text.isascii() and text.isprintable() and refusal.value.column <= len(text):
        assert line[place] == text[refusal.value.column - 1]


def test_a_caller_deep_in_its_own_stack_gets_a_refusal_or_an_answer_but_no_recursion_error() -> None:
    def descend(levels: int) -> None:
        if levels:
            descend(levels - 1)
        else:
            with contextlib.suppress(ExpressionError):
                parse("-" * 35 + "x")

    for levels in range(780, 880, 7):
        descend(levels)


PIECES = [
    *"xy0123456789.+-*/^(),e =[]{}'\"\\#@!:;_%\n\t\0~|<>&",
    *("x1", "x2", "x16", "**", "sin(", "max(", "log(", "sqrt(", "pi", "1e308", "1e-308", "lambda", "__", "((", "))"),
    *("é", "²", "\u202e", "9**9", "^-", "-1", "0.5", ")^2", "exp("),
]


def hostile(seed: int, count: int) -> None:
    chance = random.Random(seed)
    accepted = 0
    for _ in range(count):
        pool = PIECES if chance.random() < 0.5 else ["x", "y", "+", "-", "*", "/", "^", "(", ")", "2", "exp(", "0.5"]
        text = "".join(chance.choices(pool, k=chance.randint(0, 40)))
        try:
            expression = parse(text)
        except ExpressionError as error:
            assert 1 <= error.column <= len(text) + 1
        else:
            accepted += 1
            assert np.isscalar(expression.evaluate_gradient([0.5] * expression.dimension)[0])
    assert accepted > count // 1000


def test_random_text_is_refused_or_evaluates_and_nothing_else_happens() -> None:
    hostile(seed=1, count=4000)


@pytest.mark.slow
def test_a_million_random_texts() -> None:
    hostile(seed=2, count=1_000_000)


# ---------------------------------------------------------------------------------------------- notation


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ROSENBROCK, "(1−x)² + 100(y−x²)²"),
        ("x^2/20 + y^2", "x²/20 + y²"),
        (ACKLEY, "−20exp(−0.2√(0.5(x²+y²))) − exp(0.5(cos(2πx)+cos(2πy))) + e + 20"),
        ("sin(3*pi*x)^2", "sin²(3πx)"),
        ("cos(x)*cos(y/sqrt(2))", "cos(x)·cos(y/√2)"),
        ("-cos(x)*cos(y)*exp(-((x-pi)^2+(y-pi)^2))", "−cos(x)·cos(y)·exp(−((x−π)²+(y−π)²))"),
        ("x1^2*x2 + x12^-1".replace("x12", "x3"), "x₁²x₂ + x₃⁻¹"),
        ("abs(x)+abs(y-1)^3", "|x| + |y−1|³"),
        ("2*3*x", "2·3x"),
        ("x*2", "x·2"),
        ("x*(y+1)", "x·(y+1)"),
        ("x/(2*y)", "x/(2y)"),
        ("2*x/3", "2x/3"),
        ("(x/y)*2", "(x/y)·2"),
        ("x-(y-1)", "x − (y−1)"),
        ("x+-y", "x − y"),
        ("x+(-y+1)", "x + (−y+1)"),
        ("x-(-y)", "x − (−y)"),
        ("(-x)^2", "(−x)²"),
        ("-x^2", "−x²"),
        ("(x^2)^3", "(x²)³"),
        ("x^2.5*y", "x^2.5·y"),
        ("2^x", "2^x"),
        ("x^(y+1)", "x^(y+1)"),
        ("sqrt(x)*y", "√x·y"),
        ("sqrt(x)^2", "(√x)²"),
        ("max(x, -y)", "max(x, −y)"),
        ("1e-20*x", "10⁻²⁰x"),
        ("2.5e30*x", "2.5·10³⁰x"),
    ],
)
def test_expressions_are_shown_as_people_write_them(text: str, shown: str) -> None:
    assert parse(text).pretty == shown


def test_derivatives_can_be_shown_too() -> None:
    assert [pretty(slope) for slope in gradient(parse(ROSENBROCK))] == ["−2(1−x) − 400(y−x²)x", "200(y−x²)"]


# ---------------------------------------------------------------------------------------------- derivatives

SMOOTH = [
    "sin(x)*cos(y)", "tan(x/3)", "asin(x/4)+acos(y/4)", "atan(x*y)", "sinh(x)-cosh(y)", "tanh(x+y)", "exp(x*y)",
    "log(x+5)", "log10(y+5)", "sqrt(x^2+y^2+1)", "abs(x-7)", "sign(x-7)*x", "max(x, y+9)", "min(x*y, y+9)",
    "hypot(x, y+4)", "atan2(y+4, x)", "(x+4)^(y/2)", "2^(x*y)", "(x+4)^2.5", "(x+4)^-1.5", "(y+4)^-3", "x^5*y^3",
    "(x+4)^0.5", "x/(y+4)", "x^7", "(x*y)^(2+1)", "exp(-hypot(x,y+5))^2", "x*x*y*y/(1+x*x)", "(y+4)^x", "(x+4)^(x*y)",
    "(x+4)^100*1e-60",
]  # fmt: skip


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


# ---------------------------------------------------------------------------------------------- programs


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
    known = {*program.inputs, *FUNCTIONS, "if", "else", "and"}
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
