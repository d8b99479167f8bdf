"""Everything that one frame of the bench shows, computed once for all panels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal, Protocol

from gdtui.insight.diagnosis import diagnose
from gdtui.insight.sharpness import Points, measure, unmeasured
from gdtui.plot.cells import Row
from gdtui.plot.figure import Figure
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.fields.under_way import never
from gdtui.simulation.lane_updates import Interrupt
from gdtui.text import _, number
from gdtui.view.chart_figures import ChartFigure, ChartFigures
from gdtui.view.charts import CHARTS, charts_of
from gdtui.view.field_maps import FieldMap
from gdtui.view.layout import Plan, plan
from gdtui.view.look import Look
from gdtui.view.map_window import Place
from gdtui.view.maps import Map, map_of
from gdtui.view.picture_kinds import PLANES, RATE_CURVES
from gdtui.view.pictures import picture
from gdtui.view.plane_map import PlaneMap, surveys
from gdtui.view.rate_curves import missing_rates

#: What a question that waits hides, because it would give the answer away.
Hidden = Literal["", "now", "next", "words"]


class Measuring(Protocol):
    """Measures something that a frame shows."""

    def __call__(self, seconds: float, interrupt: Interrupt = never) -> bool:
        """Measure for so many seconds at most, or until an interrupt; say whether there is something new to show."""


@dataclass(frozen=True)
class Notice:
    """Words in the header (state, speed, a detour) and above the footer; without a message the diagnosis stands there.

    The words of a detour take the place of the objective's formula. A question that waits hides what would give its
    answer away: the diagnosis, and if it is about the "now" also the numbers of the lanes ("next" leaves them).
    One in "words" hides the diagnosis until its answer is shown.
    `company` says who follows, or whether this bench follows another; `reveals` that a lecturer's step answers. `keys`
    are the keys of actions, by the names of these, for sentences that name a key.
    """

    state: str = ""
    speed: str = ""
    message: str = ""
    good: bool = False
    detour: str = ""
    hidden: Hidden = ""
    company: str = ""
    reveals: bool = False
    keys: Mapping[str, str] = field(default_factory=lambda: defaultdict(str))


@dataclass(frozen=True, eq=False)
class FrameState:
    """One frame of the bench; chart names are in the order of their places, in the overlay and in a lane's column.

    `sheets` are the rows of what has been drawn, by figure and paper.
    """

    snapshot: Snapshot
    look: Look
    notice: Notice
    plan: Plan
    charts: tuple[str, ...]
    column_charts: tuple[str, ...]
    furthest: int
    _figures: ChartFigures
    sheets: dict[Hashable, tuple[Row, ...]] = field(default_factory=dict)
    _drawn: dict[str, ChartFigure] = field(default_factory=dict)
    _of_lanes: dict[tuple[str, int | None], Figure] = field(default_factory=dict)

    @classmethod
    def of(
        cls, snapshot: Snapshot, look: Look, size: tuple[int, int], lines: Sequence[int], *,
        notice: Notice | None = None, caption: int = 0, figures: ChartFigures | None = None, furthest: int = 0,
    ) -> FrameState:  # fmt: skip
        """Return the frame for a terminal of this size (columns, rows).

        `lines` has the number of lines of each lane's rule, `caption` the rows of a lesson's caption; `figures` keeps
        the limits of the charts between frames, and `furthest` is the last update that has ever been made.
        """
        planned = plan(*size, len(snapshot.lanes), max(lines), caption, look.lane)
        usual = charts_of(snapshot)
        order = charts_of(snapshot, wide=True) if planned.size == "wide" else usual
        return cls(
            snapshot, look, notice or Notice(), planned, look.charts(order), look.charts(usual),
            max(furthest, last_known(snapshot)),
            figures or ChartFigures(),
        )  # fmt: skip

    def chart_name(self, place: int, lane: int | None = None) -> str:
        """Return the name of the chart in a place of the overlay, or of a lane's column."""
        names = self.charts if lane is None else self.column_charts
        return names[place % len(names)]

    @property
    def position(self) -> int:
        """The most updates that have been asked of any lane."""
        return self.snapshot.position

    @property
    def lane(self) -> LaneView:
        """The selected lane."""
        return self.snapshot.lanes[self.look.lane]

    @property
    def place(self) -> int:
        """Position of the look's coordinate among the recorded ones; 0 for norms."""
        recorded = self.lane.trace.layout.coords
        return recorded.index(self.look.coordinate) if self.look.coordinate in recorded else 0

    def chart(self, place: int, lane: int | None = None) -> Figure:
        """Return the chart in a place of the overlay, or of a lane's column."""
        name = self.chart_name(place, lane)
        if name not in self._drawn:
            self._drawn[name] = self._figures.figure(self.snapshot, CHARTS[name], self.look)
        if (name, lane) not in self._of_lanes:
            self._of_lanes[name, lane] = self._drawn[name].of(lane)
        return self._of_lanes[name, lane]

    @cached_property
    def map(self) -> Map | None:
        """What the picture is a map of; None: it is no map."""
        return map_of(self.snapshot, self.look.kind(self.snapshot), self.lane, self.look.sides)

    def at_place(self, place: Place) -> str:
        """Say the loss and its gradient at a place in the part of the map that is seen; "" if there is no map."""
        shown = self.map
        return "" if shown is None else shown.said_at(shown.limits(self.look.window, self.lane), place)

    @cached_property
    def picture(self) -> Figure:
        """The picture of the objective."""
        return picture(self.snapshot, self.look)

    def waiting(self) -> Measuring | None:
        """Return what measures what this frame shows or says and does not know; None: nothing."""
        points, plane, runs = self.unmeasured(), self._unmeasured_plane(), self._unmade_runs()
        if not points and plane is None and runs is None:
            return None

        def work(seconds: float, interrupt: Interrupt = never) -> bool:
            share = seconds / 2 if points and (plane or runs) is not None else seconds
            news = bool(points) or plane is not None
            if plane is not None:
                plane(share)
            elif runs is not None:
                news = runs(share, interrupt) or news
            if points:
                measure(points, share)
            return news

        return work

    def _unmeasured_plane(self) -> Callable[[float], None] | None:
        """Return what measures the losses on the plane that is drawn; None if there is none, or all are known."""
        kind = self.look.kind(self.snapshot)
        newest = next(surveys(self.snapshot, kind, self.lane), None) if kind in PLANES else None
        if newest is None or self.look.view != "overlay":
            return None
        update, survey = newest
        plane = survey.plane
        shown = None if plane is None else PlaneMap(self.snapshot, survey, plane, update)
        limits = None if shown is None else shown.limits(self.look.window, self.lane)
        return None if survey.is_complete(limits) else partial(survey.measure, limits)

    def _unmade_runs(self) -> Measuring | None:
        """Return what makes the runs that the picture shows; None if it shows none, or all have been made."""
        if self.look.view != "overlay":
            return None
        survey = missing_rates(self.snapshot) if self.look.kind(self.snapshot) == RATE_CURVES else None
        if isinstance(self.map, FieldMap):
            survey = self.map.missing(self.look.window)
        return None if survey is None else survey.measure

    def unmeasured(self) -> Points:
        """Return where curvature is wanted that takes too long for a frame: of the diagnosis, and of a chart drawn."""
        drawn, repeats = "sharpness" in self._drawn, self.snapshot.repeats
        wanted = (*self.snapshot.lanes, *(repeats.lanes if repeats else ())) if drawn else (self.lane,)
        return [point for lane in wanted for point in unmeasured(lane.case, along=drawn)]

    def _read_at_cursor(self) -> str:
        """Return what the cursor reads where the title of the first chart has no room for it; else ""."""
        if self.look.cursor is None or self.plan.size != "narrow" or self.look.full or self.look.view != "overlay":
            return ""
        drawn = [series for series in self.chart(0).series if series.label and series.value is not None]
        values = " · ".join(f"{series.label} {number(series.value or 0.0, 3)}" for series in drawn)
        message = _("{quantity} at update {update}: {values}")
        title = _(CHARTS[self.chart_name(0)].title)
        return message.format(quantity=title, update=self.look.cursor, values=values) if values else ""

    @cached_property
    def message(self) -> tuple[str, str]:
        """Text and colour of the line above the footer: message, else diagnosis, else what the objective teaches."""
        if self._news is not None:
            return self._news
        if not self.diagnosis:
            return self.snapshot.objective.teaches, "label"
        return _("{lane}: {diagnosis}").format(lane=self.lane.name, diagnosis=self.diagnosis), "text"

    @cached_property
    def diagnosis(self) -> str:
        """What the line above the footer says of the selected lane; "": it says something else."""
        return "" if self._news is not None else next(iter(diagnose(self.lane.case, 1)), "")

    @cached_property
    def _news(self) -> tuple[str, str] | None:
        """Text and colour of what comes before a diagnosis."""
        if self.notice.message:
            return self.notice.message, "good" if self.notice.good else "bad"
        if self.notice.hidden == "words":
            return "", "label"
        if self.notice.hidden:
            revealed, waits = _("{step} reveals the answers"), _("a question waits for your answer: {step}")
            return (revealed if self.notice.reveals else waits).format_map(self.notice.keys), "label"
        if self.lane.fault:
            return _("{lane}: {fault}").format(lane=self.lane.name, fault=self.lane.fault), "bad"
        read = self._read_at_cursor()
        return (read, "text") if read else None


def last_known(snapshot: Snapshot) -> int:
    """Return the last update that has been asked of a lane, or at which an edit lies ahead."""
    return max(max(lane.position, *(edit.update for edit in lane.edits), 0) for lane in snapshot.lanes)
