"""The JSON Schema that editors complete by: it agrees with the models, with every lesson, and with no broken file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.read.json_schema import schema, schema_text
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.scenario.read.selection import folder, shipped
from gdtui.scenario.write.record import SCHEMA, to_toml
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane, Stop
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.verbs import VERBS, Add, Branch, Mark, Step

VALIDATOR = jsonschema.Draft202012Validator(schema())
HEAD = 'format = 1\ntitle = "t"\n[objective]\nkind = "surface"\nname = "sphere"\n[lanes.a]\noptimizer = "gd"\n'


def valid(text: str) -> bool:
    document: Any = json.loads(json.dumps(tomllib.loads(text), default=str))
    return bool(VALIDATOR.is_valid(document))


def loads(text: str) -> bool:
    try:
        parse_scenario(text.encode(), Path("s.toml"))
    except ScenarioError:
        return False
    return True


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_stored_one_is_the_one_that_is_printed() -> None:
    stored = (folder() / SCHEMA).read_text(encoding="utf-8")
    assert stored == schema_text(), "run: gdtui schema > scenarios/scenario.schema.json"


@pytest.mark.parametrize("path", shipped(), ids=lambda p: p.stem)
def test_every_shipped_scenario_is_valid(path: Path) -> None:
    errors = list(VALIDATOR.iter_errors(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert not errors, errors[0].message


@pytest.mark.parametrize("path", shipped(), ids=lambda p: p.stem)
def test_every_shipped_scenario_tells_editors_where_it_is(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith(f"#:schema ./{SCHEMA}\n")
    assert (path.parent / SCHEMA).is_file()


def act(text: str) -> str:
    return f"{HEAD}[script]\ndo = [{text}]\n"


GOOD = {
    "no script": HEAD,
    "a limit": "limits = { updates = 5 }\n" + HEAD,
    "an expression": HEAD.replace('kind = "surface"\nname = "sphere"', 'kind = "expression"\nformula = "x**2"'),
    "a dataset": HEAD.replace('"surface"\nname = "sphere"', '"dataset"\nname = "linear-4-3"'),
    "sampling": HEAD + "sampling = 20\n",
    "sampling with words": HEAD + 'sampling = { batch = 3, shuffle = "once" }\n',
    "a schedule": HEAD + 'schedule = { kind = "step", every = 3 }\n',
    "a stop": HEAD + "stop = { loss = 0.1 }\n",
    "clipping": HEAD + "clip_norm = 1\n",
    "an option that is a number too": HEAD.replace('"gd"', '"rmsprop"\ndialect = "pytorch"\nmomentum = 0.5'),
    "a step": act("{ step = 1 }"),
    "back to a mark": act('{ mark = "m" }, { back = "m" }'),
    "an expectation": act('{ expect = "a.theta", near = [0.0, 1.0], abs = 9.0 }'),
    "a branch": act('{ branch = "a", as = "b" }'),
    "another lane": act('{ add = "b", optimizer = "adam", lr = 0.1, stream = "a" }'),
    "a lane of other nature": act(
        '{ replace = "a", optimizer = "gd", sampling = "single" }, { rename = "a", as = "b" }'
    ),
    "an experiment of other nature": act("{ seed = 3 }, { noise = 0.1 }, { mute = [] }, { move = 'a', to = 1 }"),
    "words on the screen": act('{ expect_screen = ["a", "b"] }, { press = "q" }, { resize = [80, 24] }, { wait = 1 }'),
    "a question": act('{ ask = "?", answer = "!" }, { say = "." }, { screenshot = "s" }, { reset = true }'),
}
BAD = {
    "no title": HEAD.replace('title = "t"\n', ""),
    "another format": HEAD.replace("1", "2", 1),
    "no objective": HEAD.replace('[objective]\nkind = "surface"\nname = "sphere"\n', ""),
    "no lanes": HEAD.replace('[lanes.a]\noptimizer = "gd"\n', ""),
    "an unknown key": "titel = 1\n" + HEAD,
    "an unknown key in a table": HEAD.replace("[lanes", "starts = [1]\n[lanes"),
    "a surface that is none": HEAD.replace("sphere", "spere"),
    "a kind that is none": HEAD.replace('"surface"', '"surfaces"'),
    "an optimizer that is none": HEAD.replace('"gd"', '"gdd"'),
    "a dialect that is none": HEAD + 'dialect = "kears"\n',
    "a misspelt hyperparameter": HEAD + "lrr = 0.1\n",
    "a hyperparameter that is a word": HEAD + 'lr = "0.1"\n',
    "a lane with a bad name": HEAD.replace("lanes.a", 'lanes."1 a"'),
    "a batch of nothing": HEAD + "sampling = 0\n",
    "a sampling that is none": HEAD + 'sampling = "fulll"\n',
    "a schedule that is none": HEAD + 'schedule = { kind = "stepp", every = 3 }\n',
    "a schedule that lacks a key": HEAD + 'schedule = { kind = "step" }\n',
    "a schedule with a fraction of updates": HEAD + 'schedule = { kind = "step", every = 1.5 }\n',
    "a negative limit": "limits = { seconds = -1.0 }\n" + HEAD,
    "a step of nothing": act("{ step = 0 }"),
    "a step of a part": act("{ step = 1.5 }"),
    "an unknown verb": act("{ stepp = 1 }"),
    "two verbs": act("{ step = 1, epoch = 1 }"),
    "an empty act": act("{ }"),
    "until without max": act('{ until = "a.loss < 1" }'),
    "set without to": act('{ set = "a.lr" }'),
    "near without how near": act('{ expect = "a.loss", near = 1.0 }'),
    "how near without near": act('{ expect = "a.loss", eq = 1.0, abs = 0.1 }'),
    "an expectation of nothing": act('{ expect = "a.loss" }'),
    "an expectation of true": act('{ expect = "a.loss", eq = true }'),
    "a question without an answer": act('{ ask = "?" }'),
    "a screenshot with a path": act('{ screenshot = "../s" }'),
    "a replacement without an optimizer": act('{ replace = "a" }'),
    "a place before the first": act('{ move = "a", to = 0 }'),
    "a negative seed": act("{ seed = -1 }"),
    "negative noise": act("{ noise = -0.1 }"),
    "a lane to mute that is a number": act("{ mute = [1] }"),
    "reset false": act("{ reset = false }"),
    "a tiny screen": act("{ resize = [1, 1] }"),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=list(GOOD))
def test_what_loads_is_valid(text: str) -> None:
    assert loads(text)
    assert valid(text)


@pytest.mark.parametrize("text", BAD.values(), ids=list(BAD))
def test_broken_files_are_not_valid(text: str) -> None:
    assert not loads(text)
    assert not valid(text)


def test_every_verb_has_a_schema() -> None:
    acts = schema()["properties"]["script"]["properties"]["do"]["items"]["anyOf"]
    assert [entry["required"][0] for entry in acts] == list(VERBS)


def test_a_recorded_session_is_valid() -> None:
    lane = Lane(
        "a", "adam", "keras", {"lr": 0.1, "clip_norm": 1.0}, {"bias_correction": False}, Sampling(20, "once", True),
        (1.0, 2.0), "b", Schedule("cosine", {"updates": 9}), Stop(loss=0.1, patience=3),
    )  # fmt: skip
    session = Session(Experiment(ObjectiveSpec("dataset", "linear-4-3", rows=50), (lane,)))
    for command in (Step(3), Mark("m"), Branch("a", "c"), Add(Lane("d", "gd"), "a", 2)):
        session.apply(command)
    assert valid(to_toml(session, "t"))
