"""How learning rates are compared: one for all lanes, each optimizer's default, or each lane's best of a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gdtui.session import LaneView, Snapshot
from gdtui.text import N_, _, number
from gdtui.tui.screens.bench.display import Display
from gdtui.tui.screens.bench.menu import Entry, key, said
from gdtui.verbs import Set
from gdtui.view.look import Look
from gdtui.view.picture_kinds import RATE_CURVES, kinds_of


def with_rate_curves(look: Look, snapshot: Snapshot) -> Look:
    """Return the look with the loss of every lane by its rate, if there is such a picture."""
    if RATE_CURVES not in kinds_of(snapshot.objective):
        return look
    return replace(look, picture=RATE_CURVES)


def _give(bench: Display, snapshot: Snapshot, rate_of: Callable[[LaneView], float], message: str) -> None:
    """Give every lane a rate, show the loss by rate, and say which comparison it is."""
    rates = {lane.name: rate_of(lane) for lane in snapshot.lanes}
    found = ", ".join(f"{name} {number(rate)}" for name, rate in rates.items())

    async def give() -> None:
        bench.act(*(Set(f"{name}.lr", rate) for name, rate in rates.items()))
        bench.show(with_rate_curves)
        await bench.engine.settled()
        bench.say(message.format(rates=found), good=True)

    bench.run_worker(give(), exit_on_error=True)


def _same(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    _give(bench, snapshot, lambda _lane: lane.settings["lr"], _("one rate for all lanes: {rates}"))


def _defaults(bench: Display, _lane: LaneView, snapshot: Snapshot) -> None:
    def default(lane: LaneView) -> float:
        return lane.trace.layout.rule.defaults["lr"]

    _give(bench, snapshot, default, _("each optimizer at its default rate: {rates}"))


def _several(_lane: LaneView, snapshot: Snapshot) -> bool:
    return len(snapshot.lanes) > 1


FAIR_RATES: dict[str, Entry] = {
    "same-rate": Entry(
        N_("rates: one for all lanes"), lambda lane, _s: _("lr = {lr} on each").format(lr=number(lane.settings["lr"])),
        _same, _several,
    ),
    "default-rates": Entry(
        N_("rates: defaults"), said(N_("each optimizer's own, as its dialect has it")), _defaults,
    ),
    "best-rates": Entry(N_("rates: best"), said(N_("each lane's of 33, after a short run")), key("rates")),
}  # fmt: skip
