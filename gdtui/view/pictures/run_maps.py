"""Maps of many runs of the selected lane: which minimum a start leads to, and which loss a start or a setting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from gdtui.insight.case import WAITING_SECONDS
from gdtui.insight.curvature import known, seconds, spectrum
from gdtui.insight.field_survey import FieldSurvey
from gdtui.kernel import Array
from gdtui.plot.figure import Backdrop, Domain, Figure, Label, Series, Swatch
from gdtui.session import Snapshot
from gdtui.text import _, number
from gdtui.view import basins as basin_shades
from gdtui.view.basins import Basins
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.field_maps import COLUMNS, ROWS, FieldMap, Scale, field_map
from gdtui.view.look import Look
from gdtui.view.loss_steps import GLYPHS, ROLE, shades_of
from gdtui.view.map_window import position_in
from gdtui.view.picture_kinds import STARTS
from gdtui.view.pictures.surface_map import magnified
from gdtui.view.rate_curves import so_far
from gdtui.view.titles import shortened

#: How often the part of a side that holds the limit is halved: to a tenth of a cell.
HALVINGS = 10


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return the runs as cells, the minima or the limit of the theory, and the lanes.

    Blank are runs that are at no minimum, diverged, or, over settings, have a higher loss than at their start.
    """
    kind, selected = look.kind(snapshot), snapshot.lanes[look.lane]
    shown = field_map(snapshot, kind, selected, look.sides)
    limits = shown.limits(look.window, selected)
    survey = shown.survey(limits)
    found = survey.outcomes
    series: list[Series] = []
    labels: list[Label] = []
    key: list[Swatch] = []
    if kind == "basins":
        minima = survey.field.members.targets
        basins = Basins.of(found, minima)
        codes, glyphs, role = basins.codes, basin_shades.GLYPHS, basin_shades.ROLE
        labels += [Label(x, y, "✕", "minimum", bold=True) for x, y in minima.tolist()]
        key += basins.key(found.known)
    else:
        lost = found.diverged if kind in STARTS else found.diverged | (found.loss > _first_loss(shown))
        losses, minima_known = np.where(lost, np.nan, found.loss), snapshot.objective.minima
        (codes, steps), glyphs, role = shades_of(losses, _first_loss(shown), minima_known), GLYPHS, ROLE
        key += steps
        blank = _("blank: diverged") if kind in STARTS else _("blank: it rose")
        key.append(Swatch((), blank, blank, apart=True))
        if kind in STARTS:
            labels += [Label(m[0], m[1], "✕", "minimum", bold=True) for m in snapshot.objective.minima]
        else:
            series += _theory(shown, limits)
            key += [
                Swatch((), f"─ {line.label} = {_limit_now(shown, line)}", f"─ {line.label}", line.color, apart=True)
                for line in series
            ]
    for lane in snapshot.drawn:
        place = shown.lane_at(lane)
        if place is not None:
            x, y = (
                side.at(v) for side, v in zip((shown.across, shown.up), position_in(shown.domain, place), strict=True)
            )
            labels.append(Label(x, y, lane_marker(lane), lane_color(lane), bold=lane is selected, pin=True))
    title, *shorter = shortened(_titles(shown, survey), (_coarse(survey), magnified(look, selected)))
    axes = shown.across.axis(limits[0]), shown.up.axis(limits[1])
    if not survey.stride:  # blank cells would say something of runs that have not been made
        message = _("making the first runs …")
        return Figure(title, (), (), *axes, message=message, legend=False, key=tuple(key), shorter=tuple(shorter))
    backdrop = Backdrop(("runs", kind, survey.state), shade=survey.shown(codes), role=role, glyphs=glyphs)
    return Figure(
        title, tuple(series), tuple(labels), *axes, backdrop, legend=False, key=tuple(key), shorter=tuple(shorter)
    )


def _coarse(survey: FieldSurvey) -> str:
    """Say how many runs there are where these stay few, as they take long, or are few yet; else ""."""
    rows, columns = survey.shape
    few = survey.is_coarse or (survey.stride > 1 and survey.made < survey.field.members.updates)
    return _("{columns} × {rows} runs").format(columns=columns, rows=rows) if few else ""


def _titles(shown: FieldMap, survey: FieldSurvey) -> list[str]:
    """Return what is drawn, in fewer and fewer words."""
    texts: tuple[str, ...]
    if shown.kind == "basins":
        texts = (
            _("basins of {lane}, {updates} updates; faint: late"), _("{lane}, {updates} updates; faint: late"),
            _("{lane}, {updates} updates"),
        )  # fmt: skip
    elif shown.kind in STARTS:
        texts = (
            _("loss by start of {lane}, {updates} updates"),
            _("{lane} by start, {updates} updates"),
            _("{lane}, {updates} updates"),
        )
    else:
        texts = (
            _("loss of {lane}, {updates} updates, {y} upwards"), _("{lane}, {updates} updates, {y} upwards"),
            _("{lane}, {updates} updates, by {y}"), _("{updates} updates, by {y}"),
        )  # fmt: skip
    words = {"lane": shown.lane.name, "updates": so_far(survey), "y": shown.up.key}
    return [text.format(**words) for text in texts]


def _first_loss(shown: FieldMap) -> float:
    """Return the loss from which the runs of a map over settings begin."""
    objective = shown.snapshot.objective
    return objective.evaluate(np.array(shown.lane.spec.start or objective.start))[0]


def _curvature(shown: FieldMap) -> float | None:
    """Return the largest curvature at the first minimum, else where the lane is; None: it is not known at once."""
    objective, lane = shown.snapshot.objective, shown.lane
    if not objective.minima:
        return None if lane.case.sharpness is None else lane.case.sharpness[1]
    where = np.array(objective.minima[0][:-1])
    found = (spectrum if seconds(objective) <= WAITING_SECONDS else known)(objective, where)
    return None if found is None else found.high


def _limit_now(shown: FieldMap, line: Series) -> str:
    """Return the limit at the present settings, and the minimum at which it is one."""
    minima, limit = shown.snapshot.objective.minima, number(line.value or np.nan, 3)
    if not minima:
        return limit
    where = ", ".join(number(x, 3) for x in minima[0][:-1])
    return _("{limit} at ({minimum})").format(limit=limit, minimum=where)


def _theory(shown: FieldMap, limits: Domain) -> list[Series]:
    """Return the stability limit as a line over the map, by the curvature at the first minimum or at the lane."""
    lane, highest = shown.lane, _curvature(shown)
    if highest is None or highest <= 0:
        return []
    formulas: dict[str, None] = {}

    def limit(**changed: float) -> float:
        found = lane.limit(highest, changed)
        formulas.update({} if found is None else {found.formula: None})
        return np.nan if found is None else found.lr

    across, up = shown.across, shown.up
    if across.key == "lr":
        ys = up.values(limits[1], 4 * ROWS)
        xs = np.array([limit(**{up.key: y}) for y in ys.tolist()])
    elif up.key == "lr":
        xs = across.values(limits[0], 4 * COLUMNS)
        ys = np.array([limit(**{across.key: x}) for x in xs.tolist()])
    else:

        def spare(x: float, y: float) -> float:
            return limit(**{across.key: x, up.key: y}) - lane.settings["lr"]

        xs, ys = _edge(across, up, limits, spare)
    now = limit()
    formula = max(formulas, key=len, default="")  # that of the most settings which are not 0
    return [Series(xs, ys, "text", label=formula, value=now)] if formula else []


def _edge(across: Scale, up: Scale, limits: Domain, spare: Callable[[float, float], float]) -> tuple[Array, Array]:
    """Return where a function of two settings changes its sign: in some columns, then in some rows."""
    xs, ys = across.values(limits[0], COLUMNS // 4), up.values(limits[1], ROWS // 4)
    found = [(x, _zero(up, limits[1], partial(spare, x))) for x in xs.tolist()]
    found.append((np.nan, np.nan))  # two lines
    found += [(_zero(across, limits[0], partial(_swapped, spare, y)), y) for y in ys.tolist()]
    columns, rows = np.array(found).T
    return columns, rows


def _swapped(of: Callable[[float, float], float], y: float, x: float) -> float:
    return of(x, y)


def _zero(scale: Scale, limits: tuple[float, float], of: Callable[[float], float]) -> float:
    """Return where a function changes its sign between two limits of a scale, by bisection; nan: nowhere."""
    low, high = limits
    begins = of(scale.at(low)) > 0
    if begins == (of(scale.at(high)) > 0):
        return np.nan
    for _halving in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if (of(scale.at(middle)) > 0) == begins else (low, middle)
    return scale.at((low + high) / 2)
