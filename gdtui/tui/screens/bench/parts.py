"""The parts of the bench on the screen: put there once, then fitted to the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from gdtui.tui.widgets.footer import KeysLine
from gdtui.tui.widgets.rows import RowsView
from gdtui.view import painters
from gdtui.view.layout import COLUMN_CHARTS, PLACES, Plan
from gdtui.view.painters import Rows, Scene
from gdtui.view.panels import Paper

VIEWS = ("overlay", "columns", "network")
#: Number of the place, lane (None: all), paper → rows.
PaintChart = Callable[[int, int | None, Paper], Rows]


class Columns(Horizontal):
    """A column of charts for each lane that has room.

    Parameters
    ----------
    paint
        paints one of the charts.
    """

    def __init__(self, paint: PaintChart) -> None:
        super().__init__(id="columns")
        self._paint = paint
        self._lanes = range(0)

    def hold(self, lanes: range) -> None:
        """Have columns for these lanes."""
        if lanes == self._lanes:
            return
        self._lanes = lanes
        self.remove_children()
        self.mount_all(Vertical(*self._charts(lane)) for lane in lanes)

    def _charts(self, lane: int) -> Iterator[Widget]:
        for place in range(COLUMN_CHARTS):
            yield RowsView(partial(self._paint, place, lane), classes="chart")


def parts(scene: Callable[[], Scene], paint: PaintChart, labels: Callable[[], Mapping[str, str]]) -> ComposeResult:
    """Yield every part of the bench; what does not show now is hidden by `arrange`.

    Parameters
    ----------
    scene, paint
        what is painted, and what paints a chart of it.
    labels
        what keys are called for now, by action.
    """

    def view(paint: Callable[[Scene, Paper], Rows], id: str) -> RowsView:  # noqa: A002
        return RowsView(lambda paper: paint(scene(), paper), id=id)

    yield view(painters.header, "header")
    yield Static("", id="caption", markup=False)
    with Container(id="body"):
        with Horizontal(id="overlay"):
            yield view(painters.picture, "picture")
            with Container(id="charts"):
                for place in range(PLACES["wide"]):
                    yield RowsView(partial(paint, place, None), id=f"chart{place}", classes="chart")
        yield Columns(paint)
        yield view(painters.network, "network")
    with Container(id="bottom"):
        yield view(painters.lanes, "lanes")
        yield view(painters.update, "update")
    yield view(painters.status, "message")
    yield KeysLine(labels)


def arrange(screen: Screen[None], plan: Plan, view: str, lanes: range) -> None:
    """Fit the parts to a plan, a view, and the lanes that have room for a column."""
    for name in PLACES:
        screen.set_class(plan.size == name, name)
    for part_id, rows in (
        ("#lanes", plan.lanes), ("#update", plan.update), ("#bottom", plan.bottom), ("#message", plan.message),
    ):  # fmt: skip
        part = screen.query_one(part_id)
        if part.styles.height is None or part.styles.height.value != rows:
            part.styles.height = rows
    for place in range(PLACES["wide"]):
        screen.query_one(f"#chart{place}").display = place < PLACES[plan.size]
    for name in VIEWS:
        screen.query_one(f"#{name}").display = name == view
    if view == "columns":
        screen.query_one(Columns).hold(lanes)
