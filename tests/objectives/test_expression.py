"""Expressions: what is read, what is refused and where, and how they are shown."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest

from gdtui.errors import ExpressionError
from gdtui.objectives.expression.expression import gradient, parse
from gdtui.objectives.expression.notation import pretty
from tests.objectives.formulas import ACKLEY, REFUSED, ROSENBROCK


def value(text: str, *point: float) -> float:
    return float(parse(text).evaluate(*point))


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
