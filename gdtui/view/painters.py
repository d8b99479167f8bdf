"""What each part of the bench shows: a scene and a paper in, rows out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gdtui.insight.diagnosis import diagnose
from gdtui.plot.canvas import draw
from gdtui.plot.cells import Row
from gdtui.plot.figure import Figure
from gdtui.session import LaneView, Snapshot
from gdtui.text import _
from gdtui.view import panels
from gdtui.view.chart_figures import KINDS, ORDER, Charts, charts_of
from gdtui.view.look import Look
from gdtui.view.panels import Paper
from gdtui.view.pictures import picture as picture_of

Rows = tuple[Row, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """What is painted.

    Parameters
    ----------
    snapshot
        the state; None before there is one.
    look
        how it is looked at.
    state, speed
        whether it runs, in words, and how fast.
    message, good
        what is to be said, "" for nothing; whether it is good news.
    """

    snapshot: Snapshot | None
    look: Look
    state: str = ""
    speed: str = ""
    message: str = ""
    good: bool = False

    @property
    def lanes(self) -> tuple[LaneView, ...]:
        """The lanes there are."""
        return self.snapshot.lanes if self.snapshot else ()


def header(scene: Scene, paper: Paper) -> Rows:
    """Paint the top line."""
    if scene.snapshot is None:
        return paper.words(f"gdtui   {_('opening the bench …')}")
    return (panels.header(scene.snapshot, scene.look.lane, scene.state, scene.speed, paper),)


def picture(scene: Scene, paper: Paper) -> Rows:
    """Paint the objective with every lane on it."""
    if scene.snapshot is None:
        return paper.words()
    look = scene.look
    return _drawn(picture_of(scene.snapshot, look.lane, fit_view=look.fit, coordinate=look.coordinate), paper)


def chart(scene: Scene, charts: Charts, place: int, order: Sequence[str], lane: int | None, paper: Paper) -> Rows:
    """Paint the chart in one of the places, or in the column of one lane."""
    if scene.snapshot is None or (lane is not None and lane >= len(scene.lanes)):
        return paper.words()
    look = scene.look
    names = look.charts(charts_of(scene.snapshot, order if lane is None else ORDER))
    kind = KINDS[names[place % len(names)]]
    figure = charts.chart(
        scene.snapshot, kind, axis=look.x_axis, coordinate=look.coordinate, only=lane, linear=look.linear
    )
    return _drawn(figure, paper)


def _drawn(figure: Figure, paper: Paper) -> Rows:
    return draw(figure, paper.width, paper.height, paper.palette, ascii=paper.ascii)


def network(scene: Scene, paper: Paper) -> Rows:
    """Paint what goes through the network."""
    if scene.snapshot is None:
        return paper.words()
    return panels.network(scene.snapshot, scene.look.lane, scene.look.sample, paper)


def lanes(scene: Scene, paper: Paper) -> Rows:
    """Paint the lanes table."""
    return panels.lanes(scene.snapshot, scene.look.lane, paper) if scene.snapshot else paper.words()


def update(scene: Scene, paper: Paper) -> Rows:
    """Paint the running rule of the selected lane."""
    if scene.snapshot is None:
        return paper.words()
    look = scene.look
    recorded = scene.lanes[look.lane].trace.layout.coords
    place = recorded.index(look.coordinate) if look.coordinate in recorded else 0
    return panels.this_update(scene.snapshot, look.lane, place, paper)


def status(scene: Scene, paper: Paper) -> Rows:
    """Paint a message, else the diagnosis of the selected lane, else what the objective teaches."""
    text, role = scene.message, "good" if scene.good else "bad"
    if not text and scene.snapshot is not None:
        lane = scene.lanes[scene.look.lane]
        found = diagnose(scene.snapshot.objective, lane.trace, lane.settings, lane.next_lr, lane.status)
        text, role = (f"{lane.name}: {found[0]}", "text") if found else (scene.snapshot.objective.teaches, "label")
    return paper.page([paper.row([(f" {line}", role, False)]) for line in paper.broken(text, 1)])
