"""Limits stay while they can; ticks are round, inside, and say different things."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gdtui.plot.axes import (
    KEEP_SHARE,
    bucket_edges,
    choose_limits,
    fit,
    place,
    step_125,
    step_125_down,
    to_unit,
    valid_limits,
    value_at,
)
from gdtui.plot.figure import Axis
from gdtui.plot.ticks import short_number, ticks

SCALES = ["linear", "log", "symlog"]
anything = st.floats(allow_nan=False, allow_infinity=False)
moderate = st.floats(-1e6, 1e6)
scales = st.sampled_from(SCALES)


def ordered(a: float, b: float, scale: str) -> tuple[float, float]:
    if scale == "log":
        a, b = max(abs(a), 5e-324), max(abs(b), 5e-324)
    return min(a, b), max(a, b)


def parse(label: str) -> float:
    factor = {"k": 1e3, "M": 1e6, "G": 1e9}.get(label[-1])
    return float(label[:-1]) * factor if factor else float(label)


@given(anything, anything, scales)
def test_any_data_has_limits_that_can_be_drawn(a: float, b: float, scale: str) -> None:
    assert valid_limits(choose_limits(*ordered(a, b, scale), scale), scale)


@given(moderate, moderate, scales)
def test_new_limits_hold_the_data(a: float, b: float, scale: str) -> None:
    low, high = ordered(a, b, scale)
    assume(high > 1e-290 or low < -1e-290 or scale == "log")
    ends = choose_limits(low, high, scale)
    slack = 1e-9 * max(abs(ends[0]), abs(ends[1]))
    assert ends[0] <= low + slack and high - slack <= ends[1]


@given(moderate, moderate, moderate, moderate, scales)
def test_old_limits_stay_while_the_data_fits_and_fills_them(a: float, b: float, c: float, d: float, scale: str) -> None:
    previous = choose_limits(*ordered(a, b, scale), scale)
    low, high = ordered(c, d, scale)
    inside = previous[0] <= low and high <= previous[1]
    share = place(high, scale, previous) - place(low, scale, previous)
    if inside and share >= KEEP_SHARE:
        assert choose_limits(low, high, scale, previous) == previous
    else:
        assert choose_limits(low, high, scale, previous) == choose_limits(low, high, scale)


@given(moderate, moderate, scales)
def test_choosing_again_changes_nothing(a: float, b: float, scale: str) -> None:
    low, high = ordered(a, b, scale)
    first = choose_limits(low, high, scale)
    assert choose_limits(low, high, scale, first) == first


def test_a_growing_count_moves_the_limit_in_1_2_5_steps() -> None:
    limits, seen = None, []
    for n in range(1, 2001):
        limits = fit(Axis(), [np.arange(n + 1.0)], limits).limits
        if not seen or seen[-1] != limits:
            seen.append(limits)
    assert [high for _, high in seen] == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]


def test_a_falling_loss_moves_a_log_axis_by_few_jumps() -> None:
    loss = 10.0 ** (-np.arange(1000) / 100)
    limits, jumps = None, 0
    for n in range(2, 1001):
        new = fit(Axis("log"), [loss[:n]], limits).limits
        jumps += new != limits
        limits = new
    assert jumps <= 24


@settings(max_examples=300)
@given(anything, anything, scales, st.integers(1, 14))
def test_tick_labels_differ_and_lie_inside(a: float, b: float, scale: str, most: int) -> None:
    limits = choose_limits(*ordered(a, b, scale), scale)
    found = ticks(scale, limits, most)
    assert len(found) <= most
    labels = [t.label for t in found]
    assert len(set(labels)) == len(labels)
    assert all(0 <= t.unit <= 1 for t in found)
    assert [t.unit for t in found] == sorted(t.unit for t in found)
    assert all(len(t.label) <= 12 for t in found)


@given(moderate, moderate, scales)
def test_tick_labels_say_the_truth(a: float, b: float, scale: str) -> None:
    limits = choose_limits(*ordered(a, b, scale), scale)
    for tick in ticks(scale, limits, 8):
        if 1e-300 < abs(tick.value) < 1e300:
            assert parse(tick.label) == pytest.approx(tick.value, rel=1e-12)


@pytest.mark.parametrize(
    ("scale", "limits", "most", "labels"),
    [
        ("linear", (0, 1), 6, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ("linear", (-0.5, 0.5), 3, ["-0.5", "0", "0.5"]),
        ("linear", (0, 20000), 5, ["0", "5k", "10k", "15k", "20k"]),
        ("linear", (0, 2e-3), 3, ["0", "1e-3", "2e-3"]),
        ("log", (1e-6, 1), 7, ["1e-6", "1e-5", "1e-4", "1e-3", "0.01", "0.1", "1"]),
        ("log", (1e-6, 1), 4, ["1e-6", "1e-4", "0.01", "1"]),
        ("log", (0.1, 10), 7, ["0.1", "1", "10"]),
        ("log", (0.1, 5), 7, ["0.1", "0.2", "0.5", "1", "2", "5"]),
        ("symlog", (-100, 100), 5, ["-100", "-1", "0", "1", "100"]),
    ],
)
def test_ticks_are_the_ones_a_person_would_write(
    scale: str, limits: tuple[float, float], most: int, labels: list[str]
) -> None:
    assert [t.label for t in ticks(scale, limits, most)] == labels


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (-3.0, ["-4", "-3", "-2"]),
        (1.0, ["0.5", "1", "1.5"]),
        (-1.0, ["-1.5", "-1", "-0.5"]),
        (2.9999, ["2", "3", "4"]),
        (0.0123, ["0.005", "0.01", "0.015"]),
        (120.0, ["50", "100", "150"]),
        (6.1e-5, ["4e-5", "6e-5", "8e-5"]),
        (8e6, ["6M", "8M", "10M"]),
    ],
)
@pytest.mark.parametrize("spread", [0.0, 1e-5])
def test_as_good_as_one_value_lies_amid_round_ones(value: float, labels: list[str], spread: float) -> None:
    low, high = sorted((value, value * (1 + spread)))
    limits = choose_limits(low, high)
    assert limits[0] < low and high < limits[1]
    assert [t.label for t in ticks("linear", limits, 3)] == labels


@given(st.floats(-1e9, 1e9), st.floats(0, 0.1), st.integers(2, 9))
def test_a_label_is_never_wider_than_the_plain_number(value: float, spread: float, most: int) -> None:
    assume(abs(value) > 1e-2)
    found = ticks("linear", choose_limits(*sorted((value, value * (1 + spread)))), most)
    plain = max((len(np.format_float_positional(t.value, trim="-")) for t in found), default=0)
    assert max((len(t.label) for t in found), default=0) <= plain + 1


@given(moderate, moderate, moderate, scales)
def test_one_value_is_placed_like_an_array(a: float, b: float, v: float, scale: str) -> None:
    limits = choose_limits(*ordered(a, b, scale), scale)
    many = float(to_unit(np.array([v]), scale, limits)[0])
    one = place(v, scale, limits)
    assert (math.isnan(many) and math.isnan(one)) or one == pytest.approx(many, abs=1e-9, rel=1e-9)


@pytest.mark.parametrize("scale", SCALES)
def test_buckets_are_equally_wide_on_the_scale(scale: str) -> None:
    edges = bucket_edges(8, scale, (0.01, 100.0))
    assert to_unit(edges, scale, (0.01, 100.0)) == pytest.approx(np.linspace(0, 1, 9), abs=1e-9)


@given(st.floats(1e-300, 1e300))
def test_steps_of_1_2_5_enclose(value: float) -> None:
    assert step_125_down(value) <= value * (1 + 1e-8)
    assert value * (1 - 1e-8) <= step_125(value) <= 2.5 * value * (1 + 1e-8)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1.2e-3, "1.2e-3"),
        (0.4215, "0.421"),
        (12.52, "12.5"),
        (1e308, "1.0e308"),
        (np.inf, "∞"),
        (np.nan, "–"),
    ],
)
def test_legend_numbers_are_short(value: float, text: str) -> None:
    assert short_number(value) == text


@pytest.mark.parametrize("scale", SCALES)
@given(share=st.floats(0, 1))
def test_a_share_of_an_axis_is_the_place_of_its_value(scale: str, share: float) -> None:
    limits = (0.01, 100.0)
    assert place(value_at(share, scale, limits), scale, limits) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize("scale", ["linear", "symlog"])
def test_a_value_far_outside_small_limits_is_placed_without_a_warning(scale) -> None:
    limits = (np.float64(-1e-3), np.float64(1e-3))
    assert place(np.float64(1e308), scale, limits) > 1
    assert place(np.float64(-1e308), scale, limits) < 0
