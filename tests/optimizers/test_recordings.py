"""Every update of PyTorch, Keras and optax on one stream of gradients, to a relative 1e-12."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.optimizers.cases import State, recorded, recording_id, reference, relative_error
from tests.record.streams import stream

MORE_FILE = Path(__file__).parents[1] / "reference" / "more_optimizers.json"
MORE = json.loads(MORE_FILE.read_text(encoding="utf-8"))["records"]

#: Relative only: no recording comes so close to 0 by cancellation that it needs an absolute tolerance. The worst two
#: are plain SGD (5e-13 at update 28, coordinate 2: 0.0009 remains of terms up to 0.75, that is 5 ulp of those) and
#: torch's ASGD at the same place (3e-13): the libraries fuse multiply and add, gdtui does not.
TOLERANCE = 1e-12


def errors(record):
    """The relative error of every parameter after every update."""
    rule, settings, decay = recorded(record)
    theta0, gradients = stream(reference(), record.get("blocks", [[4, 1]]))
    sizes = [(rows, cols) for rows, cols in record.get("blocks", [[4, 1]])]
    firsts = np.cumsum([0, *(rows * cols for rows, cols in sizes)])
    blocks = np.array([(first, *size) for first, size in zip(firsts, sizes, strict=False)], dtype=np.int64)
    state = State.start(rule, theta0, settings, blocks)
    found = []
    for g, want in zip(gradients, record["theta"], strict=False):
        state.update(np.array(g) + decay * state.theta)  # L2 weight decay as the lane adds it
        found.append(relative_error(state.theta, np.array(want)))
    return np.array(found)


@pytest.mark.parametrize("record", reference()["records"], ids=recording_id)
def test_recording(record):
    assert np.max(errors(record)) <= TOLERANCE


@pytest.mark.parametrize("record", MORE, ids=recording_id)
def test_recording_of_blocks_and_rarer_settings(record):
    assert np.max(errors(record)) <= TOLERANCE


def test_all_45_recordings_are_there():
    assert len(reference()["records"]) == 45
    assert len(reference()["gradients"]) == 60
