"""`{ show = "velocity", view = "columns", coordinate = 0 }`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from annotated_types import Ge, Interval

from gdtui.session import Snapshot
from gdtui.simulation.experiment import XAxisName
from gdtui.text import _, did_you_mean
from gdtui.toml.records import Reads, Schema
from gdtui.verbs.base import Verb, verb
from gdtui.verbs.on_screen import OnScreen, Screen
from gdtui.verbs.point import Point
from gdtui.view.charts import CHARTS
from gdtui.view.layout import View
from gdtui.view.look import Look
from gdtui.view.picture_kinds import kinds_of

#: The most updates that are shown ahead, and the most seeds of a band.
MOST_AHEAD, MOST_SEEDS = 10_000, 64


def _coordinate(value: object) -> object:
    if value == "norm" or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise ValueError(_("{key} must be the number of a parameter, counted from 0, or 'norm'"))


Coordinate = Annotated[
    int | str | None, Reads(_coordinate, {"anyOf": [{"type": "integer", "minimum": 0}, {"const": "norm"}]})
]


@verb
class Show(OnScreen):
    """Put a chart in the first place, and say how it is looked at: what c, v, m, U, h, n, f, S, x, l, u, ↑ ↓ turn."""

    show: str | None = None
    view: View | None = None
    coordinate: Coordinate = None
    scale: Literal["log", "linear"] | None = None
    x_axis: Literal[XAxisName, "lr"] | None = None
    lane: str | None = None
    sample: Annotated[int | None, Ge(1)] = None
    picture: str | None = None
    future: Annotated[int | None, Interval(ge=0, le=MOST_AHEAD)] = None
    seeds: Annotated[int | None, Interval(ge=0, le=MOST_SEEDS)] = None
    across: str | None = None
    up: str | None = None

    @staticmethod
    def json_schema_extra(schema: Schema) -> None:
        """Name the charts."""
        schema["properties"]["show"]["enum"] = list(CHARTS)

    def check(self, point: Point) -> None:
        """Check that the chart and the lane exist, and that the objective has what is to be shown."""
        if self.show not in CHARTS:
            names = list(CHARTS)
            hint = did_you_mean(self.show, names, _(" (charts: {})").format(", ".join(names)))
            point.fault("show", _("there is no chart {!r}").format(self.show) + hint)
        if self.lane is not None:
            point.lane("lane", self.lane)
        self._check_settings(point)
        if point.dimension is not None:
            self._check_objective(point, point.dimension)

    def _check_settings(self, point: Point) -> None:
        """Check that the lane whose map it is, or any lane, has the settings of its sides, and that these differ."""
        lanes = [point.lanes.get(self.lane)] if self.lane in point.lanes else list(point.lanes.values())
        known = {key: None for lane in lanes if lane is not None for key in lane.ranges}
        for key, setting in (("across", self.across), ("up", self.up)):
            if setting is not None and setting not in known and None not in lanes:
                hint = did_you_mean(setting, known, _(" (there are: {})").format(", ".join(known)))
                point.fault(key, _("there is no setting {!r}").format(setting) + hint)
        if self.up is not None and self.up == self.across:
            point.fault("up", _("{!r} goes across already: two different settings make a map").format(self.up))

    def _check_objective(self, point: Point, dimension: int) -> None:
        if isinstance(self.coordinate, int) and self.coordinate >= dimension:
            point.fault("coordinate", _("coordinates that can be shown are 0 to {}").format(dimension - 1))
        objective = point.objective
        if self.view == "network" and not point.has_data:
            point.fault("view", _("this objective has no network to look into"))
        if self.sample is not None and objective is not None:
            if objective.model is None:
                point.fault("sample", _("this objective has no network to send a sample through"))
            elif self.sample > (rows := len(objective.data)):
                point.fault("sample", _("samples are 1 to {rows}, as the network view counts them").format(rows=rows))
        if self.picture is not None and objective is not None and self.picture not in (known := kinds_of(objective)):
            message = _("this objective has no picture {!r} (it has: {})").format(self.picture, ", ".join(known))
            point.fault("picture", message + did_you_mean(self.picture, known))
        if self.x_axis in ("epochs", "samples") and not point.has_data:
            point.fault("x_axis", _("this objective has no data, so no {}").format(self.x_axis))
        if self.x_axis == "evaluations" and not any(
            lane is None or lane.counts_evaluations for lane in point.lanes.values()
        ):
            point.fault("x_axis", _("none of these lanes counts its evaluations: they are the updates"))
        if self.x_axis == "lr" and all(lane and lane.schedule.is_constant for lane in point.lanes.values()):
            point.fault("x_axis", _("the learning rate of these lanes never changes: there is no axis of it"))

    def coordinates(self) -> set[int]:
        """Return the coordinate that is shown."""
        return {self.coordinate} if isinstance(self.coordinate, int) else set()

    verdict = Verb.verdict  # without a screen there is nothing to skip

    def changed(self, look: Look, snapshot: Snapshot) -> Look:
        """Return the look after this act."""
        names = [lane.name for lane in snapshot.lanes]
        look = replace(
            look,
            chart=self.show or look.chart,
            view=self.view or look.view,
            x_axis=self.x_axis or look.x_axis,
            picture=self.picture or look.picture,
            linear=look.linear if self.scale is None else self.scale == "linear",
            lane=names.index(self.lane) if self.lane in names else look.lane,
            future=look.future if self.future is None else self.future,
            seeds=look.seeds if self.seeds is None else self.seeds,
            across=self.across or look.across,
            knob=self.up or look.knob,
            sample=look.sample if self.sample is None else self.sample - 1,
        )
        if self.coordinate is not None:
            look = replace(look, coordinate=None if isinstance(self.coordinate, str) else self.coordinate)
        return look.fitting(snapshot)

    async def do(self, screen: Screen) -> None:
        """Change the look."""
        await screen.look(self.changed)
