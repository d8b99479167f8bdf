"""Decay, clipping and schedules combine with every optimizer as the dialect's library does it, to a relative 1e-12."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from gdtui.objectives.specs import TapeSpec
from gdtui.optimizers import find
from gdtui.simulation.experiment import Lane
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.schedules import Schedule
from tests.optimizers.cases import DIALECT, RULES, recorded, recording_id, reference, relative_error
from tests.record.streams import stream

FILE = Path(__file__).parents[1] / "reference" / "combinations.json"
RECORDS = json.loads(FILE.read_text(encoding="utf-8"))["records"]

#: Relative, of every parameter after every update, as in test_recordings.
TOLERANCE = 1e-12

#: Dialects that no library has, although a recording has their arithmetic: (library, optimizer) → dialect, and the
#: extras that are the same in library and paper. Clipping in a paper is by global norm, as in Keras.
PAPER = {
    ("torch", "adam"): ("paper", {"weight_decay", "clip_value", "schedule"}),
    ("optax", "adam"): ("paper", {"clip_norm", "clip_value", "schedule"}),
    ("optax", "rmsprop"): ("notes", {"clip_norm", "clip_value", "schedule"}),
    ("keras", "gd"): (None, {"global_clip_norm"}),
    ("keras", "momentum"): ("classical", {"global_clip_norm"}),
    ("keras", "nesterov"): ("classical", {"global_clip_norm"}),
    ("keras", "rmsprop"): ("notes", {"global_clip_norm"}),
    ("keras", "adadelta"): ("paper", {"global_clip_norm"}),
}


def of(record):
    """Return (optimizer, dialect, options, own settings) of a record."""
    known, sparse = record, record["class"] == "SparseAdam"
    if sparse:
        known = {**record, "class": "Adam"}
    elif record["class"] == "sgd" and "momentum" not in record["kwargs"]:
        known = {**record, "library": "keras", "class": "SGD"}  # `recorded` knows optax's with momentum only
    rule, settings, _ = recorded(known)
    dialect = DIALECT[record["library"]]
    options = {**rule.options, "sparse": True} if sparse else rule.options
    return rule.name, dialect if dialect in find(rule.name).dialects else None, options, settings


def lane_of(record, paper=False):
    """Return the lane of a record; in a paper's dialect if asked for."""
    optimizer, dialect, options, settings = of(record)
    if paper:
        dialect = PAPER[record["library"], optimizer][0]
        options = {key: value for key, value in options.items() if key in find(optimizer).options(dialect)}
    extras = dict(record["extras"])
    table = extras.pop("schedule", {"kind": "constant"})
    schedule = Schedule(table["kind"], {key: float(value) for key, value in table.items() if key != "kind"})
    settings |= {key.removeprefix("global_"): value for key, value in extras.items()}
    return Lane("a", optimizer, dialect, settings=settings, options=options, schedule=schedule)


def tape_of(record):
    """The gradients of a record as an objective with its blocks."""
    theta0, gradients = stream(reference(), record["blocks"])
    tape = TapeSpec(tuple(tuple(g) for g in gradients[: len(record["theta"])]), start=tuple(theta0)).build()
    sizes = [rows * cols for rows, cols in record["blocks"]]
    firsts = np.cumsum([0, *sizes[:-1]])
    blocks = np.array([(first, *size) for first, size in zip(firsts, record["blocks"], strict=True)], dtype=np.int64)
    return dataclasses.replace(tape, blocks=blocks)


def errors(record, lane):
    """The relative error of every parameter after every update."""
    run = LaneRun(lane, tape_of(record), seed=0)
    run.advance(len(record["theta"]))
    theta = run.trace.view().rows[1:, run.layout.block("theta")]
    want = np.array(record["theta"])
    assert theta.shape == want.shape, run.reason
    return relative_error(theta, want)


def combination_id(record):
    extras = {**record["extras"], **record["extras"].get("schedule", {})}
    said = [f"{key}={value:.3g}" for key, value in extras.items() if isinstance(value, int | float)]
    return "-".join([recording_id(record), *said, *([extras["kind"]] if "kind" in extras else [])])


def is_a_dialect(record):
    """Return whether a dialect has this combination: none has Keras's global norm, and gd has no library's clipping."""
    extras, library = set(record["extras"]), record["library"]
    other = of(record)[1] is None and "clip_norm" in extras and library != "optax"
    return "global_clip_norm" not in extras and not other


def is_a_paper(record):
    optimizer, _, options, _ = of(record)
    _, extras = PAPER.get((record["library"], optimizer), (None, set()))
    return set(record["extras"]) <= extras and "sparse" not in options


@pytest.mark.parametrize("record", [r for r in RECORDS if is_a_dialect(r)], ids=combination_id)
def test_a_lane_combines_them_as_the_library_does(record):
    assert np.max(errors(record, lane_of(record))) <= TOLERANCE


@pytest.mark.parametrize("record", [r for r in RECORDS if is_a_paper(r)], ids=combination_id)
def test_a_papers_dialect_has_decay_in_the_gradient_and_one_norm_for_all_blocks(record):
    assert np.max(errors(record, lane_of(record, paper=True))) <= TOLERANCE


def test_every_first_order_dialect_of_a_library_is_recorded():
    libraries = set(DIALECT.values())
    rules = {(rule.name, dialect) for rule in RULES for dialect in rule.dialects if dialect in libraries}
    assert rules <= {of(record)[:2] for record in RECORDS}


def test_both_norms_are_told_apart():
    """The norms of the gradient's two blocks differ so much that per-variable and global clipping differ."""
    _, gradients = stream(reference(), [[4, 1], [2, 1]])
    lengths = [(np.linalg.norm(g[:4]), np.linalg.norm(g[4:])) for g in gradients[:15]]
    assert any(a > 1 > b for a, b in lengths) and any(a > 1 and b > 1 for a, b in lengths)
