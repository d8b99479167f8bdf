"""The verb `show`: checked when the file is read, and without effect where there is no screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.verbs.show import Show
from gdtui.view.charts import CHARTS

SURFACE = "kind = 'surface'\nname = 'rosenbrock'\n"
DATASET = "kind = 'dataset'\nname = 'linear-4-3'\n"


def read(*acts: str, objective: str = SURFACE, optimizer: str = "adam") -> Scenario:
    """Acts stand from line 10 on."""
    text = (
        f"format = 1\ntitle = 't'\n[objective]\n{objective}[lanes.a]\noptimizer = '{optimizer}'\n[script]\ndo = [\n"
        + "".join(f"  {act},\n" for act in acts)
        + "]\n"
    )
    return parse_scenario(text.encode(), Path("f.toml"))


def fault(act: str, **given: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(act, **given)
    (found,) = caught.value.faults
    return f"{found.place.line}:{found.place.column}: {found.message}"


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_can_be_shown(chart: str) -> None:
    assert read(f"{{ show = '{chart}' }}").acts[0].verb == Show(chart)


def test_every_key_is_read() -> None:
    keys = "view = 'columns', coordinate = 1, scale = 'linear', x_axis = 'epochs', lane = 'a'"
    (act,) = read(f"{{ show = 'velocity', {keys} }}", objective=DATASET).acts
    assert act.verb == Show("velocity", "columns", 1, "linear", "epochs", "a")
    assert read("{ show = 'loss', sample = 5 }", objective=DATASET).acts[0].verb == Show("loss", sample=5)
    sides = "picture = 'stability', across = 'beta1', up = 'lr'"
    assert read(f"{{ show = 'loss', {sides} }}").acts[0].verb == Show(
        "loss", picture="stability", across="beta1", up="lr"
    )
    assert read("{ show = 'loss', coordinate = 'norm' }").acts[0].verb == Show("loss", coordinate="norm")


FAULTS = {
    "{ show = 'velocty' }": "10:12: there is no chart 'velocty'; did you mean 'velocity'?",
    "{ show = 'zzz' }": f"10:12: there is no chart 'zzz' (charts: {', '.join(CHARTS)})",
    "{ show = 'loss', view = 'column' }": (
        "10:27: view must be 'overlay', 'columns' or 'network', not 'column'; did you mean 'columns'?"
    ),
    "{ show = 'loss', view = 'network' }": "10:27: this objective has no network to look into",
    "{ show = 'loss', x_axis = 'lr' }": (
        "10:29: the learning rate of these lanes never changes: there is no axis of it"
    ),
    "{ show = 'loss', sample = 1 }": "10:29: this objective has no network to send a sample through",
    "{ show = 'loss', coordinate = 2 }": "10:33: coordinates that can be shown are 0 to 1",
    "{ show = 'loss', coordinate = -1 }": (
        "10:33: coordinate must be the number of a parameter, counted from 0, or 'norm'"
    ),
    "{ show = 'loss', x_axis = 'epochs' }": "10:29: this objective has no data, so no epochs",
    "{ show = 'loss', x_axis = 'evaluations' }": (
        "10:29: none of these lanes counts its evaluations: they are the updates"
    ),
    "{ show = 'loss', lane = 'b' }": "10:27: there is no lane 'b' at this point (there are: a)",
    "{ show = 'loss', across = 'beta1', up = 'beta1' }": (
        "10:43: 'beta1' goes across already: two different settings make a map"
    ),
    "{ show = 'loss', across = 'beta3' }": (
        "10:29: there is no setting 'beta3'; did you mean 'beta2'?"
    ),
    "{ show = 'loss', lane = 'a', up = 'momentum' }": (
        "10:37: there is no setting 'momentum' (there are: lr, beta1, beta2, eps, weight_decay, clip_value, clip_norm, "
        "accumulate, sam_rho, lookahead, lookahead_alpha, average_from, average_decay)"
    ),
    "{ show = 'loss', colour = 'red' }": "10:20: unknown key 'colour'",
}  # fmt: skip


@pytest.mark.parametrize(("act", "message"), FAULTS.items())
def test_what_cannot_be_shown_is_a_fault_with_its_place(act: str, message: str) -> None:
    assert fault(act) == message


def test_what_is_shown_is_recorded_beside_what_is_anyway() -> None:
    xor = "kind = 'dataset'\nname = 'xor'\n"  # 17 parameters
    assert read("{ show = 'theta', coordinate = 15 }", objective=xor).coords is None
    assert read("{ show = 'theta', coordinate = 16 }", objective=xor).coords == tuple(range(17))
    fault_there = fault("{ show = 'theta', coordinate = 17 }", objective=xor)
    assert fault_there == "10:34: coordinates that can be shown are 0 to 16"


def test_a_solver_s_evaluations_can_be_counted() -> None:
    assert read("{ show = 'loss', x_axis = 'evaluations' }", optimizer="lbfgs").acts


def test_without_a_screen_it_is_done_and_changes_nothing() -> None:
    shown, plain = read("{ show = 'velocity' }", "{ step = 3 }"), read("{ step = 3 }")
    report = replay(shown)
    assert [outcome.status for outcome in report.outcomes] == ["done", "done"]
    assert report.code == 0
    assert report.final.lanes[0].trace.rows.tobytes() == replay(plain).final.lanes[0].trace.rows.tobytes()


def test_a_lesson_turns_to_a_chart_together_with_the_page_that_follows() -> None:
    pages = read_lesson(read("{ show = 'velocity' }", "{ say = 'Look.' }", "{ step = 1 }", "{ show = 'loss' }")).pages
    assert [[act.verb.name for act in page.acts] for page in pages] == [["show", "say"], ["step", "show"]]


def test_a_sample_beyond_the_rows_is_a_fault() -> None:
    act = "{ show = 'loss', view = 'network', sample = 5 }"
    xor = "kind = 'dataset'\nname = 'xor'\n"
    assert fault(act, objective=xor) == "10:47: samples are 1 to 4, as the network view counts them"
