"""Solvers: in step with torch's L-BFGS, the laws of each method, and their counts of evaluations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdtui.columns import Column
from gdtui.errors import ParameterError
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import ExpressionSpec, ObjectiveSpec, Specification
from gdtui.objectives.surfaces import catalogue as surfaces
from gdtui.optimizers import find
from gdtui.optimizers.language.solver import SolverState
from gdtui.optimizers.rules.second_order import damped_direction, inverse_update
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.session import Session
from gdtui.session.quantities import parse_quantity
from gdtui.simulation.experiment import Experiment, Lane, Stop
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.simulation.solver_stepper import SolverStepper
from gdtui.verbs import Back, Branch, Reset, Set, Step
from gdtui.view.x_axis import X_AXES, axes_of
from tests.optimizers.cases import refused

NAMES = ("newton", "bfgs", "lbfgs", "conjugate-gradient")
every_solver = pytest.mark.parametrize("name", NAMES)
RECORDED = json.loads((Path(__file__).parents[1] / "reference" / "lbfgs.json").read_text(encoding="utf-8"))["records"]


def lane(name: str, start: tuple[float, ...] = (), **settings: float | bool) -> Lane:
    numbers = {key: float(value) for key, value in settings.items() if not isinstance(value, bool)}
    options = {key: value for key, value in settings.items() if isinstance(value, bool)}
    return Lane("a", name, None, numbers, options, start=start)


def surface(name: str, start: tuple[float, ...] = ()) -> Specification:
    return ObjectiveSpec("surface", name, start=start)


def formula(text: str, *start: float) -> Specification:
    return ObjectiveSpec("expression", "", text, start=start)


def after(spec: Specification | Objective, made: Lane, updates: int) -> LaneRun:
    objective = spec if isinstance(spec, Objective) else spec.build()
    run = LaneRun(made, objective, 0)
    run.advance(updates)
    return run


def column(run: LaneRun, name: str) -> np.ndarray:
    """A column, or a vector's columns, for the start and every update."""
    rows, block = run.trace.view().rows, run.layout.block(name)
    return rows[:, Column[name.upper()]] if block is None else rows[:, block]


def quadratic(dimension: int, condition: float = 30.0) -> Objective:
    entry = surfaces.quadratic(condition, 30.0, dimension)
    return ExpressionSpec(entry.formula, entry.domain, entry.start).build()


# L-BFGS and torch ----------------------------------------------------------------------------------

TOLERANCE = 1e-9
#: The tolerance, as a multiple of torch's own change when the start moves by one ulp: if large, the run is chaotic.
SPREADS = 5.0
#: Coordinates below this are 0 to the last digit of their terms.
ZERO = 1e-15


def recorded_run(record: dict[str, Any]) -> LaneRun:
    kind, name = record["kind"], record["name"]
    spec = formula(name) if kind == "expression" else ObjectiveSpec(kind, name)
    return after(spec, lane("lbfgs", tuple(record["start"]), **record["settings"]), 30)


def recording_id(record: dict[str, Any]) -> str:
    return record["name"] + "-" + "-".join(f"{k}={v}" for k, v in record["settings"].items() if k != "max_eval")


@pytest.mark.parametrize("record", [r for r in RECORDED if not r["raised"]], ids=recording_id)
def test_lbfgs_is_in_step_with_torch_after_every_update(record: dict[str, Any]) -> None:
    run = recorded_run(record)
    got, want, spread = column(run, "theta")[1:], np.array(record["theta"]), np.array(record["spread"])
    count = len(got)  # a lane that diverged ends there, torch goes on with nan
    assert count == 30 or run.status == "diverged"
    error = np.max(np.abs(got - want[:count]) / np.maximum(np.abs(want[:count]), ZERO / TOLERANCE), axis=1)
    assert np.all(error <= np.maximum(TOLERANCE, SPREADS * spread[:count]))
    calm = np.maximum.accumulate(spread[:count]) < TOLERANCE
    evaluations = column(run, "evaluations")[1:]
    np.testing.assert_array_equal(evaluations[calm], np.array(record["evaluations"])[:count][calm])


def test_few_of_the_recordings_are_chaotic() -> None:
    """Full steps without a search on rosenbrock, beale and himmelblau; a search that meets nan."""
    wild = {recording_id(r) for r in RECORDED if not r["raised"] and max(r["spread"][:30]) > TOLERANCE / SPREADS}
    searched = {name for name in wild if "strong_wolfe=True" in name and "log" not in name}
    assert len(wild) <= 12
    assert all("lr=0.1" in name or "history_size=2" in name for name in searched), searched
    assert sum(not r["raised"] for r in RECORDED) >= 55


@pytest.mark.parametrize("record", [r for r in RECORDED if r["raised"]], ids=recording_id)
def test_where_torch_raises_an_index_error_the_lane_diverges(record: dict[str, Any]) -> None:
    run = recorded_run(record)
    assert run.status == "diverged"
    assert run.update == 1


def test_one_update_of_many_iterations_ends_where_as_many_updates_of_one_do() -> None:
    many = after(surface("rosenbrock"), lane("lbfgs", max_iter=20, max_eval=1000, strong_wolfe=True), 1)
    ones = after(surface("rosenbrock"), lane("lbfgs", max_eval=1000, strong_wolfe=True), 20)
    assert many.layout.column("iterations[0]") is not None
    assert column(many, "iterations")[1, 0] == 20
    np.testing.assert_array_equal(many.theta, ones.theta)
    assert column(ones, "evaluations")[-1] == column(many, "evaluations")[-1] + 19  # each call evaluates its start


# Newton ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_newton_ends_on_a_quadratic_in_one_update(dimension: int) -> None:
    run = after(quadratic(dimension), lane("newton"), 1)
    np.testing.assert_allclose(run.theta, np.zeros(dimension), atol=1e-13)
    assert column(run, "evaluations")[1] == dimension + 2  # the Hessian, the start, one trial


def test_newton_finds_least_squares_in_one_update_by_differences() -> None:
    run = after(ObjectiveSpec("dataset", "linear-4-3"), lane("newton"), 2)
    np.testing.assert_allclose(run.theta, [2.9684675107010197, 4.222151077447229], rtol=1e-12)
    np.testing.assert_array_equal(column(run, "evaluations"), [0, 1 + 4 + 1, 1 + 4 + 1 + 4 + 1])


def test_newton_converges_quadratically_on_rosenbrock() -> None:
    run = after(surface("rosenbrock"), lane("newton"), 40)
    errors = np.linalg.norm(column(run, "theta") - 1.0, axis=1)
    assert errors[-1] < 1e-15
    end = np.flatnonzero((errors < 0.1) & (errors > 1e-7))
    assert len(end) >= 2
    # ‖e₊‖ ≤ C‖e‖²: three digits become six
    assert all(errors[k + 1] <= 20.0 * errors[k] ** 2 for k in end if k + 1 < len(errors))


@pytest.mark.parametrize("text", ["x^2 - y^2 + y^4/4", "x^2 + y^4/4 - y^2/2 + x*y/10"])
def test_newton_leaves_a_saddle(text: str) -> None:
    """Without damping it would go straight to the saddle, where the gradient is 0."""
    run = after(formula(text, 0.3, 1e-3), lane("newton"), 60)
    loss = column(run, "loss")
    assert loss[-1] < -0.2
    assert np.all(np.diff(loss) <= 0)
    assert column(run, "lam")[1, 0] > 0
    assert column(run, "lam")[-1, 0] == 0
    expression = run.objective.expression
    assert expression is not None
    assert np.all(np.linalg.eigvalsh(expression.evaluate_hessian(run.theta)) > 0)


def test_damping_is_the_least_of_those_tried_that_makes_the_hessian_definite() -> None:
    g = np.array([1.0, -2.0])
    lam, inverse, d = damped_direction(np.diag([2.0, 8.0]), g, 1e-3)
    assert lam == 0
    np.testing.assert_allclose(d, [-0.5, 0.25])
    hessian = np.array([[1.0, 3.0], [3.0, 1.0]])  # eigenvalues 4, −2
    lam, inverse, d = damped_direction(hessian, g, 1e-3)
    assert 2 < lam <= 4.1
    np.testing.assert_allclose(inverse @ (hessian + lam * np.eye(2)), np.eye(2), atol=1e-12)
    assert g @ d < 0
    for bad in (np.nan, np.inf):
        lam, _inverse, d = damped_direction(np.array([[bad, 0.0], [0.0, 1.0]]), g, 1e-3)
        assert np.isinf(lam)
        np.testing.assert_array_equal(d, -g)
    assert damped_direction(np.zeros((2, 2)), g, 0.0)[2] @ g < 0


def test_newton_refuses_what_is_too_large_and_says_so() -> None:
    newton = find("newton").rule()
    assert refused(newton, [[0, 8, 8]]) == ""
    assert "at most 64 parameters" in refused(newton, [[0, 8, 8], [64, 1, 1]])
    assert "at most 512" in refused(find("bfgs").rule(), [[0, 1000, 1]])


# BFGS and conjugate gradients -----------------------------------------------------------------------


@pytest.mark.parametrize("dimension", [2, 4, 8])
@pytest.mark.parametrize("name", ["bfgs", "conjugate-gradient"])
def test_with_an_exact_search_a_quadratic_takes_as_many_updates_as_dimensions(name: str, dimension: int) -> None:
    """In exact arithmetic n; rounding costs at most one more (for conjugate gradients after the restart)."""
    run = after(quadratic(dimension), lane(name, c2=1e-4, c1=1e-5), dimension + 2)
    losses = column(run, "loss")
    assert losses[dimension + 1] <= 1e-12 * losses[0]
    assert losses[dimension - 1] > 1e-12 * losses[0]  # and it does take them


def test_a_bfgs_update_maps_y_to_s_and_keeps_definite_and_symmetric() -> None:
    rng = np.random.default_rng(4)
    root = rng.normal(size=(5, 5))
    before, s = root @ root.T + np.eye(5), rng.normal(size=5)
    y = s + 0.1 * rng.normal(size=5)
    made = inverse_update(before, s, y)
    np.testing.assert_allclose(made @ y, s, atol=1e-12)
    np.testing.assert_allclose(made, made.T, atol=1e-12)
    assert np.all(np.linalg.eigvalsh(made) > 0)


def test_bfgs_learns_the_inverse_hessian_of_a_quadratic() -> None:
    objective = quadratic(4)
    run = after(objective, lane("bfgs", c2=1e-4, c1=1e-5), 5)
    assert objective.expression is not None
    inverse = np.linalg.inv(objective.expression.evaluate_hessian(np.zeros(4)))
    np.testing.assert_allclose(column(run, "B_diag")[4], np.diag(inverse), rtol=1e-3)


@every_solver
def test_every_solver_finds_the_minimum_of_rosenbrock(name: str) -> None:
    made = lane(name, strong_wolfe=True) if name == "lbfgs" else lane(name)
    run = after(surface("rosenbrock"), made, 120)
    np.testing.assert_allclose(run.theta, [1.0, 1.0], atol=1e-3 if name == "lbfgs" else 1e-7)


# The conditions of the line search ------------------------------------------------------------------


@pytest.mark.parametrize("where", ["rosenbrock", "beale", "himmelblau", "ravine", "quadratic", "booth"])
@every_solver
def test_armijo_and_wolfe_hold_at_every_accepted_step(name: str, where: str) -> None:
    made = lane(name, strong_wolfe=True) if name == "lbfgs" else lane(name)
    run = after(surface(where), made, 25)
    loss, alpha, slope = column(run, "loss"), column(run, "alpha")[1:, 0], column(run, "slope")[1:, 0]
    d, evals = column(run, "d")[1:], column(run, "evals")[1:, 0]
    c1 = made.values().get("c1", 1e-4)
    moved = (alpha > 0) & (slope < 0)
    assert moved[:3].any()
    assert not np.any(slope > 0)
    armijo = loss[1:] <= loss[:-1] + c1 * alpha * slope
    assert np.all(armijo[moved])
    if name == "newton":
        return
    c2 = made.values().get("c2", 0.9)
    after_step = np.array([run.objective.evaluate(point)[1] for point in column(run, "theta")[1:]])
    flat = np.abs(np.sum(after_step * d, axis=1)) <= c2 * np.abs(slope)
    # the search ends after 25 trials, or in torch's search once the bracket is shorter than 1e-9
    sure = moved & (evals < 25) & (alpha * np.max(np.abs(d), axis=1) > 1e-7)
    assert sure[:3].any()
    assert np.all(flat[sure])


# What is not a number -------------------------------------------------------------------------------

CLIFFS = {
    "log": formula("x - log(x) + y^2", 0.05, 1.0),
    "steep log": formula("10*x - log(x) + (x*y)^2", 0.3, 2.0),
    "root": formula("(sqrt(x) - 0.1)^2 + y^2", 1.0, 1.0),
    "overflow": formula("exp(exp(x)) - 40*x + y^2", -3.0, 1.0),
    "pole": formula("1/x + x^2 + y^2", 0.01, 1.0),
}


@pytest.mark.parametrize("where", list(CLIFFS))
@every_solver
def test_regions_without_a_number_are_backed_out_of_or_end_the_lane(name: str, where: str) -> None:
    run = after(CLIFFS[where], lane(name), 40)
    assert run.status in ("going", "diverged")
    if name == "lbfgs":  # as in torch: it may diverge
        assert run.status == "diverged" or np.all(np.isfinite(run.theta))
        return
    assert run.status == "going"
    loss = column(run, "loss")
    assert np.all(np.isfinite(loss))
    assert np.all(np.diff(loss) <= 0)
    assert loss[-1] < loss[0] - 0.1


@every_solver
def test_a_start_without_a_number_is_flagged_as_diverged(name: str) -> None:
    run = after(formula("x - log(x)", -1.0), lane(name), 3)
    assert (run.status, run.update, run.position) == ("diverged", 1, 3)
    run.back(3)
    assert (run.status, run.update) == ("going", 0)


@every_solver
def test_an_unbounded_descent_raises_nothing(name: str) -> None:
    run = after(surface("saddle"), lane(name), 400)
    assert run.status in ("going", "diverged")
    assert column(run, "loss")[-1] < -1e3


@every_solver
def test_at_the_minimum_nothing_moves(name: str) -> None:
    run = after(surface("sphere", (0.0, 0.0)), lane(name), 3)
    np.testing.assert_array_equal(run.theta, [0.0, 0.0])
    assert run.status == "going"
    assert np.all(np.diff(column(run, "evaluations")) > 0)


# What is counted ------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["rosenbrock", "linear-4-3"])
@pytest.mark.parametrize("settings", [{}, {"strong_wolfe": True}, {"max_iter": 7}], ids=str)
@every_solver
def test_evaluations_are_the_calls_of_the_objective(
    name: str, settings: dict[str, Any], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings and name != "lbfgs":
        pytest.skip("a setting of lbfgs")
    monkeypatch.setattr(SolverState, "repeats", lambda *_states: False)  # where nothing changes, none is made again
    calls = []
    real = Objective.evaluate
    monkeypatch.setattr(Objective, "evaluate", lambda self, *rest: calls.append(1) or real(self, *rest))
    spec = ObjectiveSpec("dataset", where) if where == "linear-4-3" else surface(where)
    run = after(spec, lane(name, **settings), 12)
    evaluations = column(run, "evaluations")
    assert evaluations[0] == 0
    assert np.all(np.diff(evaluations) > 0)
    np.testing.assert_array_equal(np.diff(evaluations), column(run, "evals")[1:, 0])
    # the first row evaluates once; L-BFGS may leave its last point unevaluated, then the trace evaluates it
    looks = 1
    if name == "lbfgs" and "strong_wolfe" not in settings:
        unseen = column(run, "iterations")[1:, 0] == settings.get("max_iter", 1)
        looks += int(np.sum(unseen & (column(run, "alpha")[1:, 0] > 0)))
    exact_hessians = 12 * 2 if name == "newton" and where == "rosenbrock" else 0
    assert len(calls) - looks + exact_hessians == evaluations[-1]


def test_a_first_order_lane_counts_its_updates() -> None:
    run = after(surface("rosenbrock"), Lane("a", "adam"), 50)
    np.testing.assert_array_equal(column(run, "evaluations"), column(run, "update"))


def test_evaluations_reach_conditions_measures_and_the_axis() -> None:
    lanes = (Lane("newton", "newton"), Lane("adam", "adam"))
    session = Session(Experiment(surface("rosenbrock"), lanes))
    snapshot = session.apply(Step(9))
    newton, adam = snapshot.lanes
    assert snapshot.measure(parse_quantity("newton.evaluations")) == newton.evaluations > 27
    assert snapshot.measure(parse_quantity("adam.evaluations")) == 9
    assert snapshot.measure(parse_quantity("newton.evals[0]")) == newton.row[newton.trace.layout.block("evals")][0]
    x = X_AXES["evaluations"].values(newton, np.arange(10.0))
    np.testing.assert_array_equal(x, newton.trace.rows[:, Column.EVALUATIONS])
    np.testing.assert_array_equal(X_AXES["evaluations"].values(adam, np.arange(10.0)), np.arange(10.0))
    assert axes_of(snapshot) == ("updates", "evaluations")
    assert axes_of(Session(Experiment(surface("rosenbrock"), lanes[1:])).snapshot()) == ("updates",)


# Time travel ----------------------------------------------------------------------------------------


def four(spec: Specification) -> Experiment:
    stepped = Schedule("step", {"every": 5.0, "factor": 0.5})
    lanes = [Lane(name, name, schedule=stepped) for name in NAMES]
    return Experiment(spec, (*lanes, Lane("wolfe", "lbfgs", None, {"max_iter": 3.0}, {"strong_wolfe": True})))


@pytest.mark.jit
@pytest.mark.parametrize("spec", [surface("rosenbrock"), surface("himmelblau"), ObjectiveSpec("dataset", "linear-4-3")])
def test_back_is_exact_and_the_size_of_steps_changes_nothing(spec: Specification) -> None:
    def rows(session: Session) -> dict[str, bytes]:
        return {view.name: view.trace.rows.tobytes() for view in session.snapshot().lanes}

    session = Session(four(spec))
    session.apply(Step(50))
    there = rows(session)
    for n in (1, 7, 23, 50):
        session.apply(Back(n))
        for _ in range(n):
            session.apply(Step(1))
        assert rows(session) == there
    session.apply(Back(20))
    here = rows(session)
    one = Session(four(spec))
    for _ in range(10):
        one.apply(Step(3))
    assert rows(one) == here
    session.apply(Reset())
    session.apply(Step(50))
    assert rows(session) == there


def test_a_branch_and_an_edit_keep_the_past_and_change_the_future() -> None:
    session = Session(Experiment(surface("rosenbrock"), (Lane("a", "bfgs"),)))
    session.apply(Step(6))
    session.apply(Branch("a", "b"))
    session.apply(Set("b.c2", 0.01))
    a, b = session.apply(Step(6)).lanes
    np.testing.assert_array_equal(a.trace.rows[:7], b.trace.rows[:7])
    assert not np.array_equal(a.row, b.row)


# What is refused ------------------------------------------------------------------------------------


@every_solver
def test_batches_noise_decay_and_clipping_are_refused_with_a_reason(name: str) -> None:
    data = ObjectiveSpec("dataset", "linear-4-3")
    with pytest.raises(ParameterError, match="full batches only"):
        Session(Experiment(data, (Lane("a", name, sampling=Sampling(20)),)))
    with pytest.raises(ParameterError, match="exact gradients"):
        Session(Experiment(ObjectiveSpec("surface", "rosenbrock", noise=0.1), (Lane("a", name),)))
    for key in ("weight_decay", "clip_norm", "clip_value"):
        with pytest.raises(ParameterError, match=f"takes no {key}"):
            Lane("a", name, settings={key: 0.1})
    assert "weight_decay" not in Lane("a", name).values()
    with pytest.raises(ParameterError, match="did you mean 'lr'"):
        Lane("a", name, settings={"lrr": 0.1})


# What is shown --------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"strong_wolfe": True}], ids=str)
@every_solver
def test_the_lines_shown_hold_the_numbers_of_the_update(name: str, options: dict[str, bool]) -> None:
    if options and name != "lbfgs":
        pytest.skip("an option of lbfgs")
    made = Lane("a", name, None, {}, options)
    run = after(surface("rosenbrock"), made, 5)
    assert run.before is not None
    assert all(line.value is None and line.symbols for line in run.rule.lines())
    for place in (0, 1):
        lines = {line.name: line for line in run.rule.explain({}, run.before.numbers, place)}
        assert lines["θ"].value == run.theta[place]
        assert lines["d"].value == column(run, "d")[-1, place]
        assert lines["α"].value == column(run, "alpha")[-1, 0] == column(run, "effective_lr")[-1, 0]
        assert lines["evaluations"].value == np.diff(column(run, "evaluations"))[-1]
        assert not any("{" in line.numbers or "_" in line.numbers for line in lines.values())
        product = np.sum(column(run, "grad")[-1] * column(run, "d")[-1])
        assert lines["gᵀd"].value == pytest.approx(product, rel=1e-12)


def test_velocity_is_the_direction_and_there_is_no_accumulator() -> None:
    run = after(surface("rosenbrock"), lane("newton"), 3)
    np.testing.assert_array_equal(column(run, "velocity"), column(run, "d"))
    assert run.layout.block("accumulator") is None
    step = np.diff(column(run, "theta"), axis=0)
    np.testing.assert_allclose(step, column(run, "alpha")[1:] * column(run, "d")[1:], rtol=1e-9)


def test_a_scenario_with_a_solver_on_batches_is_at_fault_where_it_says_so() -> None:
    head = 'format = 1\ntitle = "t"\n[objective]\nkind = "dataset"\nname = "linear-4-3"\n[lanes.n]\n'
    good = parse_scenario((head + 'optimizer = "lbfgs"\nstrong_wolfe = true\nmax_iter = 20\n').encode())
    assert good.experiment.lanes[0].rule.options == {"strong_wolfe": True}
    with pytest.raises(ScenarioError, match="8:12: error: newton takes full batches only"):
        parse_scenario((head + 'optimizer = "newton"\nsampling = 20\n').encode())
    with pytest.raises(ScenarioError, match="8:16: error: newton takes no weight_decay"):
        parse_scenario((head + 'optimizer = "newton"\nweight_decay = 0.1\n').encode())


@every_solver
@pytest.mark.parametrize("options", [{}, {"strong_wolfe": True}])
def test_a_solver_that_stands_still_goes_on_as_if_every_update_were_made(
    name: str, options: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    if options and name != "lbfgs":
        pytest.skip("an option of lbfgs")
    made, spec = lane(name, (2.0, 2.5), **options), surface("himmelblau")
    runs, counts = [after(spec, made, 400)], []
    monkeypatch.setattr(SolverState, "repeats", lambda *_states: False)
    update = SolverStepper._update
    monkeypatch.setattr(SolverStepper, "_update", lambda *of: counts.append(1) or update(*of))
    runs.append(after(spec, made, 400))
    assert len(counts) == 400
    starts = [run.before for run in runs]
    assert starts[0] is not None and starts[1] is not None
    for each in ("theta", "slots", "grad"):
        np.testing.assert_array_equal(getattr(starts[0], each), getattr(starts[1], each))
    for each in ("update", "evaluations", "loss", "grad_norm", "theta", "alpha"):
        np.testing.assert_array_equal(column(runs[0], each), column(runs[1], each))
    monkeypatch.undo()
    monkeypatch.setattr(SolverStepper, "_update", lambda *of: counts.append(1) or update(*of))
    again = after(spec, made, 400)
    assert len(counts) - 400 < 60
    # what comes after it counts as before: an edit, the way back, a limit on how long nothing improves
    again.back(350)
    again.edit("lr", 0.5)
    again.advance(3)
    assert again.update == 53 and column(again, "lr")[-1] == 0.5
    patient = replace(made, stop=Stop(patience=10))
    assert after(spec, patient, 400).update == column(after(spec, patient, 400), "update")[-1] < 100


@pytest.mark.parametrize("record", [0, 7, 300])
def test_every_so_many_updates_of_a_solver_that_stands_still_are_recorded(
    record: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows() -> np.ndarray:
        run = LaneRun(lane("newton", (2.0, 2.5)), surface("himmelblau").build(), 0)
        run.record_every(record, 1000)
        for updates in (5, 400, 595):
            run.advance(updates)
        return run.trace.view().rows

    found = rows()
    monkeypatch.setattr(SolverState, "repeats", lambda *_states: False)
    np.testing.assert_array_equal(found, rows())
    assert found[-1, Column.UPDATE] == 1000 and (not record or len(found) > 1000 // record)


def test_a_state_with_a_memory_of_its_own_kind_repeats_nothing() -> None:
    """A rule from elsewhere may keep a list, and change it in place: only what cannot change is compared."""

    @dataclass(frozen=True, eq=False)
    class Remembering(SolverState):
        past: list[np.ndarray] = field(default_factory=list)

    theta = np.array([1.0, 2.0])
    past = [theta, theta]
    for other in (past, [theta.copy(), theta.copy()]):
        assert not Remembering(theta, 1.0, theta, past).repeats(Remembering(theta, 1.0, theta, other))
    assert SolverState(theta, 1.0, theta).repeats(SolverState(theta.copy(), 1.0, theta.copy()))
