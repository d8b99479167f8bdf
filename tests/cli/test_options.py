"""No option is ignored, and none wins silently over another."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from gdtui.cli import main
from gdtui.cli.experiments import settable
from gdtui.optimizers import REGISTRY
from gdtui.simulation.experiment import Lane

SCENARIO = 'format = 1\ntitle = "t"\n[objective]\nkind = "surface"\nname = "sphere"\n[lanes.a]\noptimizer = "gd"\n'
UNCHECKED = SCENARIO + "[script]\ndo = [{ step = 1 }]\n"
TAPE = 'format = 1\ntitle = "t"\n[objective]\nkind = "tape"\npattern = "constant"\n[lanes.a]\noptimizer = "gd"\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plain.toml").write_text(SCENARIO)
    (tmp_path / "unchecked.toml").write_text(UNCHECKED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    return tmp_path


def rates(capsys: pytest.CaptureFixture[str]) -> list[float]:
    return [lane["settings"]["lr"] for lane in json.loads(capsys.readouterr().out)["lanes"]]


TWO = "run --optimizer adam --optimizer adam --updates 1 --json -"


@pytest.mark.parametrize(("given", "expected"), [
    ("--lr 0.1 --lr 0.01", [0.1, 0.01]), ("--lr 0.1", [0.1, 0.1]), ("", [0.001, 0.001]),
])  # fmt: skip
def test_a_rate_is_of_every_lane_or_of_each_in_order(
    given: str, expected: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*TWO.split(), *given.split()]) == 0
    assert rates(capsys) == expected


def test_two_lanes_of_a_long_name_stay_apart(capsys: pytest.CaptureFixture[str]) -> None:
    twice = "--optimizer schedule-free-adamw:schedulefree " * 2
    assert main(["run", *twice.split(), "--updates", "1", "--json", "-"]) == 0
    names = [lane["name"] for lane in json.loads(capsys.readouterr().out)["lanes"]]
    assert names == ["schedule-free-adamw-schedulefree", "schedule-free-adamw-schedulef-2"]


REFUSED = {
    f"{TWO} --lr 0.1 --lr 0.2 --lr 0.3":
        "gdtui: --lr is given 3 times: give it once for all lanes, or once for each of the 2 lanes",
    "run --surface sphere --sampling 20":
        "gdtui: --sampling: sphere has neither rows nor noise to sample; say full",
    "run plain.toml --set a.sampling=20":
        "gdtui: --set a.sampling=20: sphere has neither rows nor noise to sample; say full",
    "run --dataset line --sampling 21": "gdtui: --sampling: line trains on 20 rows, a batch cannot have 21",
    "run --surface sphere --surface beale": "gdtui run: error: --surface is given twice",
    "run --updates 3 --updates 4": "gdtui run: error: --updates is given twice",
    "run plain.toml --set a.lr=1 --set a.lr=2": "gdtui: --set a.lr is given twice",
    "run --optimizer rmsprop:pytorch --set rmsprop-pytorch.centered=1":
        "gdtui: --set rmsprop-pytorch.centered=1: centered is true or false, not '1'",
    "run --every 3": "gdtui: --every goes with --csv or --json",
    "run --coords 0": "gdtui: --coords goes with --csv or --json",
    "run --csv x --json x": "gdtui: --csv and --json would both write x",
    "show optimizer adam --lr 3": "gdtui: --lr goes with --diff",
    "show optimizer adam --surface beale": "gdtui: --surface goes with --diff",
    "replay --check plain.toml --svg x": "gdtui: --svg and --check do not go together: nothing is run for --check",
    "replay --json --junit - plain.toml": "gdtui: --json and --junit - cannot both go to stdout",
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), REFUSED.items())
def test_an_option_that_would_be_ignored_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 2
    assert capsys.readouterr().err.splitlines()[-1] == said


def test_full_sampling_and_batches_that_fit_are_taken() -> None:
    assert main(["run", "--surface", "sphere", "--sampling", "full", "--updates", "1"]) == 0
    assert main(["run", "--dataset", "line", "--sampling", "20", "--updates", "1"]) == 0


@pytest.mark.parametrize("name", REGISTRY)
def test_set_offers_what_the_rule_takes(name: str) -> None:
    lane = Lane("a", name)
    offered = [key for key in settable(lane) if key in ("weight_decay", "clip_value", "clip_norm")]
    assert [key for key in offered if key not in lane.rule.settings] == []


@pytest.mark.parametrize("formula", ["5+0*x", "x-x", "x^0", "x+y-x-y"])
def test_a_flat_formula_is_refused(formula: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--expression", formula, "--optimizer", "gd"]) == 2
    assert "it is flat: its slope is 0 everywhere" in capsys.readouterr().err


@pytest.mark.parametrize("formula", ["sign(x)", "x + 0*y", "abs(x)"])
def test_a_formula_with_a_step_or_a_slope_somewhere_is_taken(formula: str) -> None:
    assert main(["run", "--expression", formula, "--optimizer", "gd", "--updates", "1"]) == 0


# What checks nothing -------------------------------------------------------------------------------


def test_a_script_without_an_expectation_does_not_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "unchecked.toml", "--junit", "j.xml"]) == 0
    assert capsys.readouterr().out.startswith("unchecked  unchecked.toml  nothing was checked  ")
    suite = ElementTree.parse("j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("skipped"), suite.get("failures")) == ("1", "1", "0")
    skipped = suite.find("testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == "nothing was checked"


def test_strict_fails_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--strict", "unchecked.toml", "--json", "--junit", "j.xml"]) == 1
    (result,) = json.loads(capsys.readouterr().out)
    assert (result["checked"], result["passed"], result["code"]) == (False, False, 1)
    suite = ElementTree.parse("j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("skipped"), suite.get("failures")) == ("1", "0", "1")


def test_strict_passes_what_is_checked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "unchecked.toml").write_text(UNCHECKED.replace("}]", '}, { expect = "a.update", eq = 1 }]'))
    assert main(["replay", "--strict", "unchecked.toml"]) == 0
    assert "passed  unchecked.toml  1 of 1 expectations hold" in capsys.readouterr().out


def test_xml_on_stdout_is_all_there_is_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "unchecked.toml", "--junit", "-"]) == 0
    assert ElementTree.fromstring(capsys.readouterr().out.split("\n", 1)[1]).tag == "testsuites"


def test_a_choice_is_no_number_in_a_file_either(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SCENARIO.replace('"gd"', '"rmsprop"\ndialect = "pytorch"\ncentered = 1')
    (here / "plain.toml").write_text(text)
    assert main(["run", "plain.toml"]) == 2
    assert "plain.toml:9:12: error: centered is true or false, not 1" in capsys.readouterr().err


# What looks at a loss that is not there ------------------------------------------------------------


@pytest.mark.parametrize("key", [
    'schedule = { kind = "plateau" }', "stop = { patience = 5 }", "stop = { loss = 0.1 }",
])  # fmt: skip
def test_nothing_waits_for_the_loss_of_a_tape(key: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "tape.toml").write_text(TAPE + key + "\n")
    assert main(["run", "tape.toml"]) == 2
    assert "constant has gradients but no loss" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run noted.toml --updates 1", "replay noted.toml", "replay noted.toml --check"])
def test_a_key_of_a_file_without_effect_is_noted(command: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "noted.toml").write_text(SCENARIO + "sampling = 20\n")
    assert main(command.split()) == 0
    assert capsys.readouterr().err == (
        "noted.toml:8:1: note: sphere has neither rows nor noise to sample; say full\n  sampling = 20\n  ^\n"
    )


@pytest.mark.parametrize("words", ["--colors 256 --theme=light follow nowhere", "--theme light course lecture"])
def test_colours_may_stand_before_a_command(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(words.split())
    assert "its input is not a terminal" in capsys.readouterr().err
