"""The loss of every lane against its learning rate: a range test for all of them, with the best rate of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.figure import Axis, Figure, Label, Limits, Series
from gdtui.session import Snapshot
from gdtui.text import _, number
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.look import Look
from gdtui.view.rate_curves import rate_curve

#: Losses below this part of the highest are drawn at the lower edge.
FINEST = 1e-12


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return a curve a lane, broken where it diverges; its marker at the present rate, ◇ at the best."""
    curves: list[Series] = []
    bests: list[Label] = []
    nows: list[Label] = []
    begun = False  # whether runs of some lane are still under way
    updates = snapshot.experiment.updates
    for lane in snapshot.drawn:
        known = rate_curve(snapshot, lane)
        if known is None:
            continue
        rates, losses, best = known.rates, known.losses, known.best
        lowest = None if best is None else float(losses[best])
        whole = known.made == str(updates)
        begun, name = begun or not whole, lane.name if whole else f"{lane.name} ({known.made})"
        curves.append(Series(rates, losses, lane_color(lane), label=name, value=lowest, sample=lane_marker(lane)))
        if best is not None:
            text = f"◇ {number(float(rates[best]), 2)}"
            bests.append(Label(rates[best], losses[best], text, lane_color(lane), bold=True))
        near = int(np.argmin(np.abs(np.log(rates) - np.log(max(lane.settings["lr"], 1e-300)))))
        if np.isfinite(losses[near]):
            nows.append(Label(rates[near], losses[near], lane_marker(lane), lane_color(lane), bold=True))
    drawn = np.concatenate([curve.y for curve in curves]) if curves else np.zeros(0)
    drawn = drawn[np.isfinite(drawn)]
    wanted = not look.linear and bool(np.all(drawn >= 0) and np.any(drawn > 0))  # a loss of 0 is at the lower edge
    limits = _limits(drawn, positive=wanted)
    positive = wanted and (limits is not None or bool(np.all(drawn > 0)))
    title, *shorter = (text.format(updates=updates) for text in _titles(begun=begun))
    message = "" if len(drawn) else _("every run diverges") if curves else _("making the first runs …")
    y = Axis("log" if positive else "linear", limits=limits)
    if limits is not None:
        bests, nows = ([replace(label, y=max(label.y, limits[0])) for label in labels] for labels in (bests, nows))
        curves = [replace(curve, y=np.maximum(curve.y, limits[0])) for curve in curves]
    x = Axis("log", title="lr")
    return Figure(title, tuple(curves), (*bests, *nows), x, y, message=message, shorter=tuple(shorter))


def _titles(*, begun: bool) -> tuple[str, ...]:
    """Return what is drawn, in fewer and fewer words; `begun` says that some runs are still under way."""
    if begun:
        return (
            _("loss so far, of {updates} updates, by learning rate; ◇ the best"),
            _("loss so far, of {updates} updates"),
        )
    return (
        _("loss after {updates} updates, by learning rate; ◇ the best"),
        _("loss after {updates} updates; ◇ the best"),
        _("loss after {updates} updates"),
    )


def _limits(losses: Array, *, positive: bool) -> Limits | None:
    """Return limits that leave out the losses shortly before divergence, and those that are 0 but for rounding."""
    if not len(losses):
        return None
    low, high = float(losses.min()), float(np.quantile(losses, 0.9))
    if high <= low:
        return None
    return (
        (max(low / 2, FINEST * high), high * 2) if positive else (low - 0.05 * (high - low), high + 0.05 * (high - low))
    )
