"""Planes through paths, and the losses on them."""

from __future__ import annotations

import gc
import weakref
from time import perf_counter

import numpy as np
import pytest

from gdtui.insight.curvature import spectrum
from gdtui.insight.landscape import ACROSS, KEPT, STRIDES, UP, Landscape, Survey, is_surveyed, survey
from gdtui.insight.plane import Plane, filter_normalised_plane, plane_through, principal_plane
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import ExpressionSpec, ObjectiveSpec

SQUARE = ((-2.0, 2.0), (-1.0, 3.0))


def path(count: int, dimension: int, seed: int = 0) -> np.ndarray:
    """A random walk whose components have quickly falling variances."""
    random = np.random.default_rng(seed)
    return np.cumsum(random.normal(size=(count, dimension)), axis=0) @ random.normal(size=(dimension, dimension))


@pytest.mark.parametrize(("count", "dimension"), [(3, 5), (12, 3), (13, 40), (200, 17), (100, 400)])
@pytest.mark.parametrize("scale", [1e-120, 1.0, 1e120])
def test_the_principal_plane_is_that_of_numpy_s_svd(count: int, dimension: int, scale: float) -> None:
    points = path(count, dimension) * scale
    plane = principal_plane(points)
    offsets = (points - points.mean(axis=0)) / scale
    _u, sizes, directions = np.linalg.svd(offsets, full_matrices=False)
    assert plane is not None
    assert np.abs(np.sum(plane.axes * directions[:2], axis=1)) == pytest.approx([1, 1], abs=1e-6)
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-12)
    assert plane.variance == pytest.approx(np.sum(sizes[:2] ** 2) / np.sum(sizes**2), rel=1e-9)
    first, last = plane.project(points)[[0, -1]]
    assert first[0] < last[0], "the first axis points along the path"


def test_a_path_in_a_plane_lies_on_its_principal_plane() -> None:
    """Gradient descent on a quadratic from e₁ + e₂ never leaves the plane of these two eigenvectors."""
    rates = np.array([1.0, 0.1, 0.5, 0.3])
    points = np.array([(1 - 0.2 * rates) ** t * [1.0, 1.0, 0.0, 0.0] for t in range(40)])
    plane = principal_plane(points)
    assert plane is not None and plane.variance == pytest.approx(1.0)
    assert plane.parameters(plane.project(points)) == pytest.approx(points, abs=1e-12)
    assert np.abs(plane.axes[:, 2:]).max() < 1e-12


@pytest.mark.parametrize("points", [
    np.zeros((0, 3)), np.ones((5, 3)), np.outer(np.arange(9.0), [1.0, 2.0, 3.0]), np.eye(3)[:2],
    np.full((4, 3), np.inf),
])  # fmt: skip
def test_a_point_and_a_line_have_no_principal_plane(points: np.ndarray) -> None:
    assert principal_plane(points) is None


def test_the_plane_of_three_points_holds_them() -> None:
    start, first, second = np.eye(3) * [2.0, 3.0, 5.0]
    plane = plane_through(start, first, second)
    assert plane is not None
    positions = plane.project(np.array([start, first, second]))
    assert plane.parameters(positions) == pytest.approx(np.array([start, first, second]))
    assert positions[0] == pytest.approx([0, 0]) and positions[1, 1] == pytest.approx(0) and positions[1, 0] > 0
    assert plane_through(start, first, start + 2 * (first - start)) is None
    assert plane_through(start, start, second) is None


def network() -> Objective:
    return ObjectiveSpec("dataset", "noisy-sine", layers=(1, 4, 1)).build(0)


def slanted(objective: Objective) -> Plane:
    axes, _upper = np.linalg.qr(np.random.default_rng(1).normal(size=(objective.dimension, 2)))
    return Plane(objective.start, axes.T)


@pytest.mark.jit
def test_losses_are_measured_from_coarse_to_fine_and_a_little_at_a_time() -> None:
    objective = network()
    plane = slanted(objective)
    objective.evaluate(objective.start)  # compiled
    part = Landscape(objective, plane, SQUARE)
    strides, calls = [], 0
    while not part.is_complete:
        before = perf_counter()
        part.measure(before + 0.0005)
        assert perf_counter() - before < 0.1
        calls += 1
        if part.stride and part.stride not in strides:
            strides.append(part.stride)
            assert part.grid().shape == (UP // part.stride + 1, ACROSS // part.stride + 1)
            assert np.all(np.isfinite(part.grid()))
    assert strides == list(STRIDES) and calls > len(STRIDES)
    x, y = np.linspace(*SQUARE[0], ACROSS + 1), np.linspace(*SQUARE[1], UP + 1)
    for row, column in ((0, 0), (UP, ACROSS), (31, 57)):
        theta = objective.start + x[column] * plane.axes[0] + y[row] * plane.axes[1]
        assert part.grid()[row, column] == pytest.approx(objective.evaluate(theta)[0], rel=1e-12)


def test_the_loss_of_a_quadratic_on_a_plane_is_the_quadratic_on_it() -> None:
    objective = ExpressionSpec("x1^2 + 3*x2^2 + 10*x3^2", (), (1.0, 1.0, 1.0), 0.0).build()
    plane = slanted(objective)
    part = Landscape(objective, plane, SQUARE)
    part.measure(0.0)
    assert part.is_complete, "a formula takes the whole grid at once"
    x, y = np.meshgrid(np.linspace(*SQUARE[0], ACROSS + 1), np.linspace(*SQUARE[1], UP + 1))
    theta = objective.start + x[..., None] * plane.axes[0] + y[..., None] * plane.axes[1]
    assert part.grid() == pytest.approx(theta**2 @ [1.0, 3.0, 10.0])


def test_an_expensive_loss_has_a_coarser_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdtui.insight.landscape.MOST_SECONDS", 0.0)
    objective = network()
    part = Landscape(objective, slanted(objective), SQUARE)
    while not part.is_complete:
        part.measure(0.0)
    assert part.stride == STRIDES[1]


@pytest.mark.jit
def test_a_survey_is_kept_and_holds_its_path() -> None:
    objective = network()
    points = path(20, objective.dimension)

    def find() -> tuple[Plane, np.ndarray]:
        plane = principal_plane(points)
        assert plane is not None
        return plane, plane.project(points)

    one = survey(objective, "key", find, objective.start)
    assert survey(objective, "key", find, objective.start) is one
    assert survey(objective, "other", find, objective.start) is not one
    assert not one.was_searched and not one.is_drawable
    while not one.is_complete(None):
        one.measure(None, 0.01)
    assert one.plane is not None and one.is_drawable and one.sharpest is not None
    exact = spectrum(objective, objective.start)
    assert exact is not None and one.sharpest.high == pytest.approx(exact.high, rel=1e-3)
    assert np.linalg.norm(one.sharpest.top) == pytest.approx(1.0)
    (left, right), (bottom, top) = one.domain
    x, y = one.plane.project(points).T
    assert left < x.min() and x.max() < right and bottom < y.min() and y.max() < top


def test_a_survey_stays_drawable_however_many_parts_of_it_are_looked_at() -> None:
    objective = ExpressionSpec("x1^2 + 3*x2^2 + 10*x3^2", (), (1.0, 1.0, 1.0), 0.0).build()
    one = Survey(objective, lambda: (slanted(objective), np.eye(2)), objective.start)
    one.search()
    for number in range(2 * KEPT):
        one.landscape(one.domain).measure(0.0)
        one.landscape(((0.0, 1.0 + number), (0.0, 1.0))).measure(0.0)
        assert one.is_drawable
    kept = one.landscape(one.domain)
    for number in range(2 * KEPT):
        assert one.is_drawable
        one.landscape(((0.0, 1.0 + number), (0.0, 1.0))).measure(0.0)
    assert one.landscape(one.domain) is kept, "what is looked at in every frame is not measured anew"


def test_a_path_without_a_plane_is_searched_once() -> None:
    asked: list[int] = []
    one = Survey(network(), lambda: asked.append(1), network().start)
    one.measure(None, 0.0)
    one.measure(None, 0.0)
    assert asked == [1] and one.is_complete(None) and one.plane is None


@pytest.mark.parametrize(("spec", "surveyed"), [
    (ObjectiveSpec("surface", "rosenbrock"), False),
    (ObjectiveSpec("dataset", "noisy-sine"), True),
    (ObjectiveSpec("tape", gradients=((1.0, 2.0, 3.0),)), False),
])  # fmt: skip
def test_planes_are_of_losses_with_more_than_two_parameters(spec: ObjectiveSpec, surveyed: bool) -> None:
    assert is_surveyed(spec.build(0)) == surveyed


def test_a_filter_normalised_plane_is_as_wide_in_each_filter_as_the_weights_and_leaves_the_biases() -> None:
    theta = np.array([3.0, 4.0, 0.0, 0.0, 6.0, 8.0, 0.5, -0.5, 0.1])
    blocks = np.array([[0, 3, 2], [6, 3, 1]])  # three filters of two weights, three biases
    found = filter_normalised_plane(theta, blocks, seed=4)
    assert found is not None
    plane, reach = found
    first = plane.axes[0] * reach
    np.testing.assert_allclose(np.linalg.norm(first[:6].reshape(3, 2), axis=1), [5.0, 0.0, 10.0], rtol=1e-12)
    assert np.all(plane.axes[:, 6:] == 0)
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)
    np.testing.assert_array_equal(plane.parameters(np.zeros(2)), theta)
    again, other = (filter_normalised_plane(theta, blocks, seed) for seed in (4, 5))
    assert again is not None and other is not None
    assert np.array_equal(again[0].axes, plane.axes) and not np.array_equal(other[0].axes, plane.axes)
    assert filter_normalised_plane(np.zeros(9), blocks) is None


def test_surveys_of_objectives_that_are_no_more_are_forgotten() -> None:
    gone = []
    for _change in range(KEPT + 1):
        objective = ObjectiveSpec("dataset", "linear-4-3").build()
        survey(objective, "plane", lambda: None, objective.start)
        gone.append(weakref.ref(objective))
    del objective
    gc.collect()
    assert gone[0]() is None and gone[1]() is not None
