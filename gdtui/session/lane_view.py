"""The present state of one lane, frozen: its settings, its position, its history, and what can be measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from gdtui.columns import SCALARS, Column, Vector
from gdtui.errors import QuantityError
from gdtui.insight.case import Case, limit_of
from gdtui.insight.curvature import spectrum
from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.stability import StabilityLimit
from gdtui.session.quantities import Quantity, never_a_number
from gdtui.simulation.data_use import DataUse
from gdtui.simulation.experiment import Lane
from gdtui.simulation.gradient_transforms import Clip, GradientTransform
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import has_random_gradients
from gdtui.simulation.stepping import Before
from gdtui.simulation.stopping import STATUS_WORDS, Status
from gdtui.simulation.suitability import idle
from gdtui.simulation.timeline import Edit
from gdtui.simulation.trace_view import TraceView, velocity_angles
from gdtui.simulation.wrappers import Wrappers
from gdtui.text import _, did_you_mean

#: Parameters up to which a snapshot holds all of them.
WHOLE = 20_000


@dataclass(frozen=True, eq=False)
class LaneView:
    """The present state of one lane: its settings, its position, its history.

    Parameters
    ----------
    number
        its own among the lanes, as long as it exists: its colour and marker.
    settings
        every setting in force for the next update.
    row
        the newest row of the trace.
    before
        the state before the last update (None at update 0).
    columns
        the number of columns of the parameter block of each watched coordinate; 1 for a vector.
    parameters
        all of them, watched or not; None if there are more than `WHOLE`.
    waypoints
        milestones at which all parameters were kept, and the parameters; empty where the trace records them all.
    """

    spec: Lane
    number: int
    settings: Mapping[str, float]
    update: int
    position: int
    status: Status
    row: Array
    trace: TraceView
    before: Before | None
    edits: tuple[Edit, ...]
    next_lr: float
    reason: str
    fault: str
    columns: tuple[int, ...]
    objective: Objective
    parameters: Array | None
    waypoints: tuple[Indices, tuple[Array, ...]]

    @property
    def name(self) -> str:
        """The lane's name."""
        return self.spec.name

    @property
    def evaluations(self) -> int:
        """Evaluations of the objective so far, as the lane's optimizer counts them."""
        return int(self.scalar(Column.EVALUATIONS.word))

    @cached_property
    def data_use(self) -> DataUse:
        """How much data its updates use."""
        return DataUse(self.spec, self.edits, len(self.objective.train))

    @property
    def epoch(self) -> float | None:
        """How many passes over the data the updates so far are; None without data."""
        return self.data_use.epoch_at(self.update)

    @property
    def samples(self) -> int:
        """How many samples the updates so far have seen."""
        return self.data_use.samples_at(self.update)

    @cached_property
    def summary(self) -> LaneView:
        """The same lane with fewer rows of its history, for a picture of all of it."""
        return replace(self, trace=self.trace.summary)

    @property
    def counts_evaluations(self) -> bool:
        """Whether an update has cost more than one evaluation, or will."""
        now = Wrappers.of(self.settings).evaluations > 1
        return now or self.spec.counts_evaluations or self.evaluations != self.update

    @property
    def pending(self) -> tuple[Edit, ...]:
        """Edits ahead of this update: stepping on makes them again."""
        return tuple(edit for edit in self.edits if edit.update > self.update)

    @property
    def status_text(self) -> str:
        """The status as a sentence: "going", "diverged at update 7"."""
        words = STATUS_WORDS[self.status]
        if self.status == Status.GOING:
            return _(words)
        message = _("{status} at update {update}: {reason}") if self.reason else _("{status} at update {update}")
        return message.format(status=_(words), update=self.update, reason=self.reason)

    @cached_property
    def case(self) -> Case:
        """The lane as it is diagnosed."""
        rule, objective = self.trace.layout.rule, self.objective
        transform = GradientTransform.of(self.spec.arithmetic, rule, self.settings)
        whole = transform.style != Clip.BLOCKS or len(objective.blocks) <= 1
        return Case(
            objective=objective,
            trace=self.trace,
            settings=self.settings,
            lr=self.next_lr,
            scheduled=not self.spec.schedule.is_constant,
            status=self.status,
            parameters=self.parameters,
            waypoints=self.waypoints,
            noisy=has_random_gradients(objective, self.spec.sampling),
            decay=transform.coupled + transform.decoupled,
            decoupled=transform.decoupled > 0,
            clip_norm=transform.clip_norm if whole else 0.0,
            idle=idle(self.spec.sampling, self.settings, objective),
        )

    def limit(self, curvature: float, changed: Mapping[str, float]) -> StabilityLimit | None:
        """Return the rate up to which it is stable where the loss curves so, with some settings changed."""
        rule, settings = self.trace.layout.rule, {**self.settings, **changed}
        transform = GradientTransform.of(self.spec.arithmetic, rule, settings)
        decay = transform.coupled + transform.decoupled
        return limit_of(rule, settings, curvature, decay, decoupled=transform.decoupled > 0)

    def scalar(self, name: str) -> float:
        """Return a column of the newest row by name: "loss", "grad_norm" …; nan where empty."""
        column = self.trace.layout.column(name)
        assert column is not None
        return float(self.row[column])

    def vector(self, name: str) -> Array | None:
        """Return "theta", "velocity", "m_hat" … at the watched coordinates; None if the lane has none."""
        block = self.trace.layout.block(name)
        return None if block is None else self.row[block]

    @property
    def whole(self) -> bool:
        """Whether every parameter is recorded."""
        return len(self.trace.layout.coords) == self.objective.dimension

    def accuracy(self, *, held_out: bool = False) -> float:
        """Return the share of training or held-out rows that are classified correctly; nan without classes or rows."""
        rows = self.objective.held_out if held_out else self.objective.train
        if self.parameters is None or not self.objective.classes or not len(rows):
            return float("nan")
        from gdtui.objectives.network.inspection import accuracy

        return accuracy(self.objective, self.parameters, rows)

    @cached_property
    def sharpness(self) -> float:
        """The largest eigenvalue of the loss's Hessian over all training rows; nan if it is not measured."""
        found = spectrum(self.objective, self.parameters) if self.parameters is not None else None
        return float("nan") if found is None else found.high

    def names(self) -> list[str]:
        """Return the names of all quantities of this lane."""
        return [*SCALARS, *dict.fromkeys((*Vector, *self.trace.layout.rule.symbols))]

    def measure(self, quantity: Quantity) -> float | str | Array:
        """Return the present value of a quantity: number, status word or vector; QuantityError if the lane lacks it."""
        name, index = quantity.name, quantity.index
        if name in SCALARS:
            if index is not None:
                raise QuantityError(_("{} is one number, it has no [{}]").format(name, index))
            if wrong := never_a_number(name, self.objective):
                raise QuantityError(wrong)
            if name == "status":
                return self.status
            if name == "epoch":
                return float("nan") if self.epoch is None else self.epoch
            if name in ("accuracy", "val_accuracy"):
                return self.accuracy(held_out=name == "val_accuracy")
            if name == "velocity_angle":
                angle = velocity_angles(self.trace.layout, self.row) if self.whole else None
                return float("nan") if angle is None else float(angle)
            if name == "sharpness":
                return self.sharpness
            counts = {"update": self.update, "samples": self.samples, "evaluations": self.evaluations}
            return counts[name] if name in counts else self.scalar(name)
        values = self.vector(name)
        if values is None:
            message = _("{} keeps no {}") if name in list(Vector) else _("{} has no {!r}")
            raise QuantityError(message.format(self.name, name) + did_you_mean(name, self.names()))
        if index is None:
            return values
        coords = self.trace.layout.coords
        if index not in coords:
            message = _("coordinate {} is not recorded (recorded are {})")
            raise QuantityError(message.format(index, _ranges(coords)))
        return float(values[coords.index(index)])


def _ranges(coords: tuple[int, ...]) -> str:
    whole = coords == tuple(range(len(coords))) and len(coords) > 2
    return _("0 to {}").format(len(coords) - 1) if whole else ", ".join(map(str, coords))


def view_of(run: LaneRun) -> LaneView:
    """Return the present state of a lane."""
    return LaneView(
        spec=run.spec,
        number=run.number,
        settings=MappingProxyType(run.values_at(run.update)),
        update=run.update,
        position=run.position,
        status=run.status,
        row=run.row,
        trace=run.trace.view(),
        before=run.before,
        edits=run.edits,
        next_lr=run.next_lr,
        reason=run.reason,
        fault=run.fault,
        columns=run.columns,
        objective=run.objective,
        parameters=run.theta.copy() if len(run.first) <= WHOLE else None,
        waypoints=run.waypoints.view(),
    )
