"""The bench: its keys become commands for the engine, or change the look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.command import Provider

from gdtui.errors import LookError, RecordError
from gdtui.session import ChangeObjective
from gdtui.text import _, number
from gdtui.tui.clock import Clock
from gdtui.tui.command_palette import BenchCommands
from gdtui.tui.screens.bench.bindings import BINDINGS
from gdtui.tui.screens.bench.fair_rates import FairRates
from gdtui.tui.screens.bench.map_pointer import MapPointer
from gdtui.tui.screens.bench.pace import FRAMES
from gdtui.tui.screens.bench.quizzes import Quizzes
from gdtui.tui.screens.bench.stage import Stage
from gdtui.tui.screens.key_list import KeyList
from gdtui.tui.screens.lane_pickers import PickLane
from gdtui.tui.screens.pick_objective import PickObjective
from gdtui.tui.screens.save import SaveAs
from gdtui.tui.screens.settings import EditLane
from gdtui.tui.widgets.lanes_table import LanesTable
from gdtui.verbs import Remove, Reset, Scale, Set, Show, Step
from gdtui.view.charts import charts_of
from gdtui.view.here import here
from gdtui.view.look import FUTURES, turned

if TYPE_CHECKING:
    from gdtui.objectives.specs import Specification
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.session import Session
    from gdtui.simulation.experiment import Experiment


class Bench(Quizzes, Stage, FairRates, MapPointer):
    """The bench."""

    CSS_PATH = "bench.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {BenchCommands}
    BINDINGS: ClassVar[list[BindingType]] = BINDINGS

    def __init__(
        self, experiment: Experiment, lesson: Lesson | None = None, *, session: Session | None = None,
        clock: Clock | None = None, scripted: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(experiment, lesson, session=session, clock=clock, scripted=scripted)
        self._busy_ticks = 0  # of the clock, one after another

    # -- running ----------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._busy_ticks = self._busy_ticks + 1 if self.engine.busy and self.engine.ready else 0
        if self._busy_ticks == FRAMES or (self.under_way and self._busy_ticks and self._busy_ticks % FRAMES == 0):
            self.say(self.under_way() if self.under_way else _("working …   {stop} stops it").format_map(self.keys))
        n = 0 if self.engine.busy else self.pace.tick()
        if n:
            self.act(Step(n))

    def action_run(self) -> None:
        """Run or pause."""
        self.pace.toggle()
        if not self.pace.running:
            self.engine.stop_long_step()
        self.repaint()

    def action_stop(self) -> None:
        """Stop whatever runs."""
        self.pace.running = False
        self._heading_for = None
        self.forget_presses()
        self.engine.stop_long_step()
        self.say("")

    def action_speed(self, by: int) -> None:
        """Run faster or slower."""
        self.pace.change(by)
        self.repaint()

    def action_knob(self, by: float) -> None:
        """Multiply the setting that is the knob, or divide it (by < 0), and show the future of the lane."""
        if self.frame is None:
            return
        lane = self.frame.lane
        key = self.look.knob if self.look.knob in lane.settings else "lr"
        self.act(Scale(lane.name, key, by if by > 0 else -1.0 / by))  # first: a detour ends with the look before it
        self.look = replace(self.look, knob=key, future=self.look.future or FUTURES[0])
        self.ask_for_futures()
        self.run_worker(self._say_knob(), exit_on_error=True)

    async def _say_knob(self) -> None:
        await self.engine.settled()
        if self.frame is not None and not self._message:
            lane, key = self.frame.lane, self.look.knob
            message = _(
                "{lane}.{key} = {value} · {knob-more} × 1.1 · {knob-less} ÷ 1.1 · {knob-double} × 2 · {knob-halve} ÷ 2 "
                "· {future} hides the future"
            )
            value = number(lane.settings[key])
            self.say(message.format(lane=lane.name, key=key, value=value, **self.keys), good=True)

    async def _say_future(self) -> None:
        await self.engine.idle()
        message = _("the next {n} updates of every lane, at half and twice its rate or by other seeds")
        self.say(message.format(n=self.look.future), good=True)

    def action_reset(self) -> None:
        """Put every lane back at its start."""
        self.pace.running = False
        self.act(Reset())

    # -- looking ----------------------------------------------------------------------------------

    def action_turn(self, what: str, by: int) -> None:
        """Change the look by one of `gdtui.view.look.TURNS`."""
        if self.frame is None:
            return
        snapshot, wide = self.frame.snapshot, self.frame.plan.size == "wide"
        try:
            self.look = turned(self.look, snapshot, what, by, charts_of(snapshot, wide=wide))
        except LookError as error:
            self.say(str(error).format_map(self.keys))
        else:
            self.repaint()
            if what == "knob":
                self.run_worker(self._say_knob(), exit_on_error=True)
            if what == "farther":
                self.run_worker(self._say_future(), exit_on_error=True)

    @on(LanesTable.Clicked)
    def _lane_clicked(self, event: LanesTable.Clicked) -> None:
        if self.snapshot is not None and event.lane < len(self.snapshot.lanes):
            self.show(Show(lane=self.snapshot.lanes[event.lane].name).changed)
            if event.menu:
                self.action_menu("lane")

    # -- dialogs ----------------------------------------------------------------------------------

    def action_objective(self, files: bool = False) -> None:
        """Choose a surface, a dataset, or type a formula; with `files`, begin with a tree of CSV files."""
        self.pace.running = False

        async def change(spec: Specification) -> None:
            self.act(ChangeObjective(spec))
            await self.engine.settled()
            if not self._message:
                message = _("the learning rates are those from before: {rates} looks for the best ones here")
                self.say(message.format_map(self.keys))

        PickObjective(files=files).ask(self.app, lambda spec: self.run_worker(change(spec), exit_on_error=True))

    def action_add(self) -> None:
        """Choose an optimizer, put it on the bench and select it."""
        if self.snapshot is not None:
            names = tuple(lane.name for lane in self.snapshot.lanes)
            PickLane(names, self.snapshot.position).ask(self.app, self.add_lane)

    def action_edit(self, first: str = "lr") -> None:
        """Change the settings of the selected lane, beginning with one of them."""
        if self.frame is None:
            return
        lane = self.frame.lane

        def change(settings: dict[str, float]) -> None:
            self.act(*(Set(f"{lane.name}.{key}", value) for key, value in settings.items()))

        EditLane(lane, first).ask(self.app, change)

    def action_remove(self) -> None:
        """Take the selected lane away."""
        if self.frame is not None:
            self.act(Remove(self.frame.lane.name))

    def action_leave(self) -> None:
        """Leave; if acts are unsaved, say so the first time."""
        history = self.engine.history
        if history is None or not history.unsaved or self._warned:
            self.app.exit()
        else:
            self._warned = True
            self.say(_("what you did is not saved: {save} saves it, {quit} again leaves").format_map(self.keys))

    def action_help(self) -> None:
        """Show what every key does."""
        self.app.push_screen(KeyList(self, here(self.frame) if self.frame is not None else {}))

    def action_save(self) -> None:
        """Save what was done as a scenario."""
        self.pace.running = False
        SaveAs(*self.kept_as()).ask(self.app, lambda answer: self.run_worker(self._save(*answer), exit_on_error=True))

    async def _save(self, path: Path, title: str) -> None:
        await self.engine.settled()
        assert self.engine.session is not None
        assert self.engine.history is not None
        try:
            from gdtui.scenario.write.record import save  # a broken disk can fail here too

            save(self.engine.session, path, title)
        except (RecordError, OSError, ImportError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            self.say(f"{path}: {reason}")
        else:
            self.engine.history.unsaved = False
            self.say(_("saved: gdtui {path} opens it, gdtui replay {path} checks it").format(path=path), good=True)
