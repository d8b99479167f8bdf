"""A lane to be diagnosed: its settings, its history, and what can be worked out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gdtui.columns import Column, Vector
from gdtui.insight.curvature import Spectrum, known, seconds, spectrum
from gdtui.kernel import Array, Indices
from gdtui.objectives.network.inspection import hidden_layers
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.rule import Rule
from gdtui.optimizers.language.stability import StabilityLimit
from gdtui.simulation.stopping import Status
from gdtui.simulation.trace_view import TraceView

#: Updates looked back on for oscillation and for stalling.
RECENT, LONG = 8, 100
#: Milestones before the present whose curvature counts as near.
NEWEST = 16
#: A curvature that takes longer is not measured while somebody waits.
WAITING_SECONDS = 1e-3
#: A gradient below this part of the first has vanished; a first one below the other counts as that.
VANISHED, TINY = 1e-5, 1e-12
#: A loss is nearly the lowest within this part of its scale.
NEARLY = 1e-3
#: On a plain, slope and curvature change the loss by no more than this part of its scale over the whole domain.
FLAT = 1e-2
#: Weight decay below this part of the curvature hardly changes a stability limit.
SMALL_DECAY = 1e-2


@dataclass(frozen=True, eq=False)
class Case:
    """A lane to be diagnosed. Whatever a diagnosis reads is the same however the history has been thinned.

    Parameters
    ----------
    objective
        what it minimises.
    trace
        its history.
    settings, lr
        in force for the next update.
    scheduled
        whether a schedule changes lr.
    status
        whether it goes on, or how it stopped.
    parameters
        all of them; None where there are too many.
    waypoints
        the milestones at which all parameters were kept, and the parameters; empty where the trace records all.
    noisy
        whether an update's gradient can differ from that of the loss.
    decay
        weight decay, of either kind.
    decoupled
        whether the decay acts on the parameters, apart from the gradient.
    clip_norm
        the norm to which the whole gradient is clipped; 0: it is not.
    idle
        the settings that change nothing on this objective, each with the reason.
    """

    objective: Objective
    trace: TraceView
    settings: Mapping[str, float]
    lr: float
    scheduled: bool
    status: Status
    parameters: Array | None
    waypoints: tuple[Indices, Sequence[Array]]
    noisy: bool
    decay: float
    decoupled: bool
    clip_norm: float
    idle: Mapping[str, str]

    # -- history ----------------------------------------------------------------------------------

    @property
    def update(self) -> int:
        """How many updates have been made."""
        return int(self.trace.rows[-1, Column.UPDATE])

    def recent(self, name: str, count: int) -> Array | None:
        """Return a scalar or a vector of the last `count` updates; None: there are fewer, or it is not recorded."""
        rows = self.trace.rows[-count:]
        if len(rows) < count or rows[0, Column.UPDATE] < 1:
            return None
        return self._of(rows, name)

    def milestones(self, name: str) -> Array | None:
        """Return a scalar or a vector at update 0 and at each milestone since; None: it is not recorded."""
        return self._of(self.trace.milestones, name)

    def column(self, name: str) -> Array:
        """Return a scalar or a vector of every update that is kept whole."""
        values = self._of(self.trace.rows, name)
        assert values is not None
        return values

    def _of(self, rows: Array, name: str) -> Array | None:
        layout = self.trace.layout
        place: int | slice | None = layout.column(name)
        if place is None:
            place = layout.block(name)
        if place is None:
            return None
        values: Array = rows[:, place]
        return values

    def name(self, place: int) -> str:
        """Return the name of a watched coordinate."""
        return self.objective.names[self.trace.layout.coords[place]]

    # -- where it is ------------------------------------------------------------------------------

    @property
    def going(self) -> bool:
        """Whether it makes further updates."""
        return self.status == Status.GOING

    @cached_property
    def at_rest(self) -> bool:
        """Whether the gradient of the loss has all but vanished, beside the first."""
        norms = self.milestones("grad_norm")
        if norms is None or len(norms) < 2 or self.parameters is None:
            return False
        now = float(np.linalg.norm(self.gradient)) if self.noisy else float(self.trace.rows[-1, Column.GRAD_NORM])
        return now < VANISHED * max(float(norms[1]), TINY)

    @cached_property
    def gradient(self) -> Array:
        """The gradient of the loss at the present parameters; only where `parameters` are known."""
        assert self.parameters is not None
        return self.objective.evaluate(self.parameters)[1]

    @cached_property
    def clipped(self) -> bool:
        """Whether each of the last gradients was clipped."""
        norms, grads = self.recent("grad_norm", RECENT), self.recent("grad", RECENT)
        if norms is None or grads is None:
            return False
        bound, largest = self.settings.get("clip_value", 0.0), np.max(np.abs(grads), axis=1)
        by_norm = bool(self.clip_norm and np.all(norms > self.clip_norm))
        return by_norm or bool(bound and np.all(largest > bound))

    @cached_property
    def hidden(self) -> tuple[tuple[Array, Array], ...]:
        """Z and a of each hidden layer at the present parameters (units x rows); () where there is none."""
        model = self.objective.model
        if model is None or len(model.layers) < 3 or self.parameters is None:
            return ()
        return hidden_layers(self.objective, self.parameters)

    @property
    def lowest(self) -> float | None:
        """The lowest value that the loss is known to have."""
        return min((minimum[-1] for minimum in self.objective.minima), default=None)

    @property
    def nearly_lowest(self) -> bool:
        """Whether the loss is within a thousandth of its scale of the lowest that is known, or of a model's 0."""
        loss, lowest = float(self.column("loss")[-1]), self.lowest
        if lowest is None:
            return self.objective.model is not None and loss < NEARLY
        return loss - lowest < NEARLY * self.scale

    @property
    def scale(self) -> float:
        """The size of the loss: at the start, above the lowest that is known, or of that itself."""
        first = self.milestones("loss")
        assert first is not None
        lowest = self.lowest or 0.0
        return max(abs(float(first[0]) - lowest), abs(lowest))

    @cached_property
    def on_a_plain(self) -> bool:
        """Whether gradient and curvature are so small that nothing would change over the region that is drawn."""
        domain = self.objective.domain
        if not domain or self.spectrum is None or self.parameters is None or self.objective.model is not None:
            return False
        size = float(np.linalg.norm([high - low for low, high in domain]))
        curvature = max(abs(self.spectrum.low), abs(self.spectrum.high))
        slope = float(np.linalg.norm(self.gradient))
        return slope * size < FLAT * self.scale and curvature * size**2 < FLAT * self.scale

    # -- curvature --------------------------------------------------------------------------------

    @cached_property
    def spectrum(self) -> Spectrum | None:
        """The curvature at the present parameters; None where it is not known, or not without making one wait."""
        if self.parameters is None or not self.going:
            return None
        return self._spectrum(self.parameters)

    @cached_property
    def first_spectrum(self) -> Spectrum | None:
        """The curvature at the start."""
        _updates, points = self.path
        return self._spectrum(points[0]) if len(points) else None

    def _spectrum(self, theta: Array, count: int = 1) -> Spectrum | None:
        quick = count * seconds(self.objective) <= WAITING_SECONDS
        return spectrum(self.objective, theta) if quick else known(self.objective, theta)

    @cached_property
    def sharpness(self) -> tuple[int, float] | None:
        """The largest eigenvalue known, and the update that it belongs to: the present one, or the newest milestone."""
        if not self.going:
            return None
        if self.spectrum is not None:
            return self.update, self.spectrum.high
        updates, points = self.path
        for update, theta in zip(updates[: -NEWEST - 1 : -1], points[: -NEWEST - 1 : -1], strict=True):
            found = known(self.objective, theta)
            if found is not None:
                return int(update), found.high
        return None

    @cached_property
    def steepest(self) -> float:
        """The largest absolute eigenvalue at the newest milestones, as far as it is known; nan if it is not."""
        _updates, points = self.path
        found = [self._spectrum(theta, NEWEST) for theta in points[-NEWEST:]]
        return max((max(abs(s.high), abs(s.low)) for s in found if s is not None), default=float("nan"))

    @cached_property
    def path(self) -> tuple[Indices, Sequence[Array]]:
        """Update 0 and the milestones since, and all parameters at each; empty where they are not kept."""
        if len(self.trace.layout.coords) < self.objective.dimension:
            return self.waypoints
        theta = self.milestones(Vector.THETA)
        assert theta is not None
        order = np.argsort(self.trace.layout.coords)
        return self.trace.milestones[:, Column.UPDATE].astype(np.int64), tuple(np.ascontiguousarray(theta[:, order]))

    def limit(self, curvature: float) -> StabilityLimit | None:
        """Return the rate up to which the rule is stable where the loss curves so; None: not known."""
        return limit_of(self.trace.layout.rule, self.settings, curvature, self.decay, decoupled=self.decoupled)


def limit_of(
    rule: Rule, settings: Mapping[str, float], curvature: float, decay: float, *, decoupled: bool
) -> StabilityLimit | None:  # fmt: skip
    """Return the rate up to which a rule is stable where the loss curves so; None: not known.

    Decay curves the loss too. Apart from the gradient (`decoupled`) and beside momentum it does so by another formula.
    """
    beside = decay > SMALL_DECAY * curvature
    if curvature + decay <= 0 or (decoupled and rule.velocity_sign and beside):
        return None
    limit = rule.stability_limit(settings, curvature + decay)
    if limit is None or not decay:
        return limit
    return replace(limit, formula=limit.formula.replace("λmax", "(λmax+λ)"))  # as `gdtui show` writes decay
