"""What is on the screen at present, each part explained in a sentence: picture, charts, lane, rule."""

from __future__ import annotations

from collections.abc import Iterator

from gdtui.optimizers.language.symbols import MEANINGS, symbol
from gdtui.text import _
from gdtui.view.charts import CHARTS
from gdtui.view.frame_state import FrameState
from gdtui.view.layout import COLUMN_CHARTS, PLACES
from gdtui.view.picture_kinds import ABOUT


def here(frame: FrameState) -> dict[str, str]:
    """Return what each part of the present screen shows, by the name that stands on it."""
    rows: dict[str, str] = {}
    view = "full" if frame.look.full else frame.look.view
    if view == "network":
        rows[_("inside the network")] = _(
            "W, b: weights and biases · z = W·a + b · a: after the activation · δ = ∂L/∂z"
        )
    elif view == "overlay":
        about = ABOUT[frame.look.kind(frame.snapshot)]
        rows[_("picture")] = _(about).format_map(frame.notice.keys)
    for name in dict.fromkeys(_charts(frame, view)):
        chart = CHARTS[name]
        rows[_(chart.title)] = _(chart.about)
    rule = frame.lane.trace.layout.rule
    reference = f" ({rule.reference})" if rule.reference else ""
    said = _("{title}: {teaches}").format(title=_(rule.title) + reference, teaches=_(rule.teaches))
    rows[frame.lane.name] = said
    for key in rule.settings:
        if key in MEANINGS:
            meaning = MEANINGS[key]
            rows[key if symbol(key) == key else f"{key} {symbol(key)}"] = _(meaning)
    if frame.look.cursor is not None:
        rows[_("cursor")] = _("the values in the titles of the charts are those at its update")
    return rows


def _charts(frame: FrameState, view: str) -> Iterator[str]:
    """Yield the names of the charts on the screen."""
    if view == "columns":
        yield from (frame.chart_name(place, frame.look.lane) for place in range(COLUMN_CHARTS))
    elif view != "network":
        count = 1 if view == "full" else PLACES[frame.plan.size]
        yield from (frame.chart_name(place) for place in range(count))
