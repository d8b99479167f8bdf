"""Texts that were never meant as mathematics, or meant to keep the machine busy: refused, with nothing run."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest

from gdtui.errors import ExpressionError
from gdtui.objectives.expression.expression import hessian, lower, parse
from tests.objectives.building import expression
from tests.objectives.formulas import ACKLEY, REFUSED, ROSENBROCK

HEAVY = {
    "powers of powers": "*".join(f"x{a}^x{b}" for a in range(1, 10) for b in range(1, 10)),
    "arcs": "+".join(f"asin({k}*x{i})" for k in range(1, 6) for i in range(1, 17)),
    "high powers": "+".join(f"(x{i}+{k})^63" for k in range(1, 5) for i in range(1, 17)),
    "products of roots": "*".join(f"sqrt(x{i}+{k})" for k in range(1, 6) for i in range(1, 17)),
}  # fmt: skip


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
def test_a_text_whose_derivatives_would_keep_the_compiler_busy_is_refused(text: str) -> None:
    with pytest.raises(
        ExpressionError, match=r"its derivatives take \d+ steps of arithmetic, more than 450: make it shorter"
    ):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "*".join(f"x{i}" for i in range(1, 17)),
        "*".join(f"sin({k}*x{i})" for k in (1, 2, 3) for i in range(1, 17)),
        "exp(" * 38 + "x" + ")" * 38,
        "+".join(f"{k}*x^{k}" for k in range(1, 60)),
        "+".join(f"100*(x{i + 1}-x{i}^2)^2+(1-x{i})^2" for i in range(1, 16)),
    ],
)
def test_long_products_nests_and_sums_are_no_burden(text: str) -> None:
    expression = parse(text)
    assert len(lower(expression, 1).statements) <= 400
    assert np.shape(expression.evaluate_hessian([0.5] * expression.dimension)) == (expression.dimension,) * 2


def test_second_derivatives_are_derived_when_they_are_asked_for_and_not_before() -> None:
    """Of a product of n factors there are n² of them: nobody waits for what only Newton's method needs."""
    typed = expression("*".join(f"sin({k}*x{i})" for k in (1, 2, 3) for i in range(1, 9)))
    lower.cache_clear(), hessian.cache_clear()
    before = hessian.cache_info().misses
    typed.evaluate(typed.start)
    assert hessian.cache_info().misses == before
    assert typed.expression is not None
    assert np.isfinite(typed.expression.evaluate_hessian(typed.start)).all()
    assert hessian.cache_info().misses == before + 1


WATCH = """
import sys
from gdtui.objectives.expression.expression import parse
from gdtui.errors import ExpressionError
texts = {texts!r}
seen = set()
def hook(event, arguments):
    seen.add(event)
def read():
    for text in texts:
        try:
            parse(text)
        except ExpressionError as error:
            error.pointer()
read()
sys.addaudithook(hook)
read()
print(sorted(seen))
"""


def test_nothing_is_run_opened_or_imported_by_reading_a_text() -> None:
    """Python tells an audit hook of whatever is executed, imported or opened; its parser says "compile"."""
    texts = [text for text, _, _ in REFUSED] + [ACKLEY, ROSENBROCK, *HEAVY.values()]
    done = subprocess.run(
        [sys.executable, "-c", WATCH.format(texts=texts)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "['compile']"


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
