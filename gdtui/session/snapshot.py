"""Everything that a screen or a report may show, frozen after one command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gdtui.errors import QuantityError
from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.session.lane_view import LaneView
from gdtui.session.quantities import Quantity
from gdtui.simulation.experiment import Experiment
from gdtui.text import _, did_you_mean


@dataclass(frozen=True, eq=False)
class Future:
    """The next updates of a lane with its present settings: `lane` has them as its trace.

    `others` are those that it could have: with its rate times a factor, by the factor's name, or by other seeds ("").
    """

    lane: LaneView
    others: tuple[tuple[str, LaneView], ...] = ()


@dataclass(frozen=True, eq=False)
class Repeats:
    """The lane of that name as other seeds make it: `lanes` have as many updates as are made by now, and as it has."""

    name: str
    lanes: tuple[LaneView, ...]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything that may be shown after one command.

    `futures` are those of the lanes that are drawn, and `repeats` those of a lane with other seeds, if asked for;
    `more_to_come` says that there is more of them to come.
    `muted` names the lanes that are not drawn, `mark_updates` has the update of each mark.
    """

    experiment: Experiment
    objective: Objective
    lanes: tuple[LaneView, ...]
    marks: tuple[str, ...] = ()
    caption: str = ""
    met: bool | None = None
    futures: tuple[Future, ...] = ()
    repeats: Repeats | None = None
    more_to_come: bool = False
    muted: frozenset[str] = frozenset()
    mark_updates: Mapping[str, int] = field(default_factory=dict)

    @property
    def drawn(self) -> tuple[LaneView, ...]:
        """The lanes that are drawn: those that are not muted; all of them if no other is left."""
        return tuple(lane for lane in self.lanes if lane.name not in self.muted) or self.lanes

    @property
    def position(self) -> int:
        """The most updates that have been asked of any lane."""
        return max((lane.position for lane in self.lanes), default=0)

    @property
    def counts_evaluations(self) -> bool:
        """Whether an update of any lane has cost more than one evaluation, or will."""
        return any(lane.counts_evaluations for lane in self.lanes)

    def lane(self, name: str) -> LaneView:
        """Return the lane of that name; QuantityError if there is none."""
        for lane in self.lanes:
            if lane.name == name:
                return lane
        names = [lane.name for lane in self.lanes]
        hint = did_you_mean(name, names, _(" (there are: {})").format(", ".join(names)))
        raise QuantityError(_("there is no lane {!r}").format(name) + hint)

    def measure(self, quantity: Quantity) -> float | str | Array:
        """Return the present value of a quantity; QuantityError if there is no such lane or quantity."""
        return self.lane(quantity.lane).measure(quantity)
