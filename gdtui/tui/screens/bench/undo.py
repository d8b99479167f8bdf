"""Undo on the bench: the acts of the user, and what was on the screen before each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdtui.errors import CommandError
from gdtui.session import Command, History, Moment, PageEnd, Snapshot
from gdtui.text import _
from gdtui.tui.screens.bench.display import Display
from gdtui.view.look import Look

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.session import Session
    from gdtui.simulation.lane_updates import Interrupt


@dataclass(frozen=True)
class Scene:
    """What was on the screen before an act."""

    lesson: Lesson | None
    page: int
    look: Look
    page_end: PageEnd | None


#: Undo, or redo.
Way = Callable[[History, "Session", Scene, "Interrupt"], Moment | None]


class Undo(Display):
    """The part of the bench that hands acts to the engine, and undoes them."""

    _warned = False  # that q leaves acts unsaved
    _page_end: PageEnd | None = None  # the end of the present page of a lesson; None: nothing is a detour

    def act(self, *commands: Command) -> None:
        """Hand one act of the user to the engine: undo knows it, and what was on the screen."""
        self._warned = False
        self.engine.submit_act(*commands, memo=self._scene)

    @property
    def _scene(self) -> Scene:
        return Scene(self.lesson, self.page, self.look, self._page_end)

    def action_undo(self) -> None:
        """Undo the last act that going back does not undo."""
        self._travel(History.undo, _("undone: {act}"), _("nothing to undo"))

    def action_redo(self) -> None:
        """Do again what was undone last."""
        self._travel(History.redo, _("done again: {act}"), _("nothing to do again"))

    def _travel(self, way: Way, said: str, nothing: str) -> None:
        self.pace.running = False
        scene = self._scene
        moments: list[Moment | None] = []

        def travel() -> bool:
            assert self.engine.session is not None
            assert self.engine.history is not None
            moment = way(self.engine.history, self.engine.session, scene, self.engine.interrupted)
            moments.append(moment)
            if moment is not None and isinstance(moment.memo, Scene):
                self._page_end = moment.memo.page_end
            return moment is not None

        async def show() -> None:
            before = self.snapshot
            try:
                await self.engine.advance(travel)
            except CommandError as error:  # stopped
                self.say(str(error))
                return
            if not moments:  # stopped before it began
                return
            (moment,) = moments
            if moment is not None and isinstance(moment.memo, Scene):
                self._return_to(moment.memo, before)
            self.say(nothing if moment is None else said.format(act=moment.undone), good=moment is not None)

        self.run_worker(show(), exit_on_error=True)

    def _return_to(self, scene: Scene, before: Snapshot | None) -> None:
        """Show the page, and after another objective the look, that belong to the moment."""
        if before is not None and self.snapshot is not None and self.snapshot.objective is not before.objective:
            self.look = scene.look.fitting(self.snapshot)
        if (self.lesson, self.page) != (scene.lesson, scene.page):
            self.lesson = scene.lesson
            self.turn_to(scene.page)
            self.refresh_bindings()
