"""How the bench is looked at: one frozen record, and what the keys turn in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from gdtui.errors import LookError
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.view.charts import charts_of
from gdtui.view.x_axis import axes_of


class LookChange(Protocol):
    """What a script asks to look at; None leaves something as it is.

    Attributes
    ----------
    show
        name of the chart that comes first.
    view, x_axis, lane
        as in a `Look`; the lane by its name.
    coordinate
        number of a parameter, or "norm".
    scale
        "log" or "linear".
    sample
        number of the row in the network view, from 1.
    """

    @property
    def show(self) -> str | None: ...  # noqa: D102
    @property
    def view(self) -> str | None: ...  # noqa: D102
    @property
    def coordinate(self) -> int | str | None: ...  # noqa: D102
    @property
    def scale(self) -> str | None: ...  # noqa: D102
    @property
    def x_axis(self) -> str | None: ...  # noqa: D102
    @property
    def lane(self) -> str | None: ...  # noqa: D102
    @property
    def sample(self) -> int | None: ...  # noqa: D102


@dataclass(frozen=True)
class Look:
    """How the bench is looked at.

    Parameters
    ----------
    chart
        the one that comes first.
    view
        "overlay", "columns" or "network".
    coordinate
        number of the recorded parameter that charts and the rule show; None for norms.
    linear
        linear scales instead of logarithmic ones.
    x_axis
        what the x axis counts.
    lane
        number of the selected lane.
    fit
        data and fitted lines instead of the loss surface.
    sample
        number of the row that the network view shows, from 0.
    """

    chart: str = "loss"
    view: str = "overlay"
    coordinate: int | None = None
    linear: bool = False
    x_axis: str = "updates"
    lane: int = 0
    fit: bool = False
    sample: int = 0

    def after(self, change: LookChange, snapshot: Snapshot) -> Look:
        """Return the look after what a script asks to look at."""
        names = [lane.name for lane in snapshot.lanes]
        look = replace(
            self,
            chart=change.show or self.chart,
            view=change.view or self.view,
            x_axis=change.x_axis or self.x_axis,
            linear=self.linear if change.scale is None else change.scale == "linear",
            lane=names.index(change.lane) if change.lane in names else self.lane,
            sample=self.sample if change.sample is None else change.sample - 1,
        )
        if change.coordinate is not None:
            look = replace(look, coordinate=None if isinstance(change.coordinate, str) else change.coordinate)
        return look.fitting(snapshot)

    def fitting(self, snapshot: Snapshot) -> Look:
        """Return the look without what this objective and these lanes do not have."""
        objective, lanes = snapshot.objective, snapshot.lanes
        return replace(
            self,
            lane=min(self.lane, len(lanes) - 1),
            coordinate=self.coordinate if self.coordinate in lanes[0].trace.layout.coords else None,
            view="overlay" if self.view == "network" and objective.model is None else self.view,
            sample=self.sample if self.sample < len(objective.data) else 0,
        )

    def charts(self, order: Sequence[str]) -> tuple[str, ...]:
        """Return all charts in this order, beginning with the one that comes first."""
        if self.chart not in order:  # asked for although it cannot show anything here: it says so itself
            return (self.chart, *order)
        first = order.index(self.chart)
        return (*order[first:], *order[:first])


def opening(snapshot: Snapshot, line_counts: Sequence[int]) -> Look:
    """Return the look with which a bench opens: the lane with the longest rule is selected."""
    return Look(x_axis=snapshot.experiment.x_axis, lane=line_counts.index(max(line_counts)))


# -- what the keys turn ------------------------------------------------------------------------------

Turn = Callable[[Look, Snapshot, int, Sequence[str]], Look]
"""Look, snapshot, 1 or -1, the charts in their order → the next look."""


def _chart(look: Look, _snapshot: Snapshot, by: int, order: Sequence[str]) -> Look:
    return replace(look, chart=look.charts(order)[by])


def _view(look: Look, _snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    return replace(look, view="columns" if look.view == "overlay" else "overlay")


def _network(look: Look, snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    if snapshot.objective.model is None:
        raise LookError(_("there is no network here: o opens a dataset"))
    return replace(look, view="overlay" if look.view == "network" else "network")


def _coordinate(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    choices = (None, *snapshot.lanes[0].trace.layout.coords)
    return replace(look, coordinate=choices[(choices.index(look.coordinate) + by) % len(choices)])


def _scale(look: Look, _snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    return replace(look, linear=not look.linear)


def _x_axis(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    axes = axes_of(snapshot)
    if len(axes) == 1:
        raise LookError(_("a surface has no epochs or samples: the x axis counts updates"))
    return replace(look, x_axis=axes[(axes.index(look.x_axis) + by) % len(axes)] if look.x_axis in axes else axes[0])


def _lane(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    return replace(look, lane=(look.lane + by) % len(snapshot.lanes))


def _picture(look: Look, _snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    return replace(look, fit=not look.fit)


def _sample(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    rows = len(snapshot.objective.data)
    return replace(look, sample=(look.sample + by) % rows if rows else 0)


#: What a key turns, by the name that its binding gives.
TURNS: dict[str, Turn] = {
    "chart": _chart, "view": _view, "network": _network, "coordinate": _coordinate, "scale": _scale,
    "x_axis": _x_axis, "lane": _lane, "picture": _picture, "sample": _sample,
}  # fmt: skip


def turned(look: Look, snapshot: Snapshot, what: str, by: int, order: Sequence[str] | None = None) -> Look:
    """Return the look after a key.

    Parameters
    ----------
    look, snapshot
        how it is looked at now, and at what.
    what
        a key of `TURNS`.
    by
        1 forwards, -1 backwards.
    order
        of the charts; None for that of a usual terminal.

    Raises
    ------
    LookError
        there is nothing to turn to.
    """
    return TURNS[what](look, snapshot, by, charts_of(snapshot) if order is None else order).fitting(snapshot)
