"""The lines of clipping and decay say what was done, in the way of each library."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.insight.transform_lines import transform_numbers
from gdtui.objectives.specs import ObjectiveSpec, Specification
from gdtui.optimizers import REGISTRY
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step

SURFACE = ObjectiveSpec()
NETWORK = ObjectiveSpec("dataset", "xor", layers=(2, 3, 1), activation="tanh", loss="bce", init="xavier")
FIRST_ORDER = [(o.name, d) for o in REGISTRY.values() for r in o.rules for d in r.dialects if r.common]


def after(objective: Specification, optimizer: str, dialect: str, **settings: float):
    """One lane after three updates."""
    lane = Lane("a", optimizer, dialect, settings={"lr": 0.01, **settings})
    session = Session(Experiment(objective, (lane,)))
    session.apply(Step(3))
    (run,) = session.simulation.lanes.values()
    return session.snapshot().lanes[0], run


@pytest.mark.parametrize(("optimizer", "dialect"), list(dict.fromkeys(FIRST_ORDER)))
def test_the_lines_end_in_what_the_rule_got(optimizer: str, dialect: str) -> None:
    objective = NETWORK if optimizer in ("adafactor", "lars", "lamb", "novograd") or dialect == "optax" else SURFACE
    if (optimizer, dialect) == ("muon", "pytorch"):
        pytest.skip("takes matrices only")
    lane, _run = after(objective, optimizer, dialect, clip_norm=0.05, clip_value=0.02, weight_decay=0.1)
    before = lane.before
    for place in range(len(before.raw)):
        lines = transform_numbers(before, place)
        got = {line.name: line.value for line in lines}
        assert got["g"] == before.grad[place]
        assert got.get("θ", before.start[place]) == before.theta[place]


def test_each_dialect_clips_and_decays_as_its_library() -> None:
    clip, decay, lr = 0.05, 0.1, 0.01
    for dialect in ("paper", "pytorch", "keras", "optax"):
        lane, run = after(NETWORK, "adam", dialect, clip_norm=clip, weight_decay=decay)
        before = lane.before
        raw = before.raw
        spans = [slice(first, first + rows * cols) for first, rows, cols in run._blocks]
        assert len(spans) == 4
        norms = np.concatenate([np.full(len(raw[s]), np.linalg.norm(raw[s])) for s in spans])
        whole = np.linalg.norm(raw)
        clipped = {
            "pytorch": raw * min(1.0, clip / (whole + 1e-6)),
            "keras": raw * clip / np.maximum(norms, clip),
        }.get(dialect, raw * min(1.0, clip / whole))
        start = before.start
        decoupled = dialect in ("keras", "optax")
        np.testing.assert_allclose(before.grad, clipped if decoupled else clipped + decay * start, rtol=1e-14)
        np.testing.assert_allclose(before.theta, start * (1 - lr * decay) if decoupled else start, rtol=1e-14)


def test_a_gradient_within_the_bounds_is_handed_over_as_it_is() -> None:
    lane, _run = after(SURFACE, "gd", "plain")
    assert transform_numbers(lane.before, 0) == ()
    assert np.array_equal(lane.before.raw, lane.before.grad)
    lane, _run = after(SURFACE, "gd", "plain", clip_norm=1e9, clip_value=1e9)
    assert np.array_equal(lane.before.raw, lane.before.grad)
