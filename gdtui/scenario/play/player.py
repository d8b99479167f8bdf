"""A scenario's script, act by act: every command applied, every expectation judged.

A failed `expect` is noted and the script goes on, so that one run shows every failure. An `until` that is not met, a
command that cannot be carried out, or a limit ends the script, because the acts after it were written for another
state. Without a screen, acts that need one are reported as skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace as changed

from gdtui.errors import CommandError, LimitError, QuantityError
from gdtui.scenario.play.golden import Recorder, golden_path, settle
from gdtui.scenario.play.outcome import Outcome, Report
from gdtui.scenario.play.trace_io import recent_rows
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.session import Session
from gdtui.session.budget import Budget, Limits
from gdtui.verbs import Verdict

#: The limits of a replay if the file states none.
DEFAULT_UPDATES, DEFAULT_SECONDS = 10_000_000, 300.0
#: Rows of the trace in a failure report.
SHOWN_ROWS = 5


class Player:
    """Plays a script on a session (None: a new one), with as many pauses in a `step` as a viewer needs `frames`."""

    def __init__(
        self, scenario: Scenario, session: Session | None = None, recorder: Recorder | None = None, frames: int = 1
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
            recorder.begin(self.session.snapshot())

    def play(self, act: Act) -> Generator[None, None, Outcome]:
        """Play one act; pause after each part of a long one, and return its result."""
        if self.over:
            return self.note(Outcome("not run", act=act))
        try:
            verdict = yield from act.verb.play(self.session, self.budget, self.frames)
        except LimitError as error:
            return self.note(Outcome("limit", str(error), act=act))
        except (CommandError, QuantityError) as error:
            return self.note(Outcome("error", str(error), act=act))
        return self.note(self.outcome(act, verdict))

    def outcome(self, act: Act, verdict: Verdict) -> Outcome:
        """Return the result of an act; a failed expectation comes with the newest rows of its lane."""
        rows = recent_rows(self.session.lane(verdict.lane), SHOWN_ROWS) if verdict.lane else ()
        return Outcome(**vars(verdict), act=act, rows=rows)

    def note(self, outcome: Outcome) -> Outcome:
        """Keep the result of an act."""
        self.outcomes.append(outcome)
        self.over = self.over or outcome.ends_script
        if self._recorder is not None and not self.over:
            self._recorder.after(self.session, outcome.act)
        return outcome

    def report(self) -> Report:
        """Return the results so far."""
        return Report(self.scenario, tuple(self.outcomes), self.budget.seconds, self.session.snapshot())


def replay(scenario: Scenario, recorder: Recorder | None = None) -> Report:
    """Run the script headless and return the result of every act."""
    player = Player(scenario, recorder=recorder)
    for act in scenario.acts:
        for _pause in player.play(act):
            pass
    return player.report()


#: Runs a script, headless or on a screen, while the golden trace is recorded.
Play = Callable[[Scenario, Recorder | None], Report]


def verify(
    scenario: Scenario, play: Play = replay, *, update: bool = False, wanted: bool = False, strict: bool = False
) -> Report:
    """Run the script and compare its trace with the golden trace beside the file; OSError if that cannot be used.

    With `update`, the golden trace is written if there is none or it differs, and everything else holds. With `wanted`,
    a missing golden trace is a failure; if `strict`, so is a script that checks nothing.
    """
    recorder = Recorder() if update or wanted or golden_path(scenario.path).exists() else None
    report = changed(play(scenario, recorder), strict=strict)
    if recorder is None or not report.complete or (update and not report.passed):
        return report  # a script that failed has nothing to compare, and nothing to keep
    return changed(report, golden=settle(scenario, recorder, update=update, wanted=wanted))
