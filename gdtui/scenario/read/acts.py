"""What a script is made of once it has been read: plain records, no pydantic."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gdtui.objectives.objective import Objective
from gdtui.scenario.play.expect import Expectation
from gdtui.scenario.read.faults import Place
from gdtui.session import Command
from gdtui.session.quantities import Quantity
from gdtui.simulation.experiment import Experiment
from gdtui.verbs import Until
from gdtui.view.charts import Show

#: Verbs that need a screen: a headless replay reports them as skipped.
SCREEN_VERBS = ("wait", "press", "resize", "screenshot", "expect_screen")

#: What a screen verb is given: seconds, keys or texts, (columns, rows), a name; of `ask` the answer; of `show` itself.
Given = float | tuple[str, ...] | tuple[int, int] | str | Show | None


@dataclass(frozen=True)
class Act:
    """One line of a script.

    Parameters
    ----------
    verb
        a key of `model.VERBS`.
    place
        where it stands in the file.
    text
        as written there, on one line.
    command
        what it does to the session; None for `expect` and screen verbs.
    expectation
        of `expect`.
    given
        of screen verbs their argument, of `ask` the answer, of `show` the act of looking.
    """

    verb: str
    place: Place
    text: str
    command: Command | None = None
    expectation: Expectation | None = None
    given: Given = None

    @property
    def needs_screen(self) -> bool:
        """Whether it means nothing without a screen."""
        return self.verb in SCREEN_VERBS

    @property
    def looks(self) -> bool:
        """Whether it changes what is seen, and nothing else: without a screen there is nothing to do."""
        return isinstance(self.given, Show)

    def quantities(self) -> tuple[Quantity, ...]:
        """Return every quantity that an expectation speaks of."""
        if self.expectation is None:
            return ()
        others = (c.wanted for c in self.expectation.checks if isinstance(c.wanted, Quantity))
        return (self.expectation.quantity, *others)

    @property
    def asserts(self) -> bool:
        """Whether it can fail as an expectation does."""
        return self.expectation is not None or isinstance(self.command, Until) or self.verb == "expect_screen"


@dataclass(frozen=True)
class Limits:
    """Bounds of a run; None: the file states none.

    Parameters
    ----------
    updates
        asked of any one lane, those made again after `back` counted again.
    seconds
        of wall time.
    """

    updates: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Scenario:
    """A scenario file, read and found clean.

    Parameters
    ----------
    experiment
        what `gdtui run` runs.
    acts
        what `gdtui replay` does with it.
    coords
        the coordinates that the script speaks of beyond those recorded anyway, or None.
    objective
        the experiment's objective, as it was built to check the file.
    """

    path: Path
    title: str
    experiment: Experiment
    summary: str = ""
    tags: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    acts: tuple[Act, ...] = ()
    coords: tuple[int, ...] | None = None
    objective: Objective | None = field(default=None, compare=False, repr=False)
