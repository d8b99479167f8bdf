"""A scenario's script, headless: every act in order, every expectation judged.

A failed `expect` is noted and the script goes on: one run shows all that does not hold. An `until` that is not met,
or a command that cannot be done, ends the script, since what follows was written for another state; so does a
limit. Acts that need a screen are reported as skipped.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from gdtui.errors import CommandError, LimitError, QuantityError
from gdtui.scenario.play.expect import Verdict, show
from gdtui.scenario.play.golden import Golden, Recorder
from gdtui.scenario.play.trace_io import PIECE, recent_rows
from gdtui.scenario.read.acts import Act, Limits, Scenario
from gdtui.session import Command, Session, Snapshot
from gdtui.session.quantities import parse_condition
from gdtui.text import _
from gdtui.verbs import Epoch, Step, Until

#: What a replay is bounded by where the file states nothing.
DEFAULT_UPDATES, DEFAULT_SECONDS = 10_000_000, 300.0
#: Rows of the trace in a failure report.
SHOWN_ROWS = 5

Status = Literal["done", "passed", "failed", "error", "limit", "skipped", "not run"]


@dataclass(frozen=True)
class Outcome:
    """What came of one act.

    Parameters
    ----------
    message
        of a failure, in one sentence; why it was skipped.
    expected, got, difference
        of a failed expectation.
    lane
        whose rows are shown.
    columns, rows
        the lane's newest rows as text.
    """

    act: Act
    status: Status
    message: str = ""
    expected: str = ""
    got: str = ""
    difference: str = ""
    lane: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Report:
    """What came of a replay, act by act.

    Parameters
    ----------
    golden
        what came of comparing it with its golden trace, where there is one.
    """

    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    seconds: float
    final: Snapshot
    golden: Golden | None = None

    def __repr__(self) -> str:
        held, judged = self.count("passed"), self.count("passed", "failed")
        word = "passed" if self.passed else "failed"
        return f"<Report {self.scenario.path.name}: {word}, {held} of {judged} expectations hold>"

    def count(self, *statuses: Status) -> int:
        """Return how many acts ended in one of these."""
        return sum(outcome.status in statuses for outcome in self.outcomes)

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Return the acts that did not hold, or could not be done."""
        return tuple(o for o in self.outcomes if o.status in ("failed", "error", "limit"))

    @property
    def passed(self) -> bool:
        """Whether every act was done, every expectation held, and the golden trace is the same."""
        return self.code == 0

    @property
    def complete(self) -> bool:
        """Whether the script was gone through to its end."""
        return not self.count("not run", "error", "limit") and not any(
            o.status == "failed" and o.act.command is not None for o in self.outcomes
        )

    @property
    def code(self) -> int:
        """The exit code: 0 passed, 1 failed, 4 a limit was reached."""
        if self.count("failed", "error") or (self.golden is not None and self.golden.failed):
            return 1
        return 4 if self.count("limit") else 0


class Budget:
    """What is left of a run's limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.updates = 0
        self.began = perf_counter()

    def check(self) -> None:
        """Raise LimitError where time is up."""
        if self.limits.seconds is not None and perf_counter() - self.began > self.limits.seconds:
            raise LimitError(_("the limit of {:g} seconds is passed").format(self.limits.seconds))

    def take(self, updates: int) -> None:
        """Ask for updates. Raise LimitError where they are more than are left; then none may be made."""
        self.check()
        self.updates += updates
        if self.limits.updates is not None and self.updates > self.limits.updates:
            raise LimitError(_("the limit of {} updates is passed").format(self.limits.updates))

    def up(self) -> bool:
        """Say whether time is up, as an interrupt of long steps."""
        return self.limits.seconds is not None and perf_counter() - self.began > self.limits.seconds


class Player:
    """Goes through a script, act by act, on a session.

    Parameters
    ----------
    scenario
        whose script.
    session
        what it is played on, as the experiment begins; None: a new one.
    recorder
        takes down what happens.
    frames
        pauses in a `step`, for somebody who is watching.
    """

    def __init__(
        self,
        scenario: Scenario,
        session: Session | None = None,
        recorder: Recorder | None = None,
        frames: int = 1,
    ) -> None:
        stated = scenario.limits
        self.scenario = scenario
        self.session = session or Session(scenario.experiment, scenario.coords, scenario.objective)
        self.budget = Budget(Limits(stated.updates or DEFAULT_UPDATES, stated.seconds or DEFAULT_SECONDS))
        self.outcomes: list[Outcome] = []
        self.over = False
        self.frames = frames
        self._recorder = recorder
        if recorder is not None:
            recorder.begin(self.session)

    def play(self, act: Act) -> Generator[None, None, Outcome]:
        """Do one act; pause after each piece of a long command, and return what came of the act."""
        outcome = Outcome(act, "not run") if self.over else (yield from _perform(self, act))
        return self.note(outcome)

    def note(self, outcome: Outcome) -> Outcome:
        """Keep what came of an act; what the script cannot go on after ends it."""
        self.outcomes.append(outcome)
        unmet = outcome.status == "failed" and isinstance(outcome.act.command, Until)
        self.over = self.over or outcome.status in ("error", "limit") or unmet
        if self._recorder is not None and not self.over:
            self._recorder.after(self.session, outcome.act)
        return outcome

    def report(self) -> Report:
        """Return what came of every act so far."""
        seconds = perf_counter() - self.budget.began
        return Report(self.scenario, tuple(self.outcomes), seconds, self.session.snapshot())


def replay(scenario: Scenario, recorder: Recorder | None = None) -> Report:
    """Run the script and return what came of every act."""
    player = Player(scenario, recorder=recorder)
    for act in scenario.acts:
        for _piece in player.play(act):
            pass
    return player.report()


def _perform(player: Player, act: Act) -> Generator[None, None, Outcome]:
    session, budget = player.session, player.budget
    if act.needs_screen:
        return Outcome(act, "skipped", _("needs a screen"))
    if act.looks:
        return Outcome(act, "done")
    try:
        if act.expectation is not None:
            return _judge(session, act)
        assert act.command is not None
        met = None
        for piece in _pieces(player, act.command):
            met = session.apply(piece, budget.up).met
            budget.check()
            yield
            if met:
                break
    except LimitError as error:
        return Outcome(act, "limit", str(error))
    except (CommandError, QuantityError) as error:
        return Outcome(act, "error", str(error))
    if isinstance(act.command, Until):
        return Outcome(act, "passed") if met else _unmet(act, act.command, session.snapshot())
    return Outcome(act, "done")


def _judge(session: Session, act: Act) -> Outcome:
    assert act.expectation is not None
    snapshot = session.snapshot()
    verdict = act.expectation.judge(snapshot)
    if verdict.passed:
        return Outcome(act, "passed", got=verdict.got)
    return _failed(act, verdict, snapshot, act.expectation.quantity.lane)


def _pieces(player: Player, command: Command) -> Iterator[Command]:
    """Cut a long command into pieces with the same end, and take each from the budget.

    Pieces of `until` are taken after they have run: it may be met early.
    """
    session, budget = player.session, player.budget
    match command:
        case Step(n):
            for size in _sizes(n, PIECE):
                budget.take(size)
                yield from map(Step, _sizes(size, -(-size // player.frames)))
        case Epoch(n):
            per_epoch = max(lane.updates_per_epoch for lane in session.snapshot().lanes)
            for _epoch in range(n):
                budget.take(per_epoch)
                yield Epoch(1)
        case Until(condition, maximum):
            for size in _sizes(maximum, PIECE):
                before = max(run.position for run in session.simulation.lanes.values())
                yield Until(condition, size)
                budget.take(max(run.position for run in session.simulation.lanes.values()) - before)
        case _:
            yield command


def _sizes(whole: int, piece: int) -> Iterator[int]:
    while whole > 0:
        yield min(whole, piece)
        whole -= piece


def _failed(act: Act, verdict: Verdict, snapshot: Snapshot, lane: str) -> Outcome:
    view = snapshot.lane(lane)
    columns, rows = recent_rows(view, SHOWN_ROWS)
    message = _("expected {}, got {}").format(verdict.expected, verdict.got)
    return Outcome(act, "failed", message, verdict.expected, verdict.got, verdict.difference, lane,
                   tuple(columns), tuple(map(tuple, rows)))  # fmt: skip


def _unmet(act: Act, until: Until, snapshot: Snapshot) -> Outcome:
    condition = parse_condition(until.until)
    got = snapshot.measure(condition.quantity)
    difference = show(got - condition.value) if isinstance(got, (int, float)) else ""
    expected = _("{} within {} updates").format(condition, until.max)
    return _failed(act, Verdict(False, expected, show(got), difference), snapshot, condition.quantity.lane)
