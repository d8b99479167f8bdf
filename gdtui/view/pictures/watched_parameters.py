"""The watched parameters side by side, with the best ones where they are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gdtui.plot.figure import Axis, Figure, Label, Series
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.look import Look

#: Parameters of the selected lane beyond this do not stretch the axis.
FAR_OFF = 1e6
#: Nor do those of other lanes that are so many times the largest of the selected one and of the best.
PRESSING = 10.0
#: The room above and below the parameters, as a part of their range, which counts as this much at least.
MARGIN, LEAST_RANGE = 0.08, 1e-3


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return a marker per lane and parameter."""
    objective, coords = snapshot.objective, snapshot.lanes[0].trace.layout.coords
    places = np.arange(1.0, len(coords) + 1)
    series: list[Series] = []
    labels: list[Label] = []
    seen: list[float] = []
    best = objective.minima[0] if objective.minima else None
    if best is not None:
        labels += [Label(p, best[i], "✕", "minimum", bold=True) for p, i in zip(places, coords, strict=True)]
        seen += [best[i] for i in coords]
    for lane in snapshot.drawn:
        theta = lane.vector("theta")
        assert theta is not None
        series.append(Series(places, theta, lane_color(lane), kind="points"))
        labels += [
            Label(place, value, lane_marker(lane), lane_color(lane), bold=True, pin=True)
            for place, value in zip(places, theta, strict=True)
            if np.isfinite(value)
        ]
    seen += _held(snapshot, look, seen)
    low, high = (min(seen), max(seen)) if seen else (-1.0, 1.0)
    margin = MARGIN * max(high - low, LEAST_RANGE)
    return Figure(
        _("parameters") if best is None else _("parameters, ✕ least squares"), tuple(series), tuple(labels),
        Axis(limits=(0.0, len(coords) + 1.0), title=_("parameter")), Axis(limits=(low - margin, high + margin)),
        legend=False,
    )  # fmt: skip


def _held(snapshot: Snapshot, look: Look, best: Sequence[float]) -> list[float]:
    """Return the parameters that the axis holds: those of the selected lane, and of others what lets them be seen."""
    thetas = {lane.name: lane.vector("theta") for lane in snapshot.drawn}
    selected = thetas.pop(snapshot.lanes[look.lane].name, None)
    own = [] if selected is None else [float(value) for value in selected if abs(value) < FAR_OFF]
    most = PRESSING * max(map(abs, (*own, *best)), default=0.0) or FAR_OFF
    return own + [
        float(value) for theta in thetas.values() if theta is not None for value in theta if abs(value) < most
    ]
