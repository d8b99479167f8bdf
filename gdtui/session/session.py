"""A simulation and the acts on it: `Session.apply(command)` carries one out and returns a frozen `Snapshot`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gdtui.errors import CommandError, ExpressionError, ObjectiveError, ParameterError, QuantityError
from gdtui.session.commands import (
    Add,
    Back,
    Branch,
    ChangeObjective,
    Command,
    Epoch,
    Load,
    Mark,
    Remove,
    Reset,
    Say,
    Set,
    Step,
    Until,
)
from gdtui.session.quantities import parse_condition
from gdtui.session.snapshot import Snapshot, view_of
from gdtui.simulation.experiment import Experiment
from gdtui.simulation.lane import Edit
from gdtui.simulation.simulation import Interrupt, Simulation


@dataclass(frozen=True)
class _Marked:
    positions: Mapping[str, int]
    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)


class Session:
    """A simulation and the acts on it.

    Parameters
    ----------
    experiment
        what to begin with.
    coords
        which coordinates are recorded (None: up to 16).

    Raises
    ------
    ObjectiveError, ParameterError
        the experiment cannot be run.
    """

    def __init__(self, experiment: Experiment, coords: tuple[int, ...] | None = None) -> None:
        self.simulation = Simulation(experiment, coords)
        self.log: list[Command] = []
        self.origin = experiment
        self._marks: dict[str, _Marked] = {}
        self._caption = ""
        self._met: bool | None = None

    def apply(self, command: Command, interrupt: Interrupt | None = None) -> Snapshot:
        """Carry out a command.

        Parameters
        ----------
        command
            what to do.
        interrupt
            asked now and then during long steps; True stops them where they are.

        Raises
        ------
        CommandError
            it cannot be done; nothing has changed.
        """
        self._met = None
        try:
            done = self._carry_out(command, interrupt)
        except (ParameterError, ObjectiveError, QuantityError, ExpressionError) as error:
            raise CommandError(str(error)) from error
        self._remember(done)
        return self.snapshot()

    def _carry_out(self, command: Command, interrupt: Interrupt | None) -> Command:
        simulation = self.simulation
        match command:
            case Step(n):
                _count("step", n)
                return Step(simulation.step(n, interrupt))
            case Epoch(n):
                _count("epoch", n)
                simulation.epoch(n)
            case Back(str(name)):
                self._return_to(name)
            case Back(int(n)):
                _count("back", n)
                simulation.back(n)
            case Until(condition, maximum):
                _count("max", maximum)
                self._met = self._until(condition, maximum)
                if not self._met:  # as a record it would be an expectation that fails
                    return Step(maximum)
            case Mark(name):
                self._marks[name] = _Marked(
                    {lane: run.position for lane, run in simulation.lanes.items()},
                    {lane: tuple(run.edits) for lane, run in simulation.lanes.items()},
                )
            case Set(lane, key, value):
                simulation.lane(lane).edit(key, value)
            case Branch(lane, new):
                simulation.branch(lane, new)
            case Add(lane):
                simulation.add(lane)
            case Remove(lane):
                simulation.remove(lane)
            case Reset():
                simulation.reset()
                self._marks.clear()
                self._caption = ""
            case ChangeObjective(objective):
                lanes = tuple(replace(lane, start=()) for lane in simulation.experiment.lanes)
                self._open(replace(simulation.experiment.with_objective(objective), lanes=lanes))
            case Load(experiment, coords):
                self._open(experiment, coords)
                self.origin = experiment
                self.log.clear()
            case Say(text):
                self._caption = text
        return command

    def _open(self, experiment: Experiment, coords: tuple[int, ...] | None = None) -> None:
        self.simulation = Simulation(experiment, coords)
        self._marks.clear()
        self._caption = ""

    def _remember(self, command: Command) -> None:
        """Append to the log; steps in a row are one."""
        if isinstance(command, Step) and self.log and isinstance(self.log[-1], Step):
            self.log[-1] = Step(self.log[-1].n + command.n)
        else:
            self.log.append(command)

    def _return_to(self, name: str) -> None:
        if name not in self._marks:
            known = ", ".join(self._marks) or "none"
            raise ParameterError("back", f"there is no mark {name!r} (marks: {known})")
        mark = self._marks[name]
        for lane, position in mark.positions.items():
            run = self.simulation.lanes.get(lane)
            if run is not None:
                run.restore(position, mark.edits[lane])

    def _until(self, text: str, maximum: int) -> bool:
        """Step until the condition holds; say whether it did.

        Steps are made in growing pieces, the trace is searched for the first update at which it
        holds, and every lane goes back to there: the same end as one step at a time.
        """
        condition = parse_condition(text)
        quantity = condition.quantity
        measured = self.snapshot().measure(quantity)  # raises where there is no such quantity
        if isinstance(measured, np.ndarray):
            raise QuantityError(f"{quantity} is a vector: compare one coordinate, {quantity}[0]")
        if isinstance(measured, str):
            raise QuantityError(f"{quantity} is a word, not a number")
        if condition.holds(measured):
            return True
        run = self.simulation.lane(quantity.lane)
        index = "" if quantity.index is None else f"[{quantity.index}]"
        column = run.layout.column(quantity.name + index)
        left, piece = maximum, 16
        while left > 0 and run.status == "going":
            piece = 1 if column is None else min(left, piece * 2, 4096)
            seen = run.update
            self.simulation.step(piece)
            left -= piece
            if column is None:
                now = self.snapshot().measure(quantity)
                assert isinstance(now, (int, float))
                if condition.holds(now):
                    return True
                continue
            rows = run.trace.view().rows
            fresh = rows[rows[:, 0] > seen]
            with np.errstate(invalid="ignore"):
                hit = np.flatnonzero([condition.holds(v) for v in fresh[:, column]])
            if len(hit):
                reached = int(fresh[hit[0], 0])
                self.simulation.back(seen + piece - reached)
                return True
        if run.status != "going":  # it can never hold: count on, as stepping would
            self.simulation.step(left)
        return False

    def snapshot(self) -> Snapshot:
        """Return the present state, frozen."""
        simulation = self.simulation
        lanes = tuple(view_of(run) for run in simulation.lanes.values())
        return Snapshot(
            simulation.experiment,
            simulation.objective,
            lanes,
            tuple(self._marks),
            self._caption,
            self._met,
            len(self.log),
        )


def _count(what: str, n: int) -> None:
    if not 1 <= n <= 10**9:
        raise ParameterError(what, f"{what} takes a number from 1 to 10**9, not {n}")
