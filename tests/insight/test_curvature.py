"""Curvature is that of exact Hessians and closed forms, or it is not measured; its cost is bounded."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from gdtui.insight import curvature, sharpness
from gdtui.insight.case import WAITING_SECONDS
from gdtui.insight.curvature import MOST_PRODUCTS, MOST_WHOLE, measurable, seconds, spectrum
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.session import Session
from gdtui.session.quantities import parse_quantity
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Back, Step
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.charts import CHARTS
from gdtui.view.look import Look


def dataset(name: str, **keys: object) -> Objective:
    return ObjectiveSpec("dataset", name, **keys).build(0)


def whole_hessian(objective: Objective, theta: np.ndarray) -> np.ndarray:
    """The Hessian by central differences of the gradient, every column."""
    h = 1e-5 * max(1.0, float(np.sqrt(np.mean(theta * theta))))
    columns = [
        (objective.evaluate(theta + h * e)[1] - objective.evaluate(theta - h * e)[1]) / (2 * h)
        for e in np.eye(len(theta))
    ]
    return (np.array(columns) + np.array(columns).T) / 2


def design(objective: Objective) -> np.ndarray:
    x = objective.data[objective.train][:, : len(objective.inputs)]
    return np.column_stack((x, np.ones(len(x))))


@pytest.mark.parametrize("name", [name for name in SURFACES if name != "ackley"])
def test_a_formula_has_the_eigenvalues_of_its_hessian(name: str) -> None:
    objective = ObjectiveSpec("surface", name).build(0)
    found = spectrum(objective, objective.start)
    exact = np.linalg.eigvalsh(objective.expression.evaluate_hessian(objective.start))
    np.testing.assert_allclose(found.values, exact, rtol=1e-12)
    assert (found.low, found.high) == (found.values[0], found.values[-1])


@pytest.mark.parametrize("name", ["linear-4-3", "line", "gaussian-1000x10"])
def test_least_squares_has_the_eigenvalues_of_twice_the_mean_square_of_its_inputs(name: str) -> None:
    objective = dataset(name)
    x = design(objective)
    exact = np.linalg.eigvalsh(2 * x.T @ x / len(x))
    for theta in (objective.start, np.full(objective.dimension, 3.7)):
        np.testing.assert_allclose(spectrum(objective, theta).values, exact, rtol=1e-7)


def test_the_limit_of_linear_4_3() -> None:
    objective = dataset("linear-4-3")
    assert 2 / spectrum(objective, objective.start).high == pytest.approx(0.484, abs=5e-4)


@pytest.mark.jit
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("spirals", {}), ("two-moons", {"layers": (2, 12, 1)}), ("circles", {"layers": (2, 16, 1), "loss": "mse"}),
        ("iris", {"layers": (4, 9, 3), "activation": "gelu"}), ("noisy-sine", {"layers": (1, 20, 1)}),
    ],
)  # fmt: skip
def test_lanczos_finds_the_largest_eigenvalue_of_a_network(name: str, keys: dict[str, object]) -> None:
    objective = dataset(name, **keys)
    assert objective.dimension > MOST_WHOLE
    run = Session(Experiment(ObjectiveSpec("dataset", name, **keys), (Lane("a", "adam", settings={"lr": 0.01}),)))
    theta = run.apply(Step(50)).lanes[0].parameters
    exact = np.linalg.eigvalsh(whole_hessian(objective, theta))[-1]
    assert spectrum(objective, theta).high == pytest.approx(exact, rel=1e-6)


def test_lanczos_on_known_eigenvalues() -> None:
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(300, 300)))[0]
    dense = np.linspace(-5, 3, 300)
    assert curvature._largest(lambda v: (basis * dense @ basis.T) @ v, 300) is None  # not within so many products
    for values in (np.r_[dense, 6.0][1:], np.r_[np.full(299, -1.0), 1e-3], np.r_[np.zeros(200), np.full(100, 7.0)]):
        matrix = basis * values @ basis.T
        value, vector = curvature._largest(lambda v, m=matrix: m @ v, 300)
        assert value[0] == pytest.approx(values[-1], rel=1e-4)
        assert np.linalg.norm(matrix @ vector - values[-1] * vector) < 0.02 * abs(values[-1])


def test_at_a_kink_nothing_is_measured() -> None:
    """The absolute value of a residual of 0: differences across it give any number, the shorter the larger."""
    objective = dataset("line", loss="mae", rows=3)
    on_a_row = np.array([2.0, 1.0])  # w, b of y = 1 + 2x: every residual is 0
    assert spectrum(objective, on_a_row) is None
    beside = spectrum(objective, np.array([2.3, 1.5]))
    np.testing.assert_allclose(beside.values, 0.0, atol=1e-5)


def test_what_costs_too_much_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(Objective, "evaluate", lambda *_args: calls.append(1))
    clicks = dataset("clicks")
    assert not measurable(clicks) and spectrum(clicks, clicks.start) is None
    tape = ObjectiveSpec("tape", pattern="constant").build(0)
    assert not measurable(tape) and spectrum(tape, tape.start) is None
    assert calls == []


@pytest.mark.jit
def test_a_measurement_is_bounded_and_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    product = curvature.hessian_product
    monkeypatch.setattr(curvature, "hessian_product", lambda *args: calls.append(1) or product(*args))
    for name, most in (("spirals", MOST_PRODUCTS), ("two-moons", 33), ("linear-4-3", 2)):
        objective = dataset(name)
        calls.clear()
        first = spectrum(objective, objective.start)
        assert 0 < len(calls) <= most
        calls.clear()
        assert spectrum(objective, objective.start.copy()) is first and calls == []


def test_a_formula_of_many_parameters_is_differenced_and_says_so() -> None:
    text = " + ".join(f"{k}*x{k}**2" for k in range(1, 10))
    many = ObjectiveSpec("expression", formula=text, start=(0.5,) * 9).build(0)
    np.testing.assert_allclose(spectrum(many, many.start).values, 2.0 * np.arange(1, 10), rtol=1e-6)
    assert not curvature.is_derived(many)
    assert curvature.is_derived(dataset("two-moons")) and curvature.is_derived(ObjectiveSpec().build(0))


@pytest.mark.jit
def test_the_eigenvector_is_there_when_it_is_asked_for() -> None:
    objective = dataset("noisy-sine", layers=(1, 20, 1))
    value, found = spectrum(objective, objective.start).high, curvature.leading(objective, objective.start)
    assert len(spectrum(objective, objective.start).top) == 0 and found.high == value
    exact = np.linalg.eigh(whole_hessian(objective, objective.start))[1][:, -1]
    assert abs(exact @ found.top) == pytest.approx(1.0, abs=1e-5)


def test_the_eigenvector_of_a_small_formula_is_worked_out_only_if_it_is_asked_for(monkeypatch) -> None:
    """A lane's curvature is measured at each update, and its vector takes longer than all the rest."""
    objective, asked = ObjectiveSpec("surface", "rosenbrock").build(0), []
    solve = np.linalg.solve
    monkeypatch.setattr(np.linalg, "solve", lambda *given: asked.append(given) or solve(*given))
    found = spectrum(objective, objective.start + 0.321)
    assert found.high > found.low and not asked
    exact = np.linalg.eigh(objective.expression.evaluate_hessian(objective.start + 0.321))[1][:, -1]
    assert abs(exact @ found.top) == pytest.approx(1.0, abs=1e-12) and asked


def test_while_products_are_being_compiled_nothing_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Compiling:
        ready = False

        @property
        def compiled(self) -> None:
            threading.Event().wait(1.0)

    monkeypatch.setattr(curvature, "hessian_times", Compiling())
    objective = dataset("line")
    assert seconds(objective) > WAITING_SECONDS
    began = time.perf_counter()
    sharpness.measure([(objective, objective.start + 0.123)], 0.01)
    assert time.perf_counter() - began < 0.9 and not curvature.is_known(objective, objective.start + 0.123)


def test_not_finite_parameters_have_no_curvature() -> None:
    objective = dataset("two-moons")
    assert spectrum(objective, np.full(objective.dimension, np.inf)) is None
    assert spectrum(objective, np.full(objective.dimension, np.nan)) is None


def test_parameters_near_the_largest_float_are_no_warning() -> None:
    objective = dataset("gaussian-classes", rows=12)
    assert objective.dimension > MOST_WHOLE
    assert not curvature.is_known(objective, np.full(objective.dimension, 1e308))


# Along a run -----------------------------------------------------------------------------------


def edge_of_stability() -> Session:
    lanes = tuple(Lane(name, "gd", settings={"lr": lr}) for name, lr in (("fast", 0.05), ("slow", 0.02)))
    return Session(Experiment(ObjectiveSpec("dataset", "noisy-sine"), lanes))


def measure_all(session: Session) -> None:
    for lane in session.snapshot().lanes:
        sharpness.measure(sharpness.unmeasured(lane.case, along=True), 60.0)


@pytest.mark.jit
def test_sharpness_climbs_to_the_edge_of_stability_and_stays_there() -> None:
    """Cohen et al. 2021: along full-batch descent λmax rises to 2/lr and hovers there."""
    session = edge_of_stability()
    session.apply(Step(600))
    measure_all(session)
    lane = session.snapshot().lanes[0]
    updates, values = sharpness.measured(lane.case)
    assert values[0] == pytest.approx(16.13, abs=0.01)
    assert updates[0] == 0 and updates[-1] == 592
    late = values[updates >= 300]
    assert np.all(np.abs(late - 2 / 0.05) < 8)
    figure = ChartFigures().figure(session.snapshot(), CHARTS["sharpness"], Look()).of()
    curves = {series.label: series for series in figure.series if series.kind == "line"}
    np.testing.assert_array_equal(curves["fast"].y, values)
    dots = [series for series in figure.series if series.kind == "dots"]
    np.testing.assert_allclose(dots[0].y, 2 / 0.05)
    np.testing.assert_allclose(dots[1].y, 2 / 0.02)


@pytest.mark.jit
def test_only_what_is_new_is_measured() -> None:
    session = edge_of_stability()
    session.apply(Step(40))
    lane = session.snapshot().lanes[0]
    before = sharpness.unmeasured(lane.case, along=True)
    assert len(before) == 32 + 5  # 0 to 31, then every second one to 40
    np.testing.assert_array_equal(before[0][1], lane.case.path[1][-1])  # the newest first
    assert len(sharpness.unmeasured(lane.case, along=False)) == 1
    measure_all(session)
    assert sharpness.unmeasured(session.snapshot().lanes[0].case, along=True) == []
    session.apply(Back(8))
    assert sharpness.unmeasured(session.snapshot().lanes[0].case, along=True) == []
    session.apply(Step(12))
    assert len(sharpness.unmeasured(session.snapshot().lanes[0].case, along=True)) == 2  # 42 and 44


def test_where_it_is_cheap_a_diagnosis_measures_by_itself() -> None:
    session = Session(Experiment(ObjectiveSpec("dataset", "xor"), (Lane("a", "gd", settings={"lr": 0.1}),)))
    lane = session.apply(Step(5)).lanes[0]
    assert sharpness.unmeasured(lane.case, along=False) == ()
    assert lane.case.spectrum is not None


@pytest.mark.jit
@pytest.mark.parametrize(
    ("objective", "value"),
    [
        (ObjectiveSpec("surface", "ravine"), 2.0),
        (ObjectiveSpec("dataset", "linear-4-3"), 4.131310739),
        (ObjectiveSpec("dataset", "noisy-sine"), 16.13167742),
        (ObjectiveSpec("dataset", "clicks"), float("nan")),
        (ObjectiveSpec("tape", pattern="constant"), float("nan")),
    ],
)
def test_sharpness_is_a_quantity(objective: object, value: float) -> None:
    snapshot = Session(Experiment(objective, (Lane("a", "gd"),))).snapshot()
    got = snapshot.measure(parse_quantity("a.sharpness"))
    assert got == pytest.approx(value, rel=1e-5, nan_ok=True)


def test_a_chart_beyond_the_budget_says_so() -> None:
    snapshot = Session(Experiment(ObjectiveSpec("dataset", "clicks"), (Lane("a", "gd"),))).snapshot()
    figure = ChartFigures().figure(snapshot, CHARTS["sharpness"], Look()).of()
    assert figure.message == "not measured: 2 rows × 704129 parameters take too long"


def test_the_dots_follow_the_rule_and_its_edits() -> None:
    lane = Lane("a", "momentum", settings={"lr": 0.1, "momentum": 0.9})
    session = Session(Experiment(ObjectiveSpec("surface", "ravine"), (lane, Lane("b", "adam"))))
    session.apply(Step(10))
    figure = ChartFigures().figure(session.snapshot(), CHARTS["sharpness"], Look()).of()
    (dots,) = (series for series in figure.series if series.kind == "dots")
    np.testing.assert_allclose(dots.y, 2 * 1.9 / 0.1)


def test_the_seconds_that_a_measurement_takes_are_foreseen() -> None:
    assert curvature.is_ready(dataset("line"), 60.0)
    assert (
        seconds(dataset("linear-4-3"))
        < WAITING_SECONDS
        < seconds(dataset("two-moons"))
        < seconds(dataset("noisy-sine"))
        < 0.1
    )
