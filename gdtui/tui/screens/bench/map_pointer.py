"""The mouse on the map of the bench: clicks say what is there or start a lane, a drag pans, the wheel zooms."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from textual import on
from textual.geometry import Offset

from gdtui.plot.canvas import has_shades, plot_place
from gdtui.simulation.experiment import free_lane_name
from gdtui.text import _
from gdtui.tui.screens.bench.aim import Mark
from gdtui.tui.screens.bench.menus import Menus
from gdtui.tui.screens.bench.pointing import PlaceAim, Pointing
from gdtui.tui.themes import is_plain, palette_of
from gdtui.tui.widgets.map_view import MapView
from gdtui.verbs import Add
from gdtui.view.field_maps import FieldMap
from gdtui.view.map_window import MapWindow, Place, place_in, position_in
from gdtui.view.maps import SurfaceMap


class MapPointer(Menus):
    """The part of the bench that follows the mouse over the map."""

    _keyed_mark: PlaceAim | None = None  # what the keys point with

    @on(MapView.Clicked)
    def _map_clicked(self, event: MapView.Clicked) -> None:
        """Say what is where the pointer is; the right button lets the selected lane start there, or adds that run."""
        place = self._place_on_map(event.cell)
        if self.frame is None or place is None or not all(0 <= part <= 1 for part in place):
            return
        if not event.right:
            self.say(self.frame.at_place(place), good=True)
        else:
            self._use(place)

    def action_point(self) -> None:
        """Point at the map by keys: say what is there; enter does what the right button does."""
        frame = self.frame
        if frame is None or frame.map is None or self.look.view != "overlay":
            self.say(_("there is no map here to point at: {view} and {picture} turn to one").format_map(self.keys))
            return
        if self.look.full:
            self.say(_("a chart has the whole screen: {full-chart} brings the map back").format_map(self.keys))
            return
        mark = PlaceAim(self.query_one(MapView), frame.picture, Mark.over(self))
        mark.tell = self._told
        at = frame.map.lane_at(frame.lane)
        limits = frame.map.limits(self.look.window, frame.lane)
        inside = (0.5, 0.5) if at is None else place_in(limits, *position_in(frame.map.domain, at))
        mark.begin(*(part if math.isfinite(part) else 0.5 for part in inside))
        self._keyed_mark = mark

        def chosen(place: Place | None) -> None:
            self._keyed_mark = None
            self.query("#aim").remove()
            if place is None:
                self.say("")
            else:
                self._use(place)

        self.app.push_screen(Pointing(mark, lambda text: self.say(text, good=True)), chosen)

    def repaint(self) -> None:
        """Make a frame, in which what is said of the place of the mark is new: its run goes on meanwhile."""
        if self._keyed_mark is not None:
            self._message, self._good = self._keyed_mark.said(), True
        super().repaint()

    def on_resize(self) -> None:
        """Fit the bench to the new size, and the mark with it."""
        super().on_resize()
        if self._keyed_mark is not None:
            self.call_after_refresh(self._renew_keyed_mark)

    @on(MapView.Resized)
    def _renew_keyed_mark(self) -> None:
        if self._keyed_mark is not None:
            self._keyed_mark.renew()
            self.repaint()

    def _told(self, place: Place) -> str:
        if self.frame is None or not all(map(math.isfinite, place)):  # a picture of a row or two has no places
            return ""
        return self.frame.at_place(place)

    def _use(self, place: Place) -> None:
        """Let the selected lane start at a place of a surface; put the run at a place of a map of runs on the bench."""
        if self.frame is None or not all(map(math.isfinite, place)):
            return
        shown = self.frame.map
        if isinstance(shown, SurfaceMap):
            limits = shown.limits(self.look.window, self.frame.lane)
            self.start_at([float(f"{value:.4g}") for value in position_in(limits, place)])
        elif isinstance(shown, FieldMap):
            limits = shown.limits(self.look.window, self.frame.lane)
            name = free_lane_name(self.frame.lane.name, [lane.name for lane in self.frame.snapshot.lanes])
            self.add_lane(Add(shown.lane_for(limits, place, name)))
        else:
            self.say(_("a lane starts at a point of the loss surface, not of a plane through a path"))

    @on(MapView.Dragged)
    def _map_dragged(self, event: MapView.Dragged) -> None:
        """Move the map along with the pointer."""
        before, after = (self._place_on_map(cell) for cell in (Offset(0, 0), event.by))
        if before is not None and after is not None:
            self._look_through(lambda window: window.panned(before[0] - after[0], before[1] - after[1]))

    @on(MapView.Turned)
    def _map_turned(self, event: MapView.Turned) -> None:
        """Zoom the map about the pointer."""
        place = self._place_on_map(event.cell)
        if place is not None:
            self._look_through(lambda window: window.zoomed(event.by, place))

    def _place_on_map(self, cell: Offset) -> Place | None:
        """Return where a cell of the picture is in the map's window; None: it shows no map."""
        view = self.query_one(MapView)
        if self.frame is None or self.frame.map is None:
            return None
        plain, shaded = is_plain(self.app), has_shades(self.frame.picture, palette_of(self.app))
        x, y = plot_place(self.frame.picture, *view.size, *cell, ascii=plain, shaded=shaded)
        return (x, y) if math.isfinite(x) and math.isfinite(y) else None

    def _look_through(self, change: Callable[[MapWindow], MapWindow]) -> None:
        """Change the part of the map that is seen."""
        if self.snapshot is not None:
            self.look = replace(self.look, window=change(self.look.map_window(self.snapshot)))
            self.repaint()
