"""The gradients of a tape as points, and what each lane's velocity makes of them."""

from __future__ import annotations

from gdtui.plot.figure import Axis, Figure, Series
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.look import Look


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return gradients and velocities at the look's coordinate, else at the first."""
    recorded = snapshot.lanes[0].trace.layout.coords
    coordinate = look.coordinate if look.coordinate in recorded else recorded[0]
    curves, given = [], None
    for lane in snapshot.drawn:
        layout = lane.trace.layout
        grad, velocity = layout.column(f"grad[{coordinate}]"), layout.column(f"velocity[{coordinate}]")
        if given is None and grad is not None:
            given = Series(*lane.trace.series(grad), "minimum", kind="points", label="g", marker="○")
        if velocity is not None:
            curve = lane.trace.series(velocity)
            curves.append(Series(*curve, lane_color(lane), label=lane.name, marker=lane_marker(lane)))
    title = f"{_('gradient and velocity')} · {snapshot.objective.names[coordinate]}"
    return Figure(title, tuple(curves if given is None else [*curves, given]), x=Axis(title=_("updates"), whole=True))
