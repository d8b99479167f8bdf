"""How the bench is looked at: one frozen record, the keys that turn it, and the scripts' `show` that sets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gdtui.errors import LookError
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.view.chart_figures import axes_of
from gdtui.view.charts import ORDER, Show
from gdtui.view.panels import line_count


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
        number of the parameter that charts and the rule show, one that is recorded; None: norms.
    linear
        linear scales in place of logarithmic ones.
    x_axis
        what is counted along it.
    lane
        number of the selected one.
    fit
        data and fitted lines in place of the loss surface.
    sample
        the row that is seen going through the network.
    """

    chart: str = "loss"
    view: str = "overlay"
    coordinate: int | None = None
    linear: bool = False
    x_axis: str = "updates"
    lane: int = 0
    fit: bool = False
    sample: int = 0

    def after(self, show: Show, snapshot: Snapshot) -> Look:
        """Return the look after an act of looking."""
        look = replace(
            self,
            chart=show.show or self.chart,
            view=show.view or self.view,
            x_axis=show.x_axis or self.x_axis,
            linear=self.linear if show.scale is None else show.scale == "linear",
        )
        if show.coordinate is not None:
            look = replace(look, coordinate=None if isinstance(show.coordinate, str) else show.coordinate)
        names = [lane.name for lane in snapshot.lanes]
        if show.lane in names:
            look = replace(look, lane=names.index(show.lane))
        return look.fitting(snapshot)

    def fitting(self, snapshot: Snapshot) -> Look:
        """Return the look without what this objective and these lanes do not have."""
        objective, lanes = snapshot.objective, snapshot.lanes
        recorded = lanes[0].trace.layout.coords
        return replace(
            self,
            lane=min(self.lane, len(lanes) - 1),
            coordinate=self.coordinate if self.coordinate in recorded else None,
            view="overlay" if self.view == "network" and objective.model is None else self.view,
            sample=self.sample if self.sample < len(objective.data) else 0,
        )

    def charts(self, order: Sequence[str] = ORDER) -> tuple[str, ...]:
        """Return every chart in the order of the places, beginning with the first."""
        if self.chart not in order:  # asked for though it cannot show anything here: it says so
            return (self.chart, *order)
        first = order.index(self.chart)
        return (*order[first:], *order[:first])


def opening(snapshot: Snapshot) -> Look:
    """Return how a bench is first looked at: the lane is selected whose rule has most to show."""
    lengths = [line_count(lane) for lane in snapshot.lanes]
    return Look(x_axis=snapshot.experiment.x_axis, lane=lengths.index(max(lengths)))


# -- keys -------------------------------------------------------------------------------------------


def _chart(look: Look, _snapshot: Snapshot, by: int, order: Sequence[str]) -> Show:
    return Show(show=look.charts(order)[by])


def _view(look: Look, _snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Show:
    return Show(view="columns" if look.view == "overlay" else "overlay")


def _network(look: Look, snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Show:
    if snapshot.objective.model is None:
        raise LookError(_("there is no network here: o opens a dataset"))
    return Show(view="overlay" if look.view == "network" else "network")


def _coordinate(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Show:
    choices: tuple[int | str, ...] = ("norm", *snapshot.lanes[0].trace.layout.coords)
    now = choices.index("norm" if look.coordinate is None else look.coordinate)
    return Show(coordinate=choices[(now + by) % len(choices)])


def _scale(look: Look, _snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Show:
    return Show(scale="log" if look.linear else "linear")


def _x_axis(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Show:
    axes = axes_of(snapshot)
    if len(axes) == 1:
        raise LookError(_("a surface has no epochs or samples: the x axis counts updates"))
    return Show(x_axis=axes[(axes.index(look.x_axis) + by) % len(axes)] if look.x_axis in axes else axes[0])


def _lane(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Show:
    return Show(lane=snapshot.lanes[(look.lane + by) % len(snapshot.lanes)].name)


#: What a key turns → the act of looking that it is.
TURNS: dict[str, Callable[[Look, Snapshot, int, Sequence[str]], Show]] = {
    "chart": _chart, "view": _view, "network": _network, "coordinate": _coordinate, "scale": _scale,
    "x_axis": _x_axis, "lane": _lane,
}  # fmt: skip


def turned(look: Look, snapshot: Snapshot, what: str, by: int, order: Sequence[str] = ORDER) -> Look:
    """Return the look after a key.

    Parameters
    ----------
    look, snapshot
        how it is looked at now, and at what.
    what
        a key of `TURNS`, "picture" or "sample".
    by
        1 forwards, -1 backwards.
    order
        of the charts.

    Raises
    ------
    LookError
        there is nothing to turn to.
    """
    if what == "picture":
        return replace(look, fit=not look.fit)
    if what == "sample":
        rows = len(snapshot.objective.data)
        return replace(look, sample=(look.sample + by) % rows if rows else 0)
    return look.after(TURNS[what](look, snapshot, by, order), snapshot)
