"""The app as a script drives it: no timers, and keys that step, since the script itself turns the pages."""

from __future__ import annotations

from pathlib import Path

from gdtui.scenario.play.lesson import Lesson
from gdtui.scenario.read.acts import Scenario
from gdtui.tui.app import Gdtui
from gdtui.tui.screens import bench as bench_package
from gdtui.tui.screens.bench import Bench


class FilmBench(Bench):
    """The bench without timers."""

    CSS_PATH = str(Path(bench_package.__file__).with_name("bench.tcss"))

    def _start(self) -> None:
        self.run_worker(self._run_engine(), name="engine", exit_on_error=True)

    def action_next(self) -> None:
        """Make one update."""
        self.action_step(1)

    def action_previous(self) -> None:
        """Take one update back."""
        self.action_back(1)

    def tick(self) -> None:
        """Let a twentieth of a second pass for a bench that runs."""
        self._tick()


class FilmApp(Gdtui):
    """The app with that bench on it."""

    def __init__(self, scenario: Scenario, lesson: Lesson | None) -> None:
        super().__init__(scenario.experiment)
        self.bench = FilmBench(scenario.experiment, lesson)

    async def _open(self) -> None:
        await self.push_screen(self.bench)
