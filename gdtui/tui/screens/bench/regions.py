"""The regions of the bench: composed once, then fitted to the plan of each frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget

from gdtui.text import _
from gdtui.tui.widgets.caption import Caption
from gdtui.tui.widgets.chart_view import ChartView
from gdtui.tui.widgets.footer import KeysLine
from gdtui.tui.widgets.lanes_table import LanesTable
from gdtui.tui.widgets.map_view import MapView
from gdtui.tui.widgets.rows import RowsView
from gdtui.tui.widgets.timeline_view import TimelineView
from gdtui.view import panels
from gdtui.view.frame_state import FrameState
from gdtui.view.layout import COLUMN_CHARTS, PLACES, VIEWS, Plan


class Columns(Horizontal):
    """A column of charts for each of some lanes."""

    _lanes = range(0)

    def hold(self, lanes: range, frame: FrameState) -> None:
        """Show columns for these lanes; new ones begin with this frame."""
        if lanes != self._lanes:
            self._lanes = lanes
            self.remove_children()
            self.mount_all(Vertical(*self._charts(lane, frame)) for lane in lanes)

    def _charts(self, lane: int, frame: FrameState) -> Iterator[Widget]:
        for place in range(COLUMN_CHARTS):
            view = ChartView(place, lane)
            view.frame = frame
            yield view


def regions(labels: Callable[[], Mapping[str, str]], bindings: Sequence[object]) -> ComposeResult:
    """Yield every region of the bench; `fit` hides some.

    `labels` gives the present names of keys by action; the footer shows the first of `bindings` first.
    """
    yield RowsView(panels.header, waiting=_("gdtui   opening the bench …"), id="header")
    yield Caption(id="caption")
    with Container(id="body"):
        with Horizontal(id="overlay"):
            yield MapView(id="picture")
            with Container(id="charts"):
                for place in range(PLACES["wide"]):
                    yield ChartView(place, None, id=f"chart{place}")
        yield Columns(id="columns")
        yield RowsView(panels.network, id="network")
    yield TimelineView(id="timeline")
    with Container(id="bottom"):
        yield LanesTable(id="lanes")
        yield RowsView(panels.this_update, id="update")
    yield RowsView(panels.message, id="message")
    yield KeysLine(labels, [binding.action for binding in bindings if isinstance(binding, Binding)])


def fit(screen: Screen[None], plan: Plan, frame: FrameState | None) -> None:
    """Fit the regions to a plan, and to the view of a frame (None before the first)."""
    shown = frame.look.view if frame is not None else VIEWS[0]
    full = frame is not None and frame.look.full
    if full:
        shown = VIEWS[0]
    for name in PLACES:
        screen.set_class(plan.size == name and not full, name)
    bare = frame is not None and frame.look.bare
    screen.set_class(full, "full")
    screen.set_class(bare, "bare")
    for part, rows in (
        ("#lanes", plan.lanes), ("#update", plan.update), ("#bottom", plan.bottom), ("#message", plan.message),
    ):  # fmt: skip
        region = screen.query_one(part)
        if region.styles.height is None or region.styles.height.value != rows:
            region.styles.height = rows
    screen.query_one(TimelineView).display = plan.timeline > 0 and not bare
    for place in range(PLACES["wide"]):
        screen.query_one(f"#chart{place}").display = place < (1 if full else PLACES[plan.size])
    for name in VIEWS:
        screen.query_one(f"#{name}").display = name == shown
    if frame is not None and shown == "columns":
        screen.query_one(Columns).hold(plan.columns, frame)
