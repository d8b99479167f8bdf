"""Members one by one, as lanes of their own."""

from __future__ import annotations

import numpy as np

from gdtui.columns import Column
from gdtui.objectives.objective import Objective
from gdtui.simulation.fields.members import Halt, Members, Outcomes
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.stopping import Status
from gdtui.simulation.tempo import CHUNK_SECONDS

#: Updates of a lane before it is known how long they take.
FIRST = 16


class OneByOne:
    """Members with the same batches and noise, each a lane; see `running.Group`."""

    def __init__(self, members: Members, objective: Objective, halt: Halt) -> None:
        self._members, self._objective, self._halt, self.made = members, objective, halt, 0
        self._runs: dict[int, LaneRun] = {}  # those that are under way
        self._found = Outcomes.none_yet(members.count, objective.dimension)

    @property
    def at_once(self) -> int:
        """As many updates as take a chunk's time, but no more than have been made: they may come to take longer."""
        fit = min((int(CHUNK_SECONDS / run.seconds) for run in self._runs.values()), default=FIRST)
        return max(1, min(fit, max(FIRST, self.made)))

    def advance(self, updates: int) -> None:
        """Make so many more updates of every member; what is halted is not known."""
        self.made = min(self.made + updates, self._members.updates)
        for member in range(self._members.count):
            if self._halt.is_set:
                return
            run = self._runs.pop(member, None) or self._begun(member)
            run.position = self.made
            while run.update < self.made and run.status == Status.GOING:
                run.make_updates(min(self.made, run.update + run.chunk()), record=run.record)
                if self._halt.is_set:  # a run may take minutes
                    return
            self._note(member, run)
            if self.made < self._members.updates:
                self._runs[member] = run

    def outcomes(self) -> Outcomes:
        """Return what came of the members by now."""
        return self._found

    def _begun(self, member: int) -> LaneRun:
        """Return a member at its start."""
        members = self._members
        aimed = len(members.targets) > 0
        coords = tuple(range(self._objective.dimension)) if aimed else (0,)
        run = LaneRun(members.lane_of(member), self._objective, members.seed_of(0), coords)
        run.record_every(int(aimed), members.updates)
        run.waypoints.kept = False
        return run

    def _note(self, member: int, run: LaneRun) -> None:
        found, objective = self._found, self._objective
        found.theta[member] = run.theta
        found.loss[member] = objective.evaluate(run.theta)[0] if objective.has_loss else np.nan
        found.reasons[member] = run.stopped
        found.updates[member] = run.update
        found.arrived[member] = _arrival(run, self._members) if len(self._members.targets) else -1


def _arrival(run: LaneRun, members: Members) -> int:
    """Return the first update from which on a lane that records all parameters is near a target; −1: it is not."""
    view = run.trace.view()
    block = view.layout.block("theta")
    assert block is not None
    points = np.concatenate((view.first[:, block], view.rows[:, block]))
    updates = np.concatenate((view.first, view.rows))[:, Column.UPDATE]
    with np.errstate(all="ignore"):
        distances = np.linalg.norm(points[:, None, :] - members.targets[None, :, :], axis=2).min(axis=1)
    away = np.flatnonzero(~(distances < members.reach))
    place = int(away[-1]) + 1 if len(away) else 0
    return int(updates[place]) if place < len(updates) else -1
