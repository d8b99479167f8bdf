"""Which comparison stands on the bench, by the learning rates of its lanes."""

from __future__ import annotations

from gdtui.session import LaneView, Snapshot
from gdtui.text import _, number
from gdtui.view.rate_curves import best_rate


def comparison(snapshot: Snapshot) -> tuple[str, ...]:
    """Return which comparison of the lanes stands, from the longest words to the shortest; () for a single lane.

    A best rate is one only as long as the runs that found it are known and were made as the lane is.
    """
    lanes = snapshot.drawn
    if len(lanes) < 2:
        return ()
    if any(len(_rates_of(lane)) > 1 for lane in lanes):
        return _("rates changed on the way"), _("rates changed")
    rates = [lane.settings["lr"] for lane in lanes]
    same = len(set(rates)) == 1 and all(lane.spec.schedule == lanes[0].spec.schedule for lane in lanes)
    updates = snapshot.experiment.updates
    if all(rate == best_rate(snapshot, lane) for rate, lane in zip(rates, lanes, strict=True)):
        texts = _("best rates after {updates} updates"), _("best rate after {updates}")
        return tuple(text.format(updates=updates) for text in texts)
    if rates == [default_rate(lane) for lane in lanes]:
        long = (_("library defaults, {lr} each").format(lr=number(rates[0])),) if same else ()
        return *long, _("library defaults")
    return (_("same rate {lr}").format(lr=number(rates[0])) if same else _("own rates"),)


def default_rate(lane: LaneView) -> float:
    """Return the rate that the lane's optimizer has by itself, in its dialect."""
    return lane.trace.layout.rule.defaults["lr"]


def _rates_of(lane: LaneView) -> set[float]:
    """Return the rates that have been in force since the start."""
    edits = [edit for edit in lane.edits if edit.key == "lr" and edit.update <= lane.update]
    first = next((edit.value for edit in reversed(edits) if not edit.update), lane.spec.values()["lr"])
    return {first, *(edit.value for edit in edits if edit.update)}
