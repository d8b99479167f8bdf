"""One lane: its state, its updates, and the exact way back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import replace
from time import perf_counter

import numpy as np

from gdtui import ending
from gdtui.errors import CommandError
from gdtui.kernel import Array, Indices, Kernel, compile_behind, impatient
from gdtui.objectives.objective import Objective
from gdtui.optimizers import Stepping
from gdtui.simulation.checkpoints import Checkpoints
from gdtui.simulation.compiled_stepper import CompiledStepper
from gdtui.simulation.experiment import Lane
from gdtui.simulation.lane_standing import LaneStanding
from gdtui.simulation.loop import parts_of
from gdtui.simulation.narrow import at_rest, narrow
from gdtui.simulation.rule_fault import in_one_line
from gdtui.simulation.solver_stepper import SolverStepper
from gdtui.simulation.start_row import start_row
from gdtui.simulation.stepping import Before, LaneSetup, State, Stepper
from gdtui.simulation.stopping import Reason, watch
from gdtui.simulation.suitability import blocks_of, refusal
from gdtui.simulation.tempo import Tempo
from gdtui.simulation.timeline import Edit, Timeline
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


class LaneRun(LaneStanding):
    """A lane on an objective, going forwards and back.

    `position` counts the requested updates, `update` those made: a lane that diverged at update 7 stays there while
    its position goes on, so that going back is the exact inverse of stepping. The coordinates in `coords` are recorded;
    by default the first 16.

    The parameters at update 0 are `first`, or else the lane's start, or else the objective's. `number` is the lane's
    own among the lanes of a simulation, as long as it exists.

    Raises
    ------
    ParameterError
        the lane does not fit the objective.
    """

    number = 0
    #: Each so many updates are recorded.
    record = 1

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

    def warm(self) -> None:
        """Compile everything that an update calls."""
        with suppress(Exception):  # a rule that cannot be compiled: its first update says so
            for each in self._stepper.kernels(self.values_at(self.update)):
                each.compiled  # noqa: B018 - it compiles

    def hurried(self) -> bool:
        """Say whether plain Python makes the next update, while what it calls is compiled on another thread."""
        if not (self.objective.light and impatient()):
            return False
        kernels = self._stepper.kernels(self.values_at(self.update))
        return not all(each.ready for each in kernels) and compile_behind(kernels)

    # -- settings over time ---------------------------------------------------------------------

    def edit(self, key: str, value: float) -> None:
        """Change a setting from the next update on, and drop the edits that lie ahead; see `Lane.check`."""
        self.spec.check(key, value)
        self._timeline.edit(Edit(self.update, key, value))
        self._widen_if_due()
        if self.update == 0:  # a slot may start at the value of a hyperparameter
            self._begin()

    def restore(self, position: int, edits: tuple[Edit, ...], interrupt: Interrupt | None = None) -> None:
        """Go to `position` with these edits, those that the lane can take, instead of the lane's own.

        CommandError once `interrupt` says so: the lane is then somewhere on its way.
        """
        edits = tuple(edit for edit in edits if self.spec.takes(edit.key, edit.value))
        self.go_to(min(position, self.position, self._timeline.shared_with(edits, position)), interrupt)
        self._timeline.edits = edits
        self._widen_if_due()
        if self.update == 0:
            self._begin()
        self.position = position
        self.make_updates(position, record=1, interrupt=interrupt)

    def _widen_if_due(self) -> None:
        """Work on all parameters from now on, if with some setting those without a gradient move."""
        if self._narrow is None or at_rest(self._whole, self._all_values()):
            return
        state = self._narrow.whole(self._state)
        self._narrow, self._setup = None, self._whole
        self._stepper = STEPPERS[self.rule.stepping](self._setup)
        self._checkpoints = Checkpoints(self._first_state(), self._stepper.spacing)
        self._state = state
        self._checkpoints.keep_if_due(state)

    # -- forwards -------------------------------------------------------------------------------

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
        self.record = record
        self._stepper.foresee(updates)

    def ahead(self, n: int, factor: float = 1.0, seed: int | None = None) -> LaneRun:
        """Return a copy that goes on by itself from here, with n updates asked of it that are yet to be made.

        Its trace begins here. The learning rate is multiplied by `factor`; another `seed` draws other batches and other
        noise.
        """
        ahead = copy(self)
        if factor != 1.0:
            rate = self.values_at(self.update)["lr"] * factor
            ahead._timeline = Timeline(self.spec.values())
            ahead._timeline.edits = self.edits
            ahead._timeline.edit(Edit(self.update, "lr", rate))
        if seed is not None:
            ahead._stepper = STEPPERS[self.rule.stepping](replace(self._setup, seed=seed))
        ahead._stood_in_for = set()
        ahead._state, ahead.trace = self._state.copy(), Trace(self.layout)
        ahead._checkpoints = Checkpoints(ahead._state, n + 1)
        ahead.waypoints = Waypoints(len(self.first), len(self.coords))
        ahead.trace.extend(self.row[None, :])
        ahead.position = self.update + n
        return ahead

    @property
    def seconds(self) -> float:
        """About how long an update takes."""
        return self._tempo.seconds

    def chunk(self) -> int:
        """Return how many updates to make in one go; see `Tempo.chunk`."""
        return self._tempo.chunk(unseen=self.record != 1)

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
            reacts = self.spec.schedule.kind == "plateau"
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
        if self.record != 1:
            return left
        return left - WALKED if left > WALKED else min(left, self._stepper.spacing)

    def _stretch(self, n: int, record: int, *, seen: bool) -> None:
        """Make up to n updates with the same settings; see `Stepper.advance`."""
        values = self.values_at(self.update)
        hurried = self.hurried()
        if hurried:
            n = min(n, HURRIED)
            self._stood_in_for.update(self._stepper.kernels(values))
        rates = self._rates(values, n)
        started = perf_counter()
        try:
            stretch = self._stepper.advance(self._state, n, values, rates, record, seen=seen, hurried=hurried)
        except (Exception, SystemExit) as error:  # of a rule from elsewhere: it ends its lane, not the program
            ending.check()  # unless it is what has become of a signal
            self._state.reason, self._fault = Reason.RULE_FAILED, in_one_line(error)
            return
        self._tempo = self._tempo.after(perf_counter() - started, stretch.made)
        if self.spec.schedule.kind == "plateau":
            self._state.plateau = self._state.plateau.after(stretch.loss, self.spec.schedule)
        self.trace.extend(stretch.rows)
        self._last = stretch.last
        self.before = stretch.before
        if self.record == 1:  # others do not go back
            self._checkpoints.keep_if_due(self._state)
        self.waypoints.keep_if_due(self.update, self._state.theta)

    # -- backwards ------------------------------------------------------------------------------

    def twin(self) -> LaneRun:
        """Return a lane that is where this one is, and stays there when this one goes on or back."""
        other = copy(self)
        other._state, other._timeline = self._state.copy(), copy(self._timeline)
        other.trace, other._checkpoints = self.trace.twin(), self._checkpoints.twin()
        other.waypoints, other._stood_in_for = self.waypoints.twin(), set(self._stood_in_for)
        return other

    def return_to(self, twin: LaneRun) -> None:
        """Go where a twin of this lane has stayed; it is of no use afterwards."""
        vars(self).update(vars(twin))

    def spare(self) -> None:
        """Hold little memory, for a lane that is put aside: going back makes more updates again, to the same bits."""
        self._checkpoints.spare()

    def back(self, n: int, interrupt: Interrupt | None = None) -> None:
        """Undo the last n requested updates exactly; stop at the start. See `go_to`."""
        self.go_to(max(0, self.position - n), interrupt)

    def go_to(self, position: int, interrupt: Interrupt | None = None) -> None:
        """Go to the state after `position` requested updates.

        CommandError once `interrupt` says so: the lane is then somewhere on its way.
        """
        self._make_sure()
        self.position = position
        if position >= self.update:  # it stopped earlier, or has not made so many yet
            self.make_updates(position, record=1, interrupt=interrupt)
            return
        self.waypoints.forget_after(position)
        whole = self.trace.cut(position)
        if position == 0:
            self._begin()
            return
        # from a state at least one update before it, so that the last update can be explained
        latest = position - 1 if whole >= position else max(whole, 0)
        self._state = self._checkpoints.back_to(latest)
        if whole < 0:
            self.trace.extend(self._start_row()[None, :])
        record = 0 if whole >= position else 1
        self.make_updates(min(max(whole, 0), position - 1), record=0, interrupt=interrupt)
        self.make_updates(position - 1, record=record, interrupt=interrupt)
        self.make_updates(position, record=record)
