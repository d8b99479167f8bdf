"""One lane: its state, its updates, and the exact way back."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

from gdtui.simulation.checkpoints import Checkpoints
from gdtui.simulation.lane_updates import STEPPERS, Interrupt, LaneUpdates
from gdtui.simulation.narrow import at_rest
from gdtui.simulation.timeline import Edit, Timeline
from gdtui.simulation.trace import Trace
from gdtui.simulation.waypoints import Waypoints


class LaneRun(LaneUpdates):
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
