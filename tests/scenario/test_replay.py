"""Replays: what holds, what does not, what ends a script, and what is said of it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.play import report
from gdtui.scenario.play.outcome import Report
from gdtui.scenario.play.player import Player, replay
from gdtui.scenario.play.trace_io import lanes_table
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import load_scenario, parse_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step
from gdtui.verbs.expect import Expect
from tests.lessons import LONGEST, SHORT, lesson_at


def scenario(*acts: str, head: str = "") -> Scenario:
    lines = [
        "format = 1", "title = 't'", head, "[objective]", "kind = 'surface'", "name = 'valley'", "start = [1]",
        "[lanes.a]", "optimizer = 'gd'", "lr = 0.25", "[lanes.wild]", "optimizer = 'gd'", "lr = 1e10",
        "[script]", "do = [", *(f"  {act}," for act in acts), "]",
    ]  # fmt: skip
    return parse_scenario("\n".join(lines).encode(), Path("s.toml"))


def run(*acts: str, head: str = "") -> Report:
    return replay(scenario(*acts, head=head))


def statuses(result: Report) -> list[str]:
    return [outcome.status for outcome in result.outcomes]


def test_the_longest_shipped_scenario_holds() -> None:
    """All others are held to what they expect, and to the last digit, by test_golden."""
    result = replay(load_scenario(find(LONGEST)))
    assert result.passed, report.text(result)


def fails(read: Scenario) -> bool:
    """Play a scenario to the first act that does not hold; say whether there is one."""
    player = Player(read)
    for act in read.acts:
        for _pause in player.play(act):
            pass
        if player.outcomes[-1].status in ("failed", "error", "limit"):
            return True
    return False


@pytest.mark.jit
@pytest.mark.parametrize("path", SHORT, ids=lambda path: path.stem)
def test_shipped_expectations_could_be_false(path: Path) -> None:
    """With ten times the lr in one lane, or in another, each scenario fails: it says something of every lane."""
    read = lesson_at(path)
    for place, lane in enumerate(read.experiment.lanes):
        lanes = list(read.experiment.lanes)
        lanes[place] = replace(lane, settings={**lane.settings, "lr": 10 * lane.values()["lr"]})
        assert fails(replace(read, experiment=replace(read.experiment, lanes=tuple(lanes)))), lane.name


def test_a_failed_expectation_is_noted_and_the_script_goes_on() -> None:
    result = run("{ step = 1 }", "{ expect = 'a.update', eq = 2 }", "{ step = 1 }", "{ expect = 'a.update', eq = 2 }")
    assert statuses(result) == ["done", "failed", "done", "passed"]
    assert result.code == 1
    lines = report.failure_lines(result, result.failures[0])
    assert lines[0] == "s.toml:17:3: failed: { expect = 'a.update', eq = 2 }"
    assert lines[1:4] == ["  expected    a.update = 2", "  got         1", "  difference  -1"]
    assert lines[-2].split()[:3] == ["1", "0.25", "0.25"]
    assert lines[-1] == "  on the screen: gdtui s.toml --at 17"


def test_where_there_is_no_loss_none_is_shown() -> None:
    text = (
        "format = 1\ntitle = 't'\n[objective]\nkind = 'tape'\npattern = 'constant'\n[lanes.a]\noptimizer = 'gd'\n"
        "[script]\ndo = [{ step = 1 }, { expect = 'a.update', eq = 2 }]\n"
    )
    result = replay(parse_scenario(text.encode(), Path("s.toml")))
    shown = report.failure_lines(result, result.failures[0])
    assert not any("loss" in line or "nan" in line.split()[1:2] for line in shown)
    head, row = (line.split() for line in lanes_table(result.final))
    assert row[head.index("loss")] == "-"


def test_until_not_met_ends_the_script() -> None:
    result = run("{ until = 'a.loss < 0', max = 5 }", "{ expect = 'a.update', eq = 5 }")
    assert statuses(result) == ["failed", "not run"]
    assert result.code == 1
    assert "1 acts not run" in report.text(result)


def test_until_met_stops_at_the_first_update_where_it_holds() -> None:
    result = run("{ until = 'a.theta[0] < 0.1', max = 50_000 }", "{ expect = 'a.update', eq = 4 }")
    assert statuses(result) == ["passed", "passed"]


def test_acts_for_a_screen_are_reported_as_skipped() -> None:
    result = run("{ press = 'space' }", "{ screenshot = 'x' }", "{ wait = 1 }", "{ step = 1 }")
    assert statuses(result) == ["skipped", "skipped", "skipped", "done"]
    assert result.code == 0
    assert "3 skipped, no screen (press, screenshot, wait)" in report.text(result)


def test_every_command_does_what_its_key_does() -> None:
    result = run(
        "{ step = 3 }", "{ mark = 'm' }", "{ set = 'a.lr', to = 0.125 }", "{ branch = 'a', as = 'b' }", "{ step = 2 }",
        "{ expect = 'b.theta', eq = 'a.theta' }", "{ back = 2 }", "{ expect = 'b.update', eq = 3 }",
        "{ remove = 'wild' }", "{ add = 'c', optimizer = 'momentum', lr = 0.1 }", "{ expect = 'c.update', eq = 0 }",
        "{ back = 'm' }", "{ step = 1 }", "{ expect = 'a.theta[0]', eq = 0.0625 }", "{ reset = true }",
        "{ expect = 'a.update', eq = 0 }",
    )  # fmt: skip
    assert result.passed, report.text(result)


@pytest.mark.parametrize("acts", [["{ step = 11 }"], ["{ step = 6 }", "{ back = 6 }", "{ step = 6 }"],
                                  ["{ until = 'a.loss < 0', max = 11 }"]])  # fmt: skip
def test_a_limit_of_updates_ends_with_code_4(acts: list[str]) -> None:
    result = run(*acts, "{ step = 1 }", head="limits = { updates = 10 }")
    assert result.code == 4
    assert statuses(result)[-2:] == ["limit", "not run"]


def test_a_limit_of_seconds_ends_with_code_4() -> None:
    result = run("{ step = 1_000_000_000 }", head="limits = { seconds = 0.3, updates = 1_000_000_000 }")
    assert result.code == 4
    assert result.seconds < 20


def test_a_script_in_pieces_ends_where_a_session_in_one_ends() -> None:
    result = run("{ step = 40_000 }")
    session = Session(scenario().experiment)
    whole = session.apply(Step(40_000))
    assert result.final.lane("a").row.tobytes() == whole.lane("a").row.tobytes()


# -- expectations -----------------------------------------------------------------------------------


def judge(kind: str, got: list[float], wanted: object, **more: float) -> bool:
    """Judge theta of a lane that starts at `got`."""
    spec = ObjectiveSpec("expression", formula="+".join(f"x{i + 1}^2" for i in range(len(got))), start=tuple(got))
    snapshot = Session(Experiment(spec, (Lane("a"),))).snapshot()
    lane = snapshot.lane("a")
    lane.row[lane.trace.layout.block("theta")] = got  # nan too, which no start may be
    keys = {"is_" if kind == "is" else kind: wanted, **more}
    return Expect("a.theta", **keys).judge(snapshot).status == "passed"  # type: ignore[arg-type]


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("kind", "got", "wanted", "more", "holds"),
    [
        ("eq", [1.0, 2.0], (1.0, 2.0), {}, True),
        ("eq", [1.0, 2.0], (1.0, 2.1), {}, False),
        ("ne", [1.0, 2.0], (1.0, 2.1), {}, True),
        ("lt", [1.0, 2.0], 2.0, {}, False),
        ("lt", [1.0, 2.0], 2.1, {}, True),
        ("lt", [NAN], 1.0, {}, False),
        ("ge", [NAN], 1.0, {}, False),
        ("eq", [NAN], (NAN,), {}, False),
        ("ne", [NAN], 1.0, {}, True),
        ("near", [1.0, 2.0], (1.05, 1.95), {"abs": 0.06}, True),
        ("near", [1.0, 2.0], (1.05, 1.95), {"abs": 0.04}, False),
        ("near", [100.0], (101.0,), {"rel": 0.01}, True),
        ("near", [100.0], (101.0,), {"rel": 0.009}, False),
        ("near", [100.0], (101.0,), {"rel": 0.009, "abs": 1.0}, True),
        ("near", [NAN], (NAN,), {"abs": 1.0}, False),
        ("near", [INF, -INF], (INF, -INF), {"rel": 0.1}, True),
        ("near", [INF], (1e308,), {"abs": 1e308}, False),
        ("near", [1.0], (INF,), {"rel": 0.5}, False),
        ("is", [1.0, NAN], "nan", {}, True),
        ("is", [1.0, INF], "inf", {}, True),
        ("is", [1.0, INF], "finite", {}, False),
        ("is", [1.0, 2.0], "finite", {}, True),
        ("is", [1.0], "going", {}, True),
        ("is", [1.0], "diverged", {}, False),
    ],
)
def test_checks_mean_what_is_written_of_them(
    kind: str, got: list[float], wanted: object, more: dict[str, float], holds: bool
) -> None:
    assert judge(kind, got, wanted, **more) is holds


def test_trends_look_at_the_last_rows() -> None:
    result = run(
        "{ expect = 'a.loss', trend = 'falling' }", "{ step = 4 }", "{ expect = 'a.loss', trend = 'falling' }",
        "{ expect = 'a.loss', trend = 'rising' }", "{ expect = 'a.lr', trend = 'falling' }",
        "{ expect = 'a.grad_norm', trend = 'falling', over = 100 }",
        "{ expect = 'wild.loss', trend = 'rising', over = 2 }",
        "{ step = 100 }", "{ expect = 'wild.loss', trend = 'rising' }", "{ expect = 'wild.loss', is = 'diverged' }",
    )  # fmt: skip
    assert [s for s in statuses(result) if s != "done"] == [
        "failed", "passed", "failed", "failed", "passed", "passed", "failed", "passed",
    ]  # fmt: skip


# -- reports ----------------------------------------------------------------------------------------


def test_a_report_is_strict_json_and_junit() -> None:
    result = run("{ step = 100 }", "{ expect = 'wild.loss', lt = 1 }", "{ say = '<&]]>' }", "{ press = 'q' }")
    whole = json.loads(json.dumps(report.as_json(result), allow_nan=False))
    assert [act["status"] for act in whole["acts"]] == ["done", "failed", "done", "skipped"]
    suite = ElementTree.fromstring(report.junit([result], []))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "1")
    assert "expected wild.loss < 1" in (suite[0][0].get("message") or "")


def test_a_headless_replay_imports_nothing_of_the_screen() -> None:
    program = (
        "import sys\nfrom gdtui.cli import main\ncode = main(['replay', 'scenarios/adam-first-step.toml'])\n"
        "bad = [m for m in ('textual', 'rich', 'plotext', 'contourpy') if m in sys.modules]\n"
        "sys.exit(code or bool(bad))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_coordinates_beyond_the_first_sixteen_are_recorded_where_the_script_asks() -> None:
    text = (
        "format = 1\ntitle = 't'\n[objective]\nkind = 'dataset'\nname = 'gaussian-1000x10'\n"
        "[lanes.a]\noptimizer = 'gd'\n"
        "[script]\ndo = [{ step = 1 }, { expect = 'a.theta[10]', ne = 0 }]\n"
    )
    read = parse_scenario(text.encode())
    assert read.coords is None  # 11 parameters: all are there anyway
    assert replay(read).passed
    assert np.isfinite(replay(read).final.lane("a").scalar("loss"))


@pytest.mark.parametrize(
    "again", ["{ seed = 3 }", "{ noise = 0.1 }", "{ branch = 'a', as = 'b' }", "{ replace = 'a', optimizer = 'adam' }"]
)
def test_updates_that_are_computed_again_count(again: str) -> None:
    twice = run("{ step = 6 }", again, head="limits = { updates = 12 }")
    assert statuses(twice) == ["done", "done"]
    assert statuses(run("{ step = 6 }", again, head="limits = { updates = 11 }")) == ["done", "limit"]
