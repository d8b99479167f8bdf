"""Lanes stop where they are told to, say why, and go back over it exactly."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane, Stop
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Back, Epoch, Step

SPHERE = ObjectiveSpec("surface", "sphere", start=(3.0, 4.0))


def run(stop: Stop, lr: float = 0.1, updates: int = 300) -> Session:
    session = Session(Experiment(SPHERE, (Lane("a", "gd", settings={"lr": lr}, stop=stop),)))
    session.apply(Step(updates))
    return session


def test_loss_below_a_threshold() -> None:
    lane = run(Stop(loss=1e-3)).snapshot().lanes[0]
    # closed form: theta shrinks by 1 - 2·lr an update, the loss by its square: 25·0.8^(2t) < 1e-3
    expected = next(t for t in range(1000) if 25 * 0.8 ** (2 * t) < 1e-3)
    assert (lane.update, lane.status) == (expected, "converged")
    assert lane.status_text == f"converged at update {expected}: loss < 0.001"


def test_gradient_near_zero() -> None:
    lane = run(Stop(grad_norm=1e-6)).snapshot().lanes[0]
    expected = next(t for t in range(1000) if 10 * 0.8**t < 1e-6)
    assert lane.status_text == f"converged at update {expected}: ‖g‖ < 1e-6"
    assert lane.position == 300


@pytest.mark.parametrize(("bound", "said"), [(1e-6, "1e-6"), (1e-12, "1e-12"), (0.25, "0.25")])
def test_a_threshold_is_said_as_people_write_it(bound: float, said: str) -> None:
    assert run(Stop(grad_norm=bound)).snapshot().lanes[0].status_text.endswith(f": ‖g‖ < {said}")


def test_no_improvement() -> None:
    lane = run(Stop(patience=5), lr=1.0).snapshot().lanes[0]  # lr 1 jumps from side to side for ever
    assert lane.status_text == "converged at update 6: no improvement for 5 updates"


def test_maximum() -> None:
    session = run(Stop(updates=20))
    lane = session.snapshot().lanes[0]
    assert lane.status_text == "ended at update 20: its last update"
    assert session.apply(Back(281)).lanes[0].status == "going"
    assert session.apply(Step(1)).lanes[0].status == "ended"


@pytest.mark.parametrize("stop", [Stop(loss=1e-3), Stop(grad_norm=1e-3), Stop(patience=4), Stop(updates=30)])
@pytest.mark.parametrize("size", [1, 7, 300])
def test_where_it_stops_does_not_depend_on_the_steps_nor_on_going_back(stop: Stop, size: int) -> None:
    straight = run(stop, lr=0.9).snapshot().lanes[0]
    session = Session(Experiment(SPHERE, (Lane("a", "gd", settings={"lr": 0.9}, stop=stop),)))
    for _ in range(0, 300, size):
        session.apply(Step(size))
    position = session.apply(Back(session.snapshot().lanes[0].position - straight.update // 2)).lanes[0].position
    lane = session.apply(Step(300 - position)).lanes[0]
    assert lane.trace.rows.tobytes() == straight.trace.rows.tobytes()
    assert lane.status_text == straight.status_text


def test_the_angle_of_a_batch_to_the_full_gradient() -> None:
    lanes = (
        Lane("full", "gd", settings={"lr": 0.01}),
        Lane("mini", "gd", settings={"lr": 0.01}, sampling=Sampling(20)),
        Lane("single", "gd", settings={"lr": 0.01}, sampling=Sampling(1)),
    )
    session = Session(Experiment(ObjectiveSpec("dataset", "gaussian-1000x10", rows=200), lanes))
    snapshot = session.apply(Epoch(2))
    full, mini, single = (lane.trace.rows[1:] for lane in snapshot.lanes)
    column = snapshot.lanes[0].trace.layout.column("angle")
    assert np.all(np.isnan(full[:, column]))
    assert 0 < np.median(mini[:, column]) < np.median(single[:, column])
    # by hand, at one update, in NumPy
    run_ = session.simulation.lanes["single"]
    row = single[41]
    theta = single[40, snapshot.lanes[0].trace.layout.block("theta")]
    data = run_.objective.data
    error = np.column_stack((data[:, :10], np.ones(len(data)))) @ theta - data[:, 10]
    gradient = 2 * np.column_stack((data[:, :10], np.ones(len(data)))).T @ error / len(data)
    batch = row[snapshot.lanes[0].trace.layout.block("grad")]
    cosine = batch @ gradient / np.linalg.norm(batch) / np.linalg.norm(gradient)
    assert row[column] == pytest.approx(np.degrees(np.arccos(cosine)), rel=1e-9)
    snr = snapshot.lanes[0].trace.layout.column("snr")
    assert row[snr] == pytest.approx(np.linalg.norm(gradient) / np.linalg.norm(batch - gradient), rel=1e-9)
