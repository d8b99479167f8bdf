"""The lines with numbers say what the rule did, as mathematics and not as Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdtui.kernel import jit_disabled
from gdtui.optimizers import Rule, find
from gdtui.optimizers.language.block_rule import BlockRule
from gdtui.optimizers.language.symbols import symbol
from gdtui.optimizers.language.writer import Line, Writer
from gdtui.text import number
from tests.optimizers.cases import RULES, State, rule_id

every_rule = pytest.mark.parametrize("rule", RULES, ids=rule_id)
EXAMPLES = 10 if jit_disabled() else 6
PYTHON = ("**", "*", "sqrt(", "abs(", "maximum", "minimum", " if ", "_", "np.", "**", "norm(", "nan")


def explained(state: State, g: np.ndarray, i: int) -> tuple[tuple[Line, ...], dict[str, np.ndarray]]:
    """Return the lines of coordinate i in the next update, and the values of the text called in Python."""
    rule = state.rule
    names = state.interpret(g)
    slots = {slot.name: state.slots[k, i] for k, slot in enumerate(rule.slots)}
    known = {name: float(values[i]) for name, values in names.items()} if isinstance(rule, BlockRule) else None
    columns = int(state.blocks[0, 2])
    lines = explain(rule, state.theta[i], g[i], state.t + 1, slots, state.settings(), known, columns)
    return lines, names


def explain(rule: Rule, theta: float, g: float, t: int, slots, hyper, known=None, columns: int = 1) -> tuple[Line, ...]:
    return rule.explain({**hyper, **slots, "theta": theta, "g": g, "t": t}, known or {}, 0, columns)


def the_theta_line(lines: tuple[Line, ...]) -> Line:
    return [line for line in lines if line.name == "θ"][-1]


def check(rule: Rule, seed: int, updates: int) -> None:
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.integers(-6, 6)
    state = State.start(rule, rng.normal(size=6))
    for _ in range(updates):
        state.update(scale * rng.normal(size=6))
    g = scale * rng.normal(size=6)
    for i in (0, 3):
        lines, names = explained(state, g, i)
        line = the_theta_line(lines)
        assert line.value == names["theta"][i]
        for line in lines:
            assert line.value is not None
            for text in (line.name, line.symbols, line.numbers):
                assert text and text == text.strip()
                assert not any(word in text for word in PYTHON), text
        last = {line.name: line.value for line in lines}
        for name in rule.symbols[:-1]:
            if name in names and symbol(name) in last:
                assert last[symbol(name)] == names[name][i], name


@every_rule
@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 10**6), updates=st.integers(0, 8))
def test_the_numbers_are_those_of_the_update(rule: Rule, seed: int, updates: int) -> None:
    check(rule, seed, updates)


@pytest.mark.slow
@every_rule
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), updates=st.integers(0, 8))
def test_the_numbers_are_those_of_many_updates(rule: Rule, seed: int, updates: int) -> None:
    check(rule, seed, updates)


@every_rule
def test_the_first_line_of_theta_is_what_the_kernel_does(rule: Rule) -> None:
    rng = np.random.default_rng(1)
    state = State.start(rule, rng.normal(size=6))
    for _ in range(3):
        g = rng.normal(size=6)
        lines, _ = explained(state, g, 2)
        state.update(g)
        assert the_theta_line(lines).value == state.theta[2]


@every_rule
def test_stands_in_symbols_before_any_update(rule: Rule) -> None:
    lines = rule.lines()
    assert [line.name for line in lines].count("θ") == 1
    for line in lines:
        assert line.symbols and line.numbers == "" and line.value is None
        assert not any(sign in line.symbols for sign in ("*", "sqrt", "_"))


@every_rule
def test_one_symbol_means_one_thing(rule: Rule) -> None:
    names = ["theta", "g", "t", *(info.name for info in rule.hyper), *rule.symbols]
    written = [symbol(name) for name in names]
    twice = {s for s in written if written.count(s) > 1}
    assert not twice, [(n, symbol(n)) for n in names if symbol(n) in twice]


def test_adam_reads_as_in_the_paper() -> None:
    lines = {line.name: line.symbols for line in find("adam").rule().lines()}
    assert lines == {
        "m": "β₁·m + (1−β₁)·g",
        "v": "β₂·v + (1−β₂)·g²",
        "m̂": "m/(1−β₁ᵗ)",
        "v̂": "v/(1−β₂ᵗ)",
        "θ": "θ − η·m̂/(√v̂+ε)",
        "effective η": "η/(√v̂+ε)",
    }


def test_of_two_branches_the_one_taken_is_shown() -> None:
    rule = find("rprop").rule()
    settings_ = rule.defaults
    turned = explain(rule, 1.0, -2.0, 3, {"step": 0.01, "g_prev": 1.0}, settings_)
    kept = explain(rule, 1.0, 2.0, 3, {"step": 0.01, "g_prev": 1.0}, settings_)
    assert [line.symbols for line in turned if line.name == "factor"] == ["η⁻"]
    assert [line.symbols for line in kept if line.name == "factor"] == ["η⁺"]
    assert the_theta_line(turned).value == 1.0


def test_a_norm_is_written_as_a_sum_of_which_this_coordinate_is_one_term() -> None:
    rule = find("lamb").rule()
    lines = explain(rule, -0.5, 2.0, 1, {"m": 0.0, "v": 0.0}, rule.defaults, {"theta_norm": 3.0, "r_norm": 2.0})
    norm = next(line for line in lines if line.name == "‖θ‖")
    assert (norm.symbols, norm.numbers, norm.value) == ("√Σθ²", "√(… + (−0.5)² + …)", 3.0)


def test_what_a_block_alone_can_tell_is_nan_where_it_is_not_given() -> None:
    rule = find("lars").rule()
    lines = explain(rule, -0.5, 2.0, 1, {"v": 0.0}, rule.defaults)
    assert np.isnan(next(line.value for line in lines if line.name == "‖θ‖"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05, "0.05"), (-3.8921, "−3.892"), (0.0012, "0.0012"), (1.2e-4, "1.2e-4"), (float("nan"), "nan"),
        (float("inf"), "∞"), (float("-inf"), "−∞"), (0.0, "0"), (-0.0, "0"), (123456.0, "123456"), (1e6, "1e6"),
        (999999.6, "1000000"), (-1e150, "−1e150"), (5e-324, "4.941e-324"), (1.0, "1"),
    ],
)  # fmt: skip
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_a_text_is_walked_once_and_written_at_each_update(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = find("adam").rule()

    def lines(g: float) -> tuple[Line, ...]:
        return explain(rule, 1.0, g, 2, {slot.name: 0.25 for slot in rule.slots}, rule.defaults)

    first, walked = lines(0.5), []
    monkeypatch.setattr(Writer, "_node", lambda *given, **named: walked.append(given))
    second = lines(-2.0)
    assert not walked and [line.symbols for line in second] == [line.symbols for line in first]
    assert "(−2)" in second[0].numbers and "0.5" in first[0].numbers
