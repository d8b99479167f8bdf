"""What is said of a lane in each situation, run for real: the sentence that must appear, and those that must not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from gdtui.columns import Column
from gdtui.insight.curvature import spectrum
from gdtui.insight.diagnosis import diagnose
from gdtui.objectives.network.hessian import hessian_times
from gdtui.objectives.specs import ObjectiveSpec, Specification
from gdtui.plot.ascii_text import to_ascii
from gdtui.plot.widths import cell_width
from gdtui.session import Session
from gdtui.simulation import lane_updates as lanes
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.simulation.trace import Trace
from gdtui.text import speak
from gdtui.verbs import Back, Set, Step
from gdtui.view.panels import Paper, message
from tests.view.frames import frame_of

#: Sentences about causes: each stands for one cause.
ABOVE, FLIPS, RINGS = "is above", "jumps to and fro", "momentum rings"
LARGER, FELL, RATE_FELL, NOISE = "could be", "the loss fell by", "the effective rate fell", "no longer falls"
MINIMUM, LOCAL, SADDLE, MAXIMUM = "at a minimum", "at a local minimum", "near a saddle", "at a maximum"
PLAIN, CLIPPED, DEAD, SATURATED, EQUAL, OVERFIT = "a plain", "clip", "dead", "saturated", "are equal", "overfitting"
UNSTABLE, LOWERED, HELD, ZERO = "is unstable", "has lowered lr", "weight decay holds", "nothing moves"
GREW, BOTTOM, SQUARES, VALLEY = "the loss grew", "no bottom", "least-squares minimum", "flattest direction"
ALL = (
    ABOVE, FLIPS, RINGS, LARGER, FELL, RATE_FELL, NOISE, MINIMUM, LOCAL, SADDLE, MAXIMUM, PLAIN, CLIPPED, DEAD,
    SATURATED, EQUAL, OVERFIT, UNSTABLE, LOWERED, HELD, ZERO, GREW, BOTTOM, SQUARES, VALLEY,
    "nearly flat", "up from", "overshoot",
)  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """A lane after some updates.

    Parameters
    ----------
    must
        a pattern that the first sentence must match; "": nothing is said.
    also
        what further sentences may contain, out of `ALL`; every other sentence of `ALL` must not appear.
    """

    name: str
    objective: Specification
    lane: Lane
    updates: int
    must: str
    also: tuple[str, ...] = field(default=())


def surface(name: str, *start: float, noise: float = 0.0) -> Specification:
    return ObjectiveSpec("surface", name, start=start, noise=noise)


def formula(text: str, *start: float) -> Specification:
    return ObjectiveSpec("expression", formula=text, start=start)


def data(name: str, **keys: object) -> Specification:
    return ObjectiveSpec("dataset", name, **keys)


def tape(pattern: str) -> Specification:
    return ObjectiveSpec("tape", pattern=pattern)


def lane(optimizer: str, lr: float, batch: int | None = None, *, schedule: Schedule | None = None, **settings: float):
    return Lane(
        "a", optimizer, settings={"lr": lr, **settings}, sampling=Sampling(batch), schedule=schedule or Schedule()
    )


def keras(optimizer: str, lr: float, **settings: float) -> Lane:
    return replace(lane(optimizer, lr, **settings), dialect="keras")


SATURATED_START = (9.0,) * 8 + (9.0,) * 4 + (0.1, 0.2, -0.1, 0.3, 0.0)

SITUATIONS = [
    # a rate above the limit
    Situation("gd over 2/λ", surface("ravine"), lane("gd", 1.1), 5, r"lr 1\.1 is above 2/λmax = 1 here: the steep dir"),
    Situation("gd over 2/λ on data", data("linear-4-3"), lane("gd", 0.5), 30,
              r"lr 0\.5 is above 2/λmax = 0\.4841 here: the steep direction grows", (GREW, FLIPS)),
    Situation("gd under 2/λ on data", data("linear-4-3"), lane("gd", 0.48), 5, ""),
    Situation("gd over 2/λ in many dimensions", data("gaussian-1000x10"), lane("gd", 0.9), 40,
              r"lr 0\.9 is above 2/λmax = 0\.88\d+ here: the steep direction grows", (FLIPS, GREW)),
    Situation("heavy ball over its limit", surface("ravine"), lane("momentum", 2.0, momentum=0.9), 8,
              r"lr 2 is above 2\(1\+μ\)/λmax = 1\.9 here"),
    Situation("heavy ball under its limit", surface("ravine"), lane("momentum", 1.8, momentum=0.9), 5, ""),
    Situation("Nesterov over its limit", surface("ravine"), lane("nesterov", 0.7, momentum=0.9), 8,
              r"above 2\(1\+μ\)/\(\(1\+2μ\)λmax\) = 0\.6786 here"),
    Situation("weight decay curves too", surface("valley"), lane("gd", 0.9, weight_decay=1.0), 5,
              r"lr 0\.9 is above 2/\(λmax\+λ\) = 0\.6667 here"),
    Situation("diverged over 2/λ", surface("rosenbrock"), lane("gd", 0.1), 50,
              r"lr 0\.1 is above 2/λmax = 0\.00\d+ at the start: each step overshot", (GREW,)),
    Situation("diverged at the second update", formula("x^2+exp(x)", 5.0), lane("gd", 3.0), 20,
              r"lr 3 is above 2/λmax = 0\.0133 at the start", (GREW,)),
    Situation("overshooting while the loss falls", surface("rosenbrock"), lane("gd", 0.002), 8,
              r"^lr 0\.002 is above 2/λmax = 0\.001878 here: the steps overshoot"),
    Situation("over 2/λ while the loss falls smoothly", data("iris"), lane("gd", 10.0), 300,
              r"^lr 10 is above 2/λmax = 8\.54\d here: the steep direction is unstable$"),
    Situation("gd above 2/λ by the fifth digit", surface("ravine"), lane("gd", 1.0001), 200,
              r"^lr 1\.0001 is above 2/λmax = 1 here", (FLIPS,)),
    Situation("gd at 2/λ to the last digit shown", data("line"), lane("gd", 1.0), 30, "to and fro"),
    Situation("decay apart from the gradient beside momentum", surface("valley"),
              keras("momentum", 1.2, momentum=0.9, weight_decay=1.0), 30, "the loss grew", (RINGS, FLIPS)),
    # growth as measured, for a rule without a limit
    Situation("adam far too fast", surface("rosenbrock"), lane("adam", 50.0), 20,
              "the loss is 2.8e7, up from 24 at the start"),
    Situation("adagrad thrown far away", surface("rosenbrock"), lane("adagrad", 30.0), 3, "up from 24 at the start"),
    Situation("a formula without a bottom", surface("saddle"), lane("gd", 0.1), 1000,
              "^no bottom here: the loss fell from −1"),
    # a rate that is too small
    Situation("gd far below 1/λ", surface("sphere"), lane("gd", 0.001), 50,
              r"lr 0\.001 could be 500× larger here: half of 2/λmax is 0\.5$"),
    Situation("momentum far below its limit", surface("sphere"), lane("momentum", 1e-4), 50,
              r"lr 1e-4 could be 9500× larger here: half of 2\(1\+μ\)/λmax is 0\.95"),
    Situation("gd far below 1/λ on data", data("linear-4-3"), lane("gd", 0.001), 50, r"lr 0\.001 could be 242× larger"),
    Situation("a small rate by schedule", surface("sphere"),
              lane("gd", 0.1, schedule=Schedule("exponential", {"factor": 0.7})), 20, ""),
    Situation("thrown over a cliff", surface("cliff", 1.5), lane("gd", 1.0), 3, ""),
    Situation("a tail of the cross-entropy", data("xor"), lane("gd", 0.5), 4000, ""),
    Situation("a healthy rate", surface("sphere"), lane("gd", 0.1), 20, ""),
    Situation("a flat direction", surface("rosenbrock"), lane("gd", 1e-3), 5000,
              r"λ 0\.46 to 907: at lr 0\.001 the flattest direction halves in 1495 updates"),
    # where the gradient has vanished
    Situation("a minimum", surface("sphere"), lane("gd", 0.1), 120, r"‖g‖ \S+ at a minimum: Hessian eigenvalues 2, 2$"),
    Situation("a saddle", surface("saddle", 2.0, 0.0), lane("gd", 0.1), 120,
              "near a saddle: Hessian eigenvalues 2, −2"),
    Situation("a maximum", formula("-x^2-y^2", 0.0, 0.0), lane("gd", 0.1), 20, "‖g‖ 0 at a maximum.* −2, −2"),
    Situation("the top of a wave", formula("cos(x)", 0.0), lane("adam", 0.1), 20, "‖g‖ 0 at a maximum"),
    Situation("a local minimum", surface("two-wells"), lane("gd", 0.05), 500,
              r"at a local minimum \(eigenvalues 21\.1, 19\.4\); the lowest is −2\.063"),
    Situation("the lowest minimum", surface("two-wells", -1.5, 0.3), lane("gd", 0.05), 500, "at a minimum"),
    Situation("a hollow of rastrigin", surface("rastrigin"), lane("gd", 0.001), 500,
              "local minimum.*; the lowest is 0$"),
    Situation("a basin of styblinski-tang", surface("styblinski-tang"), lane("gd", 0.01), 500,
              r"at a local minimum \(eigenvalues 29\.3, 29\.3\); the lowest is −78\.33"),
    Situation("a degenerate valley", formula("x^2*y^2", 1.0, 1.0), lane("gd", 0.1), 10000, "where it is nearly flat"),
    Situation("a valley floor", formula("x^2+0*y", 1.0, 1.0), lane("gd", 0.1), 200, "on a valley floor.* 2, 0"),
    Situation("a ring that is no minimum", surface("plateau"), lane("gd", 0.005), 600,
              r"on a valley floor \(eigenvalues 11\.3, \S+\); the lowest is −1$"),
    Situation("least squares", data("linear-4-3"), lane("gd", 0.3), 500,
              r"least-squares minimum 0\.9924: no weights fit these rows better", (MINIMUM,)),
    Situation("least squares in ten dimensions", data("gaussian-1000x10"), lane("gd", 0.1), 800,
              r"least-squares minimum 0\.9913:", (MINIMUM,)),
    Situation("not yet least squares", data("linear-4-3"), lane("gd", 0.3), 15, ""),
    # plains
    Situation("easom's plain under gd", surface("easom", 0.5, 0.5), lane("gd", 0.1), 200,
              "a plain: ‖g‖ 4.5e-6 and curvature 2.8e-5, nothing to follow"),
    Situation("easom's plain under adam", surface("easom", 0.5, 0.5), lane("adam", 0.01), 10,
              "a plain, ‖g‖ 1e-5, yet steps of 0.015: g is divided by its own size"),
    Situation("easom's pit", surface("easom"), lane("adam", 0.01), 1200, "at a minimum: Hessian eigenvalues 3, 3"),
    # swings
    Situation("jumping to and fro", surface("ravine"), lane("gd", 0.95), 20,
              "^y jumps to and fro: its gradient changed sign 8 times in a row$"),
    Situation("seven changes are not eight", surface("ravine"), lane("gd", 0.95), 8, ""),
    Situation("eight changes are eight", surface("ravine"), lane("gd", 0.95), 9, "sign 8 times in a row"),
    Situation("momentum rings", surface("ravine"), lane("momentum", 0.1, momentum=0.95), 150,
              "x swings past its goal and back every 64 updates: the momentum rings"),
    Situation("momentum rings at a small rate", surface("sphere"), lane("momentum", 0.01, momentum=0.99), 400,
              "^x swings past its goal and back every 45 updates: the momentum rings"),
    Situation("momentum that is damped", surface("sphere"), lane("momentum", 0.1, momentum=0.3), 20, ""),
    Situation("a tape alternates by itself", tape("alternating"), lane("gd", 0.1), 30, ""),
    # noise
    Situation("a noise floor", surface("ravine", noise=1.0), lane("gd", 0.1), 400,
              r"signal-to-noise 0\.\d+: at this rate and noise the loss no longer falls"),
    Situation("a noise floor of single rows", data("gaussian-1000x10"), lane("gd", 0.05, 1), 1500,
              "at this rate and batch size the loss no longer falls"),
    Situation("noise and a schedule", surface("ravine", noise=1.0),
              lane("gd", 0.1, schedule=Schedule("inverse-time", {"decay": 0.01})), 400, ""),
    Situation("noise, but the loss falls", data("line"), lane("gd", 0.001, 1), 300, ""),
    Situation("rows that agree", data("line"), lane("gd", 0.1, 1), 300, SQUARES, (MINIMUM,)),
    # clipping
    Situation("clipping keeps it bounded", surface("ravine"), lane("gd", 5.0, clip_norm=1.0), 200,
              "lr 5 exceeds 2/λmax = 1: clipping alone keeps the steps short", (FLIPS,)),
    Situation("clipping on the way", surface("sphere"), lane("gd", 0.1, clip_norm=1.0), 20,
              r"‖g‖ 6\.2 is clipped to 1,"),
    Situation("clipping by value", surface("sphere"), lane("gd", 0.1, clip_value=1.0), 20, "clipped to ±1, as in each"),
    Situation("clipping that is idle", surface("ravine"), lane("gd", 1.1, clip_norm=1e6), 5, r"lr 1\.1 is above"),
    Situation("clipping that is done", surface("sphere"), lane("gd", 0.1, clip_norm=1.0), 150, "at a minimum"),
    # an accumulator
    Situation("adagrad's rate falls", surface("sphere", 3.0, 4.0), lane("adagrad", 0.001), 2000,
              "the effective rate fell 44× since update 1"),
    Situation("v was 0", tape("step"), lane("adam", 0.1), 300, ""),
    Situation("v will be 0", tape("impulse"), lane("adam", 0.1), 300, ""),
    Situation("a schedule lowers lr", tape("constant"),
              lane("rmsprop", 0.1, schedule=Schedule("exponential", {"factor": 0.9})), 100, ""),
    Situation("a schedule that has run out", surface("ravine"),
              lane("gd", 0.5, schedule=Schedule("step", {"every": 10})), 200,
              "^the schedule has lowered lr from 0.5 to 5e-21: the loss stands still$"),
    Situation("a rate of 0", surface("sphere"), lane("gd", 0.0), 150, "^lr is 0: nothing moves$"),
    Situation("decay in balance", surface("booth"), lane("gd", 0.05, weight_decay=0.1), 500,
              r"^weight decay holds it here: it pulls as hard as the gradient, ‖g‖ 0\.31$"),
    Situation("decay in balance under adam", surface("booth"), lane("adam", 0.05, weight_decay=1.0), 2000,
              r"^weight decay holds it here: it pulls as hard as the gradient, ‖g‖ 2\.8$"),
    Situation("decay in balance beside adam", surface("booth"), keras("adam", 0.005, weight_decay=10.0), 3000,
              r"^weight decay holds it here: it pulls as hard as the gradient, ‖g‖ 48$"),
    Situation("a stall of no known cause", surface("six-hump-camel"), lane("adagrad", 0.01), 3000,
              r"the loss fell by \S+ % in 100 updates: ‖g‖ 0\.0024, steps of 5\.1e-7"),
    Situation("a stall on a negative loss", formula("-5+x^4", 0.3), lane("rmsprop", 1e-6), 1000,
              r"the loss fell by \S+ % in 100 updates"),
    # networks
    Situation("dead units", data("xor", layers=(2, 8, 1), activation="relu"), lane("gd", 5.0), 200,
              "dead relu units: 8 of 8. They give 0 for every row and get no gradient"),
    Situation("saturated units", data("xor", start=SATURATED_START), lane("gd", 0.5), 100,
              "saturated tanh units: 4 of 4. Their slope is below 5 % of the steepest", ("on a valley floor",)),
    Situation("zero initialisation", data("xor", init="zeros"), lane("gd", 0.5), 100,
              "the 4 units of hidden layer 1 are equal: equal gradients keep them so", ("on a valley floor",)),
    Situation("a network that learns", data("two-moons"), lane("gd", 0.5), 100, ""),
    Situation("overfitting", data("noisy-sine", validation=0.3), lane("adam", 0.01), 1500,
              r"overfitting since about update 120: held-out loss from 0\.0697 to 0\.75"),
    Situation("not yet overfitting", data("noisy-sine", validation=0.3), lane("adam", 0.01), 60, ""),
]  # fmt: skip

#: Compiled: some situations are long runs of networks.
pytestmark = pytest.mark.jit
every_situation = pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.name.replace(" ", "-"))


@pytest.fixture(autouse=True, scope="module")
def curvature() -> None:
    """Compile what measures the curvature of a model: a diagnosis does without until it is there."""
    hessian_times.compiled  # noqa: B018 - it compiles


def session_of(situation: Situation) -> Session:
    return Session(Experiment(situation.objective, (situation.lane,)))


def said_after(session: Session, updates: int) -> tuple[str, ...]:
    return diagnose(session.apply(Step(updates)).lanes[0].case)


@every_situation
def test_what_is_said(situation: Situation) -> None:
    said = said_after(session_of(situation), situation.updates)
    if not situation.must:
        assert said == ()
        return
    assert said and re.search(situation.must, said[0]), said
    for sentence in said[1:]:
        assert any(words in sentence for words in situation.also), said
    allowed = (*situation.also, *(words for words in ALL if words in said[0]))
    assert [words for words in ALL if words not in allowed and any(words in sentence for sentence in said)] == []


@pytest.fixture
def languages() -> Iterator[tuple[str, ...]]:
    yield ("en", "zh")
    speak("en")


@every_situation
def test_a_small_terminal_shows_the_whole_sentence(situation: Situation, languages: tuple[str, ...]) -> None:
    """Without the lane, which the table marks, where both have no room."""
    lane = replace(situation.lane, name=situation.lane.optimizer)
    snapshot = session_of(replace(situation, lane=lane)).apply(Step(situation.updates))
    for language in languages:
        speak(language)
        frame = frame_of(snapshot, size=(80, 24))
        (row,) = message(frame, Paper(80, frame.plan.message))
        shown = "".join(run.text for run in row)
        assert cell_width(shown) == 80
        assert shown.strip() in (frame.message[0], frame.diagnosis)
        (row,) = message(frame, Paper(80, frame.plan.message, ascii=True))
        shown = "".join(run.text for run in row).strip()
        wholes = [to_ascii(text) for text in (frame.message[0], frame.diagnosis)]
        assert language == "zh" or any(f"{whole}; ".startswith((f"{shown}; ", f"{shown}: ")) for whole in wholes)


def test_what_follows_from_a_diagnosis_is_left_out_where_it_has_no_room() -> None:
    session = session_of(
        Situation("", surface("ravine"), lane("nesterov", 0.7, momentum=0.9, weight_decay=0.01), 8, "")
    )
    frame = frame_of(session.apply(Step(8)), size=(80, 24))
    said = "lr 0.7 is above 2(1+μ)/((1+2μ)(λmax+λ)) = 0.6752 here"
    assert frame.message[0] == f"a: {said}: the steep direction grows"
    assert "".join(run.text for run in message(frame, Paper(80, 1))[0]).strip() == said
    assert said + ": the steep" in "".join(run.text for run in message(frame, Paper(120, 1))[0])


@every_situation
def test_what_is_said_does_not_depend_on_how_the_history_was_thinned(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = said_after(session_of(situation), situation.updates)
    monkeypatch.setattr(lanes, "Trace", lambda layout: Trace(layout, window=128, buckets=16))
    session = session_of(situation)
    assert said_after(session, situation.updates) == whole
    session.apply(Step(700))
    assert diagnose(session.apply(Back(700)).lanes[0].case) == whole


def test_noise_is_not_oscillation() -> None:
    """Of 400 updates on single rows many follow eight changes of sign; the rows cause them, not the rate."""
    session = Session(Experiment(data("gaussian-1000x10"), (lane("gd", 0.01, 1),)))
    flips = changes = 0
    for _update in range(400):
        case = session.apply(Step(1)).lanes[0].case
        grads = case.recent("grad", 9)
        changes += grads is not None and bool(np.any(np.all(grads[1:] * grads[:-1] < 0, axis=0)))
        flips += any(FLIPS in sentence for sentence in diagnose(case))
    assert changes > 10
    assert flips == 0


def test_oscillation_in_little_noise_is_told() -> None:
    session = Session(Experiment(surface("valley", noise=1e-3), (lane("gd", 0.99),)))
    assert any(FLIPS in sentence for sentence in said_after(session, 12))


def test_a_large_network_is_told_of_the_newest_curvature_that_was_measured() -> None:
    session = Session(Experiment(data("noisy-sine"), (lane("gd", 0.05),)))
    view = session.apply(Step(250)).lanes[0]
    assert diagnose(view.case) == ()
    updates, points = view.case.path
    assert list(updates[-2:]) == [244, 248]
    limit = 2 / spectrum(view.objective, points[-1]).high
    assert 0.04 < limit < 0.05
    said = diagnose(session.snapshot().lanes[0].case)[0]
    match = re.fullmatch(r"lr 0\.05 is above 2/λmax, which was (0\.\d+) at update 248", said)
    assert match and float(match[1]) == pytest.approx(limit, abs=1e-5)


def test_a_lane_is_told_of_the_rate_that_it_has_now() -> None:
    session = Session(Experiment(surface("ravine"), (lane("gd", 0.3),)))
    assert said_after(session, 12) == ()
    session.apply(Set("a.lr", 1.5))
    assert said_after(session, 3)[0].startswith("lr 1.5 is above 2/λmax = 1 here: the steep direction grows")


def test_milestones_are_the_rows_that_were_recorded() -> None:
    session = Session(Experiment(data("two-moons"), (lane("adam", 0.01, 8),)))
    trace = session.apply(Step(5000)).lanes[0].trace
    kept = trace.milestones[:, Column.UPDATE].astype(int)
    assert np.array_equal(trace.milestones, trace.rows[kept], equal_nan=True)
    assert list(kept[:32]) == list(range(32)) and list(kept[32:36]) == [32, 33, 34, 35] and kept[-1] == 4992
    updates, points = session.snapshot().lanes[0].case.path
    assert np.array_equal(updates, kept)
    watched = trace.rows[kept][:, trace.layout.block("theta")]
    assert np.array_equal(np.array(points)[:, : watched.shape[1]], watched)


def test_one_update_is_said_as_one() -> None:
    session = Session(Experiment(formula("x^2+exp(x)", 5.0), (lane("gd", 3.0),)))
    assert said_after(session, 20)[1] == "the loss grew from 173 to 221125 in one update, then was not finite"


def test_a_setting_without_effect_is_said_first() -> None:
    lane = Lane("a", "gd", settings={"lr": 1e-3, "accumulate": 4})
    session = Session(Experiment(ObjectiveSpec("surface", "rosenbrock"), (lane,)))
    said = diagnose(session.apply(Step(3)).lanes[0].case)
    assert said[0].startswith("accumulate has no effect: the 4 gradients at one place are all the same")
    session.apply(Set("a.accumulate", 1))
    assert "no effect" not in "".join(diagnose(session.apply(Step(3)).lanes[0].case))


@pytest.mark.parametrize(
    ("objective", "sampling", "idle"),
    [
        (ObjectiveSpec("surface", "rosenbrock", noise=0.1), Sampling(), False),
        (ObjectiveSpec("dataset", "linear-4-3"), Sampling(), True),
        (ObjectiveSpec("dataset", "linear-4-3"), Sampling(10), False),
        (ObjectiveSpec("tape", pattern="alternating"), Sampling(), False),
    ],
)
def test_batches_are_worth_adding_up_where_they_differ(
    objective: Specification, sampling: Sampling, idle: bool
) -> None:
    lane = Lane("a", "gd", settings={"lr": 1e-6, "accumulate": 4}, sampling=sampling)
    said = diagnose(Session(Experiment(objective, (lane,))).apply(Step(3)).lanes[0].case)
    assert ("accumulate has no effect" in "".join(said)) is idle
