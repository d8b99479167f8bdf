"""The catalogue of surfaces: one table of laws over all of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gdtui.errors import ObjectiveError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.surfaces.catalogue import SURFACES, surface
from gdtui.objectives.surfaces.quadratic import quadratic
from gdtui.objectives.surfaces.surface import Surface
from gdtui.plot.widths import cell_width
from gdtui.text import LANGUAGES, _, speak

REFERENCE = json.loads((Path(__file__).parent.parent / "reference" / "surfaces.json").read_text())
everything = pytest.mark.parametrize("entry", SURFACES.values(), ids=SURFACES)
recorded = pytest.mark.parametrize("record", REFERENCE, ids=[record["name"] for record in REFERENCE])


def points(entry: Surface, count: int, seed: int = 3) -> np.ndarray:
    low, high = np.array(entry.domain).T
    return np.random.default_rng(seed).uniform(low, high, (count, entry.dimension))


def test_the_catalogue_is_in_order_and_complete() -> None:
    own = ["two-wells", "plateau", "flower", "cliff", "valley", "quadratic"]
    assert list(SURFACES) == [record["name"] for record in REFERENCE] + own
    assert all(name == entry.name for name, entry in SURFACES.items())


@recorded
def test_values_and_gradients_agree_with_the_recordings(record: dict) -> None:
    """Relative 1e-12; where terms cancel, relative to 1 or to the gradient's length instead of the small result."""
    expression = SURFACES[record["name"]].expression
    for x, y, expected, *expected_slope in record["points"]:
        total, slope = expression.evaluate_gradient((x, y))
        assert total == pytest.approx(expected, rel=1e-12, abs=1e-12)
        assert slope == pytest.approx(expected_slope, rel=1e-12, abs=1e-12 * max(1.0, np.hypot(*expected_slope)))


@recorded
def test_domains_and_minima_are_the_recorded_ones(record: dict) -> None:
    entry = SURFACES[record["name"]]
    assert [list(side) for side in entry.domain] == record["domain"]
    assert sorted(entry.minima) == [pytest.approx(row, abs=1e-4) for row in sorted(map(tuple, record["minima"]))]


@everything
def test_gradient_and_hessian_agree_with_differences(entry: Surface) -> None:
    expression = entry.expression
    for point in points(entry, 6):
        slope, curvature = expression.evaluate_gradient(point)[1], expression.evaluate_hessian(point)
        h = 1e-5
        steps = np.eye(entry.dimension) * h
        values = [
            (expression.evaluate_gradient(point + s)[0] - expression.evaluate_gradient(point - s)[0]) / (2 * h)
            for s in steps
        ]
        slopes = [
            (expression.evaluate_gradient(point + s)[1] - expression.evaluate_gradient(point - s)[1]) / (2 * h)
            for s in steps
        ]
        size = max(1.0, abs(expression.evaluate_gradient(point)[0]), np.abs(curvature).max())
        assert slope == pytest.approx(np.array(values), rel=1e-6, abs=1e-8 * size)
        assert curvature == pytest.approx(np.array(slopes), rel=1e-6, abs=1e-7 * size)
        assert np.array_equal(curvature, curvature.T)


@everything
def test_minima_are_minima_to_the_last_digits(entry: Surface) -> None:
    expression = entry.expression
    for *place, bottom in entry.minima:
        total, slope = expression.evaluate_gradient(place)
        curvature = np.abs(expression.evaluate_hessian(place)).max()
        assert total == pytest.approx(bottom, rel=1e-15, abs=4e-15)
        assert np.abs(slope).max() <= 4e-16 * max(1.0, curvature) * max(1.0, np.abs(place).max())
        around = np.random.default_rng(5).normal(0.0, 1e-3, (200, entry.dimension)) + place
        assert (expression.evaluate(*around.T) >= bottom - 1e-15 * max(1.0, abs(bottom))).all()


@everything
def test_nothing_in_the_domain_is_lower_than_the_lowest_minimum(entry: Surface) -> None:
    values = entry.expression.evaluate(*points(entry, 20_000).T)
    assert np.isfinite(values).all()
    if entry.minima:
        assert values.min() >= min(row[-1] for row in entry.minima)


@everything
def test_an_entry_is_complete(entry: Surface) -> None:
    assert entry.title and entry.teaches.endswith(".") and "\n" not in entry.teaches
    assert entry.formula.isascii()
    assert entry.dimension == entry.expression.dimension == len(entry.start)
    assert all(low < start < high for start, (low, high) in zip(entry.start, entry.domain, strict=True))
    assert all(len(row) == entry.dimension + 1 for row in entry.minima)
    slope = entry.expression.evaluate_gradient(entry.start)[1]
    assert np.isfinite(slope).all() and np.abs(slope).max() > 1e-3


@everything
def test_arrays_and_points_agree_to_the_bit_or_to_the_last_digit(entry: Surface) -> None:
    sample = points(entry, 200)
    singly = [entry.expression.evaluate_gradient(point)[0] for point in sample]
    assert entry.expression.evaluate(*sample.T) == pytest.approx(singly, rel=1e-14, abs=1e-14)


def descend(name: str, lr: float, momentum: float, updates: int = 400) -> tuple[np.ndarray, float]:
    expression = SURFACES[name].expression
    theta = np.array(SURFACES[name].start)
    velocity = np.zeros_like(theta)
    for _turn in range(updates):
        velocity = momentum * velocity - lr * expression.evaluate_gradient(theta)[1]
        theta = theta + velocity
    return theta, expression.evaluate_gradient(theta)[0]


@pytest.mark.parametrize(
    ("name", "lr"),
    [
        ("plateau", 0.005),
        ("two-wells", 0.01),
        ("six-hump-camel", 0.01),
        ("three-hump-camel", 0.02),
        ("styblinski-tang", 0.005),
    ],
)
def test_the_start_shows_what_momentum_is_for(name: str, lr: float) -> None:
    best = min(row[-1] for row in SURFACES[name].minima)
    assert descend(name, lr, 0.0)[1] > best + 0.1
    assert descend(name, lr, 0.9)[1] < best + 0.01


def test_the_cliff_throws() -> None:
    expression = SURFACES["cliff"].expression
    theta, longest = 3.0, 0.0
    for _turn in range(40):
        step = 0.5 * expression.evaluate_gradient((theta,))[1][0]
        theta, longest = theta - step, max(longest, abs(step))
    assert longest > 3.0


@pytest.mark.parametrize("dimension", [1, 2, 3, 5, 16])
@pytest.mark.parametrize(("condition", "rotation"), [(1.0, 0.0), (10.0, 30.0), (1234.5, -47.3), (1e6, 90.0)])
def test_a_quadratic_has_the_condition_number_asked_for(dimension: int, condition: float, rotation: float) -> None:
    entry = quadratic(condition, rotation, dimension)
    curvatures = np.linalg.eigvalsh(entry.expression.evaluate_hessian(entry.start))
    assert curvatures[-1] == pytest.approx(condition, rel=1e-12)
    assert curvatures[0] == pytest.approx(condition if dimension == 1 else 1.0, abs=1e-12 * condition)
    assert entry.expression.evaluate_gradient((0.0,) * dimension)[0] == 0.0


def test_a_quadratic_is_turned_by_the_angle_asked_for() -> None:
    _, axes = np.linalg.eigh(quadratic(10.0, 30.0).expression.evaluate_hessian((1.0, 1.0)))
    assert np.degrees(np.arctan2(axes[1, 0], axes[0, 0])) % 180.0 == pytest.approx(30.0)
    assert quadratic(10.0, 0.0).formula == "0.5*(x^2+10*y^2)"
    assert quadratic(10.0, 30.0).formula == "0.5*((cos(pi/6)*x+sin(pi/6)*y)^2+10*(cos(pi/6)*y-sin(pi/6)*x)^2)"


@pytest.mark.parametrize("bad", [(0.5, 0.0, 2), (float("nan"), 0.0, 2), (10.0, float("inf"), 2), (10.0, 0.0, 17)])
def test_an_impossible_quadratic_is_refused(bad: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        quadratic(*bad)


def test_an_unknown_surface_is_refused_with_the_nearest_name() -> None:
    assert surface("rosenbrock") is SURFACES["rosenbrock"]
    with pytest.raises(ObjectiveError, match="did you mean 'rosenbrock'") as refusal:
        surface("Rosenbrok")
    assert refusal.value.key == "name"
    with pytest.raises(ObjectiveError, match="there are: sphere, ravine"):
        surface("\x1b[31m?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_surface_or_a_dataset_teaches_fits_on_the_smallest_usual_screen(language: str) -> None:
    speak(language)
    try:
        told = {_(entry.teaches) for entry in (*SURFACES.values(), *DATASETS.values())}
    finally:
        speak("en")
    assert len(told) > 30
    assert not [text for text in told if cell_width(text) > 78]
