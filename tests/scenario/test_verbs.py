"""A verb is one file: it is found, read, checked, replayed, recorded and described without a line elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.verbs import VERBS, Action
from gdtui.verbs.on_screen import is_key

ROOT = Path(__file__).resolve().parents[2]

NUDGE = '''"""`{ nudge = "a", twice = true }`."""

from gdtui.text import _
from gdtui.verbs.base import Action, Count, verb


@verb
class Nudge(Action):
    """Step one or more times, for a lane."""

    nudge: str
    times: Count = 1

    def apply(self, session):
        """Make the steps."""
        session.simulation.lane(self.nudge)
        session.simulation.step(self.times, session.interrupt)

    def check(self, point):
        """Check that the lane exists."""
        point.lane("nudge", self.nudge)

    def most_updates(self, _rows):
        """Count the updates."""
        return self.times
'''

PROGRAM = """
import json, sys
from gdtui import Experiment, Lane, ObjectiveSpec
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.json_schema import schema
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.scenario.write.record import to_toml
from gdtui.session import Session
from gdtui.verbs import VERBS, Action

head = "format = 1\\ntitle = 't'\\n[objective]\\nkind = 'surface'\\nname = 'sphere'\\n[lanes.a]\\noptimizer = 'gd'\\n"

def script(*acts):
    return (head + "[script]\\ndo = [\\n" + "".join(f"  {act},\\n" for act in acts) + "]\\n").encode()

def faults(*acts):
    try:
        parse_scenario(script(*acts))
    except ScenarioError as error:
        return [fault.message for fault in error.faults]
    return []

scenario = parse_scenario(script("{ nudge = 'a', times = 4 }", "{ expect = 'a.update', eq = 4 }"))
session = Session(scenario.experiment)
session.apply(scenario.acts[0].verb)
acts = schema()["properties"]["script"]["properties"]["do"]["items"]["anyOf"]
print(json.dumps({
    "passed": replay(scenario).passed,
    "pages": [page.doing for page in read_lesson(scenario).pages],
    "faults": faults("{ nudge = 'b' }", "{ nudge = 'a', times = 0 }", "{ nudge = 'a', tims = 1 }"),
    "recorded": to_toml(session).splitlines()[-2],
    "schema": [entry for entry in acts if "nudge" in entry["properties"]],
}))
"""


def test_a_verb_is_added_by_one_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "gdtui", tmp_path / "gdtui")  # with its bytecode, which holds for a copy
    (tmp_path / "gdtui" / "verbs" / "nudge.py").write_text(NUDGE)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},  # a verb has no kernels: those of the copy stay uncompiled
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["passed"]
    assert told["pages"] == ["Step one or more times, for a lane"]
    assert told["faults"] == [
        "there is no lane 'b' at this point (there are: a)",
        "times must be ≥ 1, not 0",
        "unknown key 'tims'; did you mean 'times'?",
    ]
    assert told["recorded"] == '  { nudge = "a", times = 4 },'
    (entry,) = told["schema"]
    assert entry["description"] == "Step one or more times, for a lane."
    assert entry["required"] == ["nudge"]
    assert entry["properties"]["times"] == {"default": 1, "maximum": 10**9, "minimum": 1, "type": "integer"}


def test_every_file_of_a_verb_is_named_as_the_verb() -> None:
    for name, verb in VERBS.items():
        assert verb.__module__ == f"gdtui.verbs.{name}"
        assert (verb.__doc__ or "").partition("\n")[0].endswith(".")


def script(*acts: str, optimizer: str = "gd", objective: str = "sphere", head: str = "") -> bytes:
    text = f"format = 1\ntitle = 't'\n{head}[objective]\nkind = 'surface'\nname = '{objective}'\n"
    text += f"[lanes.a]\noptimizer = '{optimizer}'\n[script]\ndo = [\n" + "".join(f"  {act},\n" for act in acts) + "]\n"
    return text.encode()


def faults(*acts: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(script(*acts))
    return [fault.message for fault in caught.value.faults]


def test_an_added_lane_that_does_not_fit_is_found_without_a_replay() -> None:
    (start,) = faults("{ add = 'b', optimizer = 'adam', start = [1.0] }")
    assert start == "sphere has 2 parameters, start has 1"
    (optimizer,) = faults("{ add = 'b', optimizer = 'muon', dialect = 'pytorch' }")
    assert optimizer.startswith("muon (pytorch) takes matrices only")


def test_a_lane_that_has_ended_can_be_expected_to_have() -> None:
    text = script("{ step = 9 }", "{ expect = 'a.loss', is = 'ended' }", "{ expect = 'a.status', eq = 'ended' }")
    text = text.replace(b"optimizer = 'gd'\n", b"optimizer = 'gd'\nstop = { updates = 3 }\n")
    assert replay(parse_scenario(text)).passed


@pytest.mark.parametrize("key", ["nokey", "ctrl+nokey", "shfit+tab", "ctrl+ctrl+a", "f25"])
def test_a_key_that_no_terminal_has_is_refused_without_a_screen(key: str) -> None:
    assert faults(f"{{ press = '{key}' }}") == [f"there is no key {key!r}"]


def test_every_key_of_the_screen_can_be_pressed() -> None:
    from textual.keys import Keys

    from gdtui.tui.screens.bench import Bench

    named = {key.value for key in Keys if not key.value.startswith("<") and key.value != "ctrl-at"}
    bound = {key for binding in Bench.BINDINGS for key in binding.key.split(",")}  # type: ignore[union-attr]
    assert [key for key in sorted(named | bound) if not is_key(key)] == []
    assert all(map(is_key, ("q", "?", "+", "ctrl++", "question_mark", "left_square_bracket", "é")))


def test_updates_that_an_until_makes_count_towards_the_limit() -> None:
    acts = ("{ until = 'a.update >= 40', max = 100 }", "{ step = 20 }")
    report = replay(parse_scenario(script(*acts, head="limits = { updates = 50 }\n")))
    assert [outcome.status for outcome in report.outcomes] == ["passed", "limit"]


def test_a_verb_is_imported_when_it_is_used() -> None:
    """A run needs only Step; the other verbs bring views and readers of tables with them."""
    program = "import sys; from gdtui.verbs import Step; print(Step.name, 'gdtui.view' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["step", "False"]


IN_WORDS = {
    "{ step = 1 }": "1 update on every lane",
    "{ step = 20 }": "20 updates on every lane",
    "{ until = 'a.loss <= 1e-3', max = 2000 }": "updates until a has loss ≤ 0.001, at most 2000",
    "{ back = 2 }": "2 updates back",
    "{ set = 'a.lr', to = 0.5 }": "a: lr is 0.5 from the next update on",
    "{ branch = 'a', as = 'b' }": "a copy of a, with all its past, is called b",
    "{ add = 'b', optimizer = 'adam', dialect = 'keras' }": "a new lane, b: adam keras",
    "{ replace = 'a', optimizer = 'adam' }": "a is computed anew as adam",
    "{ rename = 'a', as = 'b' }": "a is called b from now on",
    "{ move = 'a', to = 1 }": "a moves to place 1 among the lanes",
    "{ reset = true }": "every lane back to its start",
    "{ seed = 7 }": "another seed, 7: every lane is computed anew",
    "{ noise = 0.1 }": "noise of 0.1 on every gradient: every lane is computed anew",
}


@pytest.mark.parametrize(("act", "words"), IN_WORDS.items(), ids=IN_WORDS)
def test_a_page_says_in_words_what_its_act_does(act: str, words: str) -> None:
    head = "format = 1\ntitle = 't'\n[objective]\nkind = 'surface'\nname = 'sphere'\n[lanes.a]\noptimizer = 'gd'\n"
    lesson = read_lesson(parse_scenario(f"{head}[script]\ndo = [{act}]\n".encode()))
    assert [page.doing for page in lesson.pages] == [words]


def test_every_act_that_makes_a_page_is_put_into_words() -> None:
    silent = [name for name, verb in VERBS.items() if issubclass(verb, Action) and "in_words" not in vars(verb)]
    assert [name for name in silent if VERBS[name].changes] == []  # type: ignore[attr-defined]
