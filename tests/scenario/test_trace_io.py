"""The trace as files: the same numbers as in the session, to the bit, whatever the length of the run."""

from __future__ import annotations

import csv
import io
import itertools
import json
import struct

import numpy as np
import pytest

from gdtui.columns import RECORDED
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.play.trace_io import COLUMNS, csv_rows, header, json_rows, trace_rows
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Step

SURFACE = Experiment(
    ObjectiveSpec("surface", "rosenbrock"),
    (Lane("gd", settings={"lr": 1.0}), Lane("adam", "adam", settings={"lr": 0.05}), Lane("m", "momentum")),
)
DATA = Experiment(
    ObjectiveSpec("dataset", "linear-4-3"),
    (Lane("full", settings={"lr": 0.1}), Lane("mini", "adam", sampling=Sampling(20))),
)


def written(experiment: Experiment, updates: int, every: int = 1) -> list[dict[str, str]]:
    session = Session(experiment)
    file = io.StringIO()
    coords = next(iter(session.simulation.lanes.values())).layout.coords
    write = csv_rows(file, header(coords))
    for cells in trace_rows(session, updates, every):
        write(cells)
    return list(csv.DictReader(io.StringIO(file.getvalue())))


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@pytest.mark.parametrize("experiment", [SURFACE, DATA], ids=["surface", "data"])
def test_the_csv_reads_back_as_the_trace_of_a_session_bit_for_bit(experiment: Experiment) -> None:
    rows = written(experiment, 60)
    session = Session(experiment)
    session.apply(Step(60))
    for name, run in session.simulation.lanes.items():
        mine = [row for row in rows if row["lane"] == name]
        trace = run.trace.view().rows
        assert [int(row["update"]) for row in mine] == trace[:, 0].tolist()
        for row, values in zip(mine, trace, strict=True):
            for column, text in row.items():
                vector, _, i = column.rpartition("_")
                place = RECORDED.index(column) if column in RECORDED else run.layout.column(f"{vector}[{i}]")
                if place is not None and text:
                    assert bits(float(text)) == bits(float(values[place])), column
                elif place is not None:
                    assert np.isnan(values[place]), column


def test_the_header_is_the_documented_one() -> None:
    assert ",".join(header((0, 1))) == (
        "lane,update,epoch,samples,evaluations,lr,loss,batch_loss,val_loss,grad_norm,step_norm,status,"
        "theta_0,theta_1,grad_0,grad_1,velocity_0,velocity_1,accumulator_0,accumulator_1"
    )


def test_rows_come_update_by_update_and_a_stopped_lane_has_no_more() -> None:
    rows = written(SURFACE, 30)
    assert [row["lane"] for row in rows[:6]] == ["gd", "adam", "m"] * 2
    assert [int(row["update"]) for row in rows] == sorted(int(row["update"]) for row in rows)
    gone = [row["status"] for row in rows if row["lane"] == "gd"]
    assert gone[-1] == "diverged"
    assert set(gone[:-1]) == {"going"}


def test_what_does_not_apply_is_empty() -> None:
    first, second = written(SURFACE, 1)[1], written(SURFACE, 1)[4]
    assert [name for name in COLUMNS if first[name] == ""] == [
        "epoch",
        "batch_loss",
        "val_loss",
        "grad_norm",
        "step_norm",
    ]
    assert (first["grad_0"], second["grad_0"] != "", second["epoch"]) == ("", True, "")
    assert written(SURFACE, 1)[0]["velocity_0"] == ""  # gd keeps none
    assert written(DATA, 1)[-1]["epoch"] == "0.2"


def test_a_thinned_trace_keeps_each_kth_update_and_every_lanes_last() -> None:
    rows = written(SURFACE, 25, every=10)
    assert [int(row["update"]) for row in rows if row["lane"] == "adam"] == [0, 10, 20, 25]
    last = [int(row["update"]) for row in rows if (row["lane"], row["status"]) == ("gd", "diverged")]
    assert last == [max(int(row["update"]) for row in written(SURFACE, 25) if row["lane"] == "gd")]


def test_json_is_strict_and_tells_nan_from_nothing() -> None:
    session = Session(SURFACE)
    file = io.StringIO()
    with json_rows(file, header((0, 1)), {"seed": 0}) as write:
        for cells in trace_rows(session, 12):
            write(cells)

    def refuse(word: str) -> float:
        raise AssertionError(word)

    document = json.loads(file.getvalue(), parse_constant=refuse)
    last = next(row for row in document["rows"] if row["status"] == "diverged")
    assert last["loss"] in ("Infinity", "NaN")
    assert last["val_loss"] is None
    assert list(document["rows"][0]) == header((0, 1))


def test_a_long_run_streams() -> None:
    """Rows can be had before the run is over, and the session never holds all of them."""
    session = Session(Experiment(ObjectiveSpec("surface", "sphere"), (Lane("gd", settings={"lr": 1e-4}),)))
    rows = trace_rows(session, 80_000, every=1)
    next(itertools.islice(rows, 20_000, None))
    run = session.simulation.lanes["gd"]
    assert run.update < 40_000
    updates = [row[1] for row in rows]
    assert updates == list(range(20_001, 80_001))
    assert len(run.trace.view().rows) < 2 * 32_768
