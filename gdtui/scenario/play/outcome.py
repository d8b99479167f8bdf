"""The result of a replay, act by act."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.scenario.play.golden import Golden
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.session import Snapshot
from gdtui.verbs.base import ActStatus, Verdict


@dataclass(frozen=True, kw_only=True)
class Outcome(Verdict):
    """The verdict on one act of a script; `rows` are a head and the newest rows of a failed expectation's lane."""

    act: Act
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def ends_script(self) -> bool:
        """Whether the acts after it cannot be run, because they were written for another state."""
        return self.status in ("error", "limit") or (self.status == "failed" and self.act.verb.ends_script)


@dataclass(frozen=True, eq=False)
class Report:
    """The result of a replay: `final` is the state after the script; a `strict` one fails if nothing was checked."""

    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    seconds: float
    final: Snapshot
    golden: Golden | None = None
    strict: bool = False

    def __repr__(self) -> str:
        held, judged = self.count("passed"), self.count("passed", "failed")
        word = "failed" if not self.passed else "passed" if self.checked else "nothing was checked"
        return f"<Report {self.scenario.path.name}: {word}, {held} of {judged} expectations hold>"

    def count(self, *statuses: ActStatus) -> int:
        """Return how many acts ended in one of these."""
        return sum(outcome.status in statuses for outcome in self.outcomes)

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The acts that did not hold or could not be done."""
        return tuple(o for o in self.outcomes if o.status in ("failed", "error", "limit"))

    @property
    def checked(self) -> bool:
        """Whether anything was judged: an expectation, or the golden trace."""
        return self.count("passed", "failed") > 0 or (self.golden is not None and self.golden.status != "new")

    @property
    def passed(self) -> bool:
        """Whether every act was done, every expectation held, and the golden trace is the same."""
        return self.code == 0

    @property
    def complete(self) -> bool:
        """Whether the script was run to its end."""
        return not self.count("not run") and not any(outcome.ends_script for outcome in self.outcomes)

    @property
    def code(self) -> int:
        """The exit code: 0 passed, 1 failed, 4 a limit was reached."""
        if self.count("failed", "error") or (self.golden is not None and self.golden.failed):
            return 1
        if self.count("limit"):
            return 4
        return 1 if self.strict and not self.checked else 0
