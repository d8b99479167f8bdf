"""Specifications: what they refuse, what they say of themselves, and that a replay builds one objective."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdtui.errors import ObjectiveError
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import KINDS, CsvSpec, DatasetSpec, ObjectiveSpec, Specification, SurfaceSpec, TapeSpec
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import ScenarioError, load_scenario, parse_scenario


@pytest.mark.parametrize(
    ("kind", "keys", "found"),
    [
        ("surface", {}, SurfaceSpec("rosenbrock")),
        ("dataset", {"name": "xor", "rows": None}, DatasetSpec("xor")),
        ("dataset", {"csv": "a.csv", "target": ("y",)}, CsvSpec("a.csv", ("y",))),
        ("tape", {"pattern": "step"}, TapeSpec(pattern="step")),
    ],
)
def test_the_keys_choose_the_specification(kind: str, keys: dict[str, object], found: Specification) -> None:
    assert ObjectiveSpec(kind, **keys) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("kind", {"kind": "surfaces"}),
        ("noise", {"kind": "surface", "noise": -1.0}),
        ("noise", {"kind": "dataset", "name": "xor", "noise": 1.0}),
        ("name", {"kind": "dataset"}),
        ("name", {"kind": "dataset", "name": "xor", "csv": "a.csv"}),
        ("formula", {"kind": "expression"}),
        ("target", {"kind": "dataset", "name": "xor", "target": ("y",)}),
    ],
)
def test_what_is_no_specification_is_refused_by_its_key(key: str, keys: dict[str, object]) -> None:
    with pytest.raises(ObjectiveError) as error:
        ObjectiveSpec(**keys)  # type: ignore[arg-type]
    assert error.value.key == key


def test_given_are_the_keys_that_differ_from_their_defaults() -> None:
    spec = DatasetSpec("xor", layers=(2, 3, 1), validation=0.25)
    assert spec.given() == {"name": "xor", "layers": (2, 3, 1), "validation": 0.25}
    assert spec.without(["layers", "name"]) == DatasetSpec("xor", validation=0.25)


def test_every_kind_has_a_word_of_its_own() -> None:
    assert all(spec.kind == kind for kind, specs in KINDS.items() for spec in specs)


SCENARIO = """format = 1
title = "t"
[objective]
kind = "dataset"
name = "xor"
validation = 0.25
[run]
seed = 5
[lanes.a]
optimizer = "adam"
[script]
do = [{ step = 3 }, { add = "b", optimizer = "OPTIMIZER" }, { step = 1 }]
"""


def test_a_replay_builds_its_objective_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "once.toml"
    path.write_text(SCENARIO.replace("OPTIMIZER", "gd"))
    built: list[Objective] = []
    build = DatasetSpec.build

    def counted(spec: DatasetSpec, seed: int = 0) -> Objective:
        built.append(build(spec, seed))
        return built[-1]

    monkeypatch.setattr(DatasetSpec, "build", counted)
    report = replay(load_scenario(path))
    assert report.passed and len(built) == 1
    assert report.final.objective is built[0]
    # the run's seed, not 0, has split the rows
    assert built[0].start.tolist() == build(DatasetSpec("xor", validation=0.25), 5).start.tolist()


def test_checking_finds_an_added_optimizer_that_does_not_fit() -> None:
    text = SCENARIO.replace('name = "xor"\nvalidation = 0.25', 'name = "xor"').replace("OPTIMIZER", "muon")
    parse_scenario(text.encode())
    surface = text.replace('kind = "dataset"\nname = "xor"', 'kind = "surface"\nname = "sphere"\nnoise = 0.1')
    with pytest.raises(ScenarioError, match="needs exact gradients"):
        parse_scenario(surface.replace("muon", "newton").encode())
