"""Every act of a user is a command here, whether it comes from a key, the palette, the mouse, a script or a test.

`Session.apply(command)` returns a frozen `Snapshot`: all that a screen or a report may show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives.base import Objective, ObjectiveError
from gdtui.objectives.expression import ExpressionError
from gdtui.optimizers import ParameterError
from gdtui.quantities import SCALARS, VECTORS, Quantity, QuantityError, parse_condition, suggestion
from gdtui.simulation.experiment import Experiment, Lane, ObjectiveSpec
from gdtui.simulation.lane import Before, Edit, LaneRun
from gdtui.simulation.simulation import Interrupt, Simulation
from gdtui.simulation.trace import TraceView

# -- commands ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Make n updates on every lane."""

    n: int = 1


@dataclass(frozen=True)
class Epoch:
    """Advance every lane by n passes over its data."""

    n: int = 1


@dataclass(frozen=True)
class Back:
    """Undo n updates on every lane, or everything since a mark."""

    to: int | str = 1


@dataclass(frozen=True)
class Until:
    """Step until a condition holds, at most `max` updates."""

    condition: str
    max: int


@dataclass(frozen=True)
class Mark:
    """Name this moment, to come back to."""

    name: str


@dataclass(frozen=True)
class Set:
    """Change a setting of a lane from the next update on."""

    lane: str
    key: str
    value: float


@dataclass(frozen=True)
class Branch:
    """Copy a lane, with all its past, under a new name."""

    lane: str
    new: str


@dataclass(frozen=True)
class Add:
    """Put another lane on the objective, at its update 0."""

    lane: Lane


@dataclass(frozen=True)
class Remove:
    """Take a lane away."""

    lane: str


@dataclass(frozen=True)
class Reset:
    """Put every lane back at its start; edits and marks are dropped."""


@dataclass(frozen=True)
class ChangeObjective:
    """Put the same lanes on another objective, at update 0."""

    objective: ObjectiveSpec


@dataclass(frozen=True)
class Load:
    """Put another experiment on the bench, at update 0."""

    experiment: Experiment


@dataclass(frozen=True)
class Say:
    """Show a caption."""

    text: str


Command = (
    Step | Epoch | Back | Until | Mark | Set | Branch | Add | Remove | Reset | ChangeObjective | Load | Say
)  # fmt: skip


class CommandError(ValueError):
    """A command that cannot be carried out; nothing has changed."""


#: Parameters up to which a snapshot holds all of them.
WHOLE = 20_000

# -- what comes down --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LaneView:
    """One lane as it is: its settings in force, where it stands, its history.

    Parameters
    ----------
    settings
        every setting in force for the next update.
    row
        the newest row of the trace.
    before
        what the last update started from (None at update 0).
    next_lr
        the learning rate of the next update.
    reason
        why it has converged or ended.
    columns
        of the parameter block in which each watched coordinate lies; 1 for a vector.
    objective
        what it minimises.
    parameters
        all of them, watched or not; None beyond `WHOLE` of them.
    pending
        edits that lie ahead: stepping on makes them again.
    """

    spec: Lane
    settings: Mapping[str, float]
    update: int
    position: int
    epoch: float | None
    samples: int
    updates_per_epoch: int
    status: str
    row: Array
    trace: TraceView
    before: Before | None
    edits: tuple[Edit, ...]
    next_lr: float
    reason: str
    columns: tuple[int, ...]
    objective: Objective
    parameters: Array | None

    @property
    def name(self) -> str:
        """The lane's name."""
        return self.spec.name

    @property
    def evaluations(self) -> int:
        """Evaluations of value and gradient so far, as the lane's optimizer counts them."""
        return int(self.scalar("evaluations"))

    @property
    def pending(self) -> tuple[Edit, ...]:
        """Edits that lie ahead."""
        return tuple(edit for edit in self.edits if edit.update > self.update)

    @property
    def status_text(self) -> str:
        """The status as a sentence: "going", "diverged at update 7"."""
        if self.status == "going":
            return self.status
        return f"{self.status} at update {self.update}" + (f": {self.reason}" if self.reason else "")

    def scalar(self, name: str) -> float:
        """Return a column of the newest row by name: "loss", "grad_norm" …; nan where empty."""
        column = self.trace.layout.column(name)
        assert column is not None
        return float(self.row[column])

    def vector(self, name: str) -> Array | None:
        """Return "theta", "velocity", "m_hat" … at the watched coordinates, or None: it has none."""
        block = self.trace.layout.block(name)
        return None if block is None else self.row[block]

    def accuracy(self) -> float:
        """Return the share of training rows that are put in their class; nan where there are no classes."""
        if self.parameters is None or not self.objective.classes:
            return float("nan")
        from gdtui.objectives.inspection import accuracy

        return accuracy(self.objective, self.parameters)

    def names(self) -> list[str]:
        """Return every quantity that this lane has."""
        return [*SCALARS, *dict.fromkeys((*VECTORS, *self.trace.layout.rule.symbols))]

    def measure(self, quantity: Quantity) -> float | str | Array:
        """Return what a quantity is worth now: a number, the status word, or a vector.

        Raises
        ------
        QuantityError
            this lane has no such quantity.
        """
        name, index = quantity.name, quantity.index
        if name in SCALARS:
            if index is not None:
                raise QuantityError(f"{name} is one number, it has no [{index}]")
            if name == "status":
                return self.status
            if name == "epoch":
                return float("nan") if self.epoch is None else self.epoch
            if name == "accuracy":
                return self.accuracy()
            counts = {"update": self.update, "samples": self.samples, "evaluations": self.evaluations}
            return counts[name] if name in counts else self.scalar(name)
        values = self.vector(name)
        if values is None:
            what = f"{self.name} keeps no {name}" if name in VECTORS else f"{self.name} has no {name!r}"
            raise QuantityError(what + suggestion(name, self.names()))
        if index is None:
            return values
        coords = self.trace.layout.coords
        if index not in coords:
            raise QuantityError(f"coordinate {index} is not recorded (recorded are {_ranges(coords)})")
        return float(values[coords.index(index)])


def _ranges(coords: tuple[int, ...]) -> str:
    whole = coords == tuple(range(len(coords))) and len(coords) > 2
    return f"0 to {len(coords) - 1}" if whole else ", ".join(map(str, coords))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything that may be shown, as it was after one command."""

    experiment: Experiment
    objective: Objective
    lanes: tuple[LaneView, ...]
    marks: tuple[str, ...] = ()
    caption: str = ""
    met: bool | None = None
    commands: int = 0

    def lane(self, name: str) -> LaneView:
        """Return the lane of that name.

        Raises
        ------
        QuantityError
            there is none.
        """
        for lane in self.lanes:
            if lane.name == name:
                return lane
        names = [lane.name for lane in self.lanes]
        raise QuantityError(
            f"there is no lane {name!r}" + (suggestion(name, names) or f" (there are: {', '.join(names)})")
        )

    def measure(self, quantity: Quantity) -> float | str | Array:
        """Return what a quantity is worth now.

        Raises
        ------
        QuantityError
            no such lane, or it has no such quantity.
        """
        return self.lane(quantity.lane).measure(quantity)


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
            case Load(experiment):
                self._open(experiment)
                self.origin = experiment
                self.log.clear()
            case Say(text):
                self._caption = text
        return command

    def _open(self, experiment: Experiment) -> None:
        self.simulation = Simulation(experiment, self.simulation.coords)
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
        lanes = tuple(_view(run) for run in simulation.lanes.values())
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


def _view(run: LaneRun) -> LaneView:
    return LaneView(
        spec=run.spec,
        settings=MappingProxyType(run.values_at(run.update)),
        update=run.update,
        position=run.position,
        epoch=run.epoch_at(run.update),
        samples=run.samples_at(run.update),
        updates_per_epoch=run.spec.sampling.updates_per_epoch(run.rows),
        status=run.status,
        row=run.row,
        trace=run.trace.view(),
        before=run.before,
        edits=tuple(run.edits),
        next_lr=run.next_lr,
        reason=run.reason,
        columns=run.columns,
        objective=run.objective,
        parameters=run.theta.copy() if len(run.theta) <= WHOLE else None,
    )
