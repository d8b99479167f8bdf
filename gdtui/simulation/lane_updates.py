"""The half of a lane that goes forwards: it makes updates, and keeps what is needed to go back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import perf_counter

import numpy as np

from gdtui import ending
from gdtui.errors import CommandError
from gdtui.kernel import Array, Indices, Kernel, compile_behind, compile_now, impatient
from gdtui.objectives.objective import Objective
from gdtui.optimizers import Stepping
from gdtui.simulation.checkpoints import Checkpoints
from gdtui.simulation.compiled_stepper import CompiledStepper
from gdtui.simulation.experiment import Lane
from gdtui.simulation.lane_standing import LaneStanding
from gdtui.simulation.loop import parts_of
from gdtui.simulation.narrow import narrow
from gdtui.simulation.rule_fault import in_one_line
from gdtui.simulation.solver_stepper import SolverStepper
from gdtui.simulation.start_row import start_row
from gdtui.simulation.stepping import Before, LaneSetup, State, Stepper
from gdtui.simulation.stopping import Reason, watch
from gdtui.simulation.suitability import blocks_of, refusal
from gdtui.simulation.tempo import Tempo
from gdtui.simulation.timeline import Timeline
from gdtui.simulation.trace import Trace
from gdtui.simulation.trace_view import Layout, watched
from gdtui.simulation.waypoints import Waypoints
from gdtui.text import _

#: The stepper for each way in which rules step.
STEPPERS: dict[Stepping, Callable[[LaneSetup], Stepper]] = {
    Stepping.COMPILED: CompiledStepper,
    Stepping.SOLVER: SolverStepper,
}

#: Asked between chunks of long work; True stops it.
Interrupt = Callable[[], bool]

#: Recorded updates that are farther apart are made one by one, with the fused loop in between.
SPARSE = 256

#: Updates before the present that people walk back one by one, however long the run was.
WALKED = 2_048

#: Updates that plain Python makes before it looks again whether the kernels are there.
HURRIED = 256


class LaneUpdates(LaneStanding):
    """The half of `LaneRun` that makes updates, as far as `position`."""

    number = 0
    #: Each so many updates are recorded.
    record = 1
    _goes_back = True

    def __init__(
        self, spec: Lane, objective: Objective, seed: int, coords: tuple[int, ...] | None = None,
        first: Array | None = None,
    ) -> None:  # fmt: skip
        self.spec, self.objective, self.rule = spec, objective, spec.rule
        d = objective.dimension
        start = np.array(spec.start, dtype=np.float64) if spec.start else objective.start
        self.first: Array = (start if first is None else first).copy()
        if (wrong := refusal(spec, objective, len(self.first))) is not None:
            raise wrong
        self.layout = Layout(self.rule, watched(d, coords))
        self.coords: Indices = np.array(self.layout.coords, dtype=np.int64)
        self.trace = Trace(self.layout)
        self._timeline = Timeline(spec.values())
        self._blocks = blocks_of(objective)
        self._whole = LaneSetup(spec, objective, seed, self.layout, self.coords, self._blocks, d, parts_of(d))
        self._narrow = narrow(self._whole, self.first, self._all_values())
        self._setup = self._narrow.setup if self._narrow else self._whole
        self._stepper = STEPPERS[self.rule.stepping](self._setup)
        self._tempo = Tempo(self._stepper.seconds)
        self.waypoints = Waypoints(d, len(self.coords))
        self.position, self._fault = 0, ""
        #: Kernels whose work plain Python has done since the start.
        self._stood_in_for: set[Kernel] = set()
        self._begin()

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """Everything that the next update calls."""
        return self._stepper.kernels(self.values_at(self.update))

    def warm(self) -> None:
        """Compile everything that an update calls."""
        with suppress(Exception):  # a rule that cannot be compiled: its first update says so
            compile_now(self.kernels)

    def hurried(self) -> bool:
        """Say whether plain Python makes the next update, while what it calls is compiled on another thread."""
        return self.objective.light and impatient() and compile_behind(self.kernels)

    def reset(self) -> None:
        """Go back to the start; edits are dropped."""
        self._timeline.edits = ()
        self.position = 0
        self._begin()

    def advance(self, n: int) -> None:
        """Make n more updates; a lane that has stopped only counts them."""
        self.position += n
        self.make_updates(self.position, record=self.record)
        if self.trace.last_update < self.update:
            self.trace.extend(self._last[None, :])

    def record_every(self, record: int, updates: int) -> None:
        """Record only each `record`-th of the next `updates` updates (0: none), and where an `advance` ends.

        Such a lane does not go back.
        """
        self.record, self._goes_back = record, False
        self._stepper.plan(updates)

    @property
    def seconds(self) -> float:
        """About how long an update takes."""
        return self._tempo.seconds

    def chunk(self) -> int:
        """Return how many updates to make in one go; see `Tempo.chunk`."""
        return self._tempo.chunk(unseen=self.record != 1, bare=self.record == 0 and not self.objective.noise)

    def _first_state(self) -> State:
        """Return the state at update 0, of those parameters that the lane works on."""
        slots = self.rule.initial_slots(self.first, self.values_at(0))
        state = State(self.first.copy(), slots, watch(self.spec.stop))
        if self._narrow is None:
            return state
        self._narrow = replace(self._narrow, slots=slots)
        return self._narrow.part(state)

    def _begin(self) -> None:
        self._state = self._first_state()
        plain = self.objective.light and impatient() and not self.objective.kernel.ready
        self._stood_in_for = {self.objective.kernel} if plain else set()
        self._checkpoints = Checkpoints(self._state, self._stepper.spacing)
        self.before: Before | None = None
        self.trace.clear()
        self.trace.extend(self._start_row()[None, :])
        self.waypoints.forget_after(-1)
        self.waypoints.keep_if_due(0, self._state.theta)

    def _start_row(self) -> Array:
        return start_row(self.objective, self.layout, self.theta, self.slots, self.values_at(0))

    def make_updates(self, target: int, record: int, interrupt: Interrupt | None = None) -> None:
        """Make updates until number `target` or a stop, and record every `record`-th (0: none) in the trace."""
        if record == 1:
            self._make_sure()
        most = self.spec.stop.updates or np.inf
        last = int(min(target, most))
        while self.update < last and self.stopped == Reason.NONE and (left := self._updates_left()) > 0:
            state = self._state
            if interrupt is not None and interrupt():
                raise CommandError(_("stopped: everything is as it was"))
            edge = self.waypoints.next_due(state.update, self._timeline.next_change(state.update, last))
            # a schedule that reacts to the loss needs the loss of every update
            reacts = self.spec.schedule.follows_loss
            longest = 1 if reacts else self.chunk()
            due = record - state.update % record if record > SPARSE else longest
            n = int(min(edge - state.update, longest, left, due, self._until_checkpoint(last)))
            recorded = record > 0 and state.update % record + n >= record
            self._stretch(n, record, seen=recorded or reacts or state.update + n == last or n == left)
            if record == 1:
                self._make_sure()
        if self.stopped == Reason.NONE and self.update >= most:
            self._state.reason = Reason.ENOUGH_UPDATES
        elif self.stopped == Reason.NONE and self._updates_left() < 1:
            self._state.reason = Reason.TAPE_ENDS

    def _make_sure(self) -> None:
        """Make the updates again that plain Python has made, once all kernels are there: their last bits count."""
        if self._stood_in_for and all(each.ready for each in self._stood_in_for):
            made = self.update
            self._begin()
            self.make_updates(made, record=1)

    def _until_checkpoint(self, last: int) -> int:
        """Return after how many updates a state may be kept on the way to update `last`: the last ones have many."""
        left = last - self._state.update
        if not self._goes_back:
            return left
        return left - WALKED if left > WALKED else min(left, self._stepper.spacing)

    def _stretch(self, n: int, record: int, *, seen: bool) -> None:
        """Make up to n updates with the same settings; see `Stepper.advance`."""
        values = self.values_at(self.update)
        hurried = self.hurried()
        if hurried:
            n = min(n, HURRIED)
            self._stood_in_for.update(self.kernels)
        rates = self._rates(values, n)
        started = perf_counter()
        try:
            stretch = self._stepper.advance(self._state, n, values, rates, record, seen=seen, hurried=hurried)
        except (Exception, SystemExit) as error:  # of a rule from elsewhere: it ends its lane, not the program
            ending.check()  # unless it is what has become of a signal
            self._state.reason, self._fault = Reason.RULE_FAILED, in_one_line(error)
            return
        self._tempo = self._tempo.after(perf_counter() - started, stretch.made)
        if self.spec.schedule.follows_loss:
            self._state.plateau = self._state.plateau.after(stretch.loss, self.spec.schedule)
        self.trace.extend(stretch.rows)
        self._last = stretch.last
        self.before = stretch.before
        if self._goes_back:
            self._checkpoints.keep_if_due(self._state)
        self.waypoints.keep_if_due(self.update, self._state.theta)
