"""How learning rates are compared: one for all lanes, each optimizer's default, or each lane's best of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gdtui.session import Command, LaneView, Snapshot
from gdtui.text import _, number
from gdtui.tui.screens.bench.display import MEASURING_SECONDS, Display
from gdtui.tui.screens.pick import Choice, Picker
from gdtui.verbs import Back, Set, Step
from gdtui.view.comparisons import comparison, default_rate
from gdtui.view.field_maps import changed_settings
from gdtui.view.look import Look
from gdtui.view.picture_kinds import RATE_CURVES, kinds_of
from gdtui.view.rate_curves import best_rate, rate_survey

Rates = Mapping[str, float]


class FairRates(Display):
    """The part of the bench that gives lanes the rates by which they are compared."""

    def action_compare_rates(self) -> None:
        """Choose how the lanes are compared."""
        self.pace.running = False
        if self.frame is None:
            return
        lane, updates = self.frame.lane, self.frame.snapshot.experiment.updates
        best = _("each lane's lowest loss after {updates} updates").format(updates=updates)
        choices = [
            Choice(_("same rate"), _("lr = {lr} on each").format(lr=number(lane.settings["lr"])), "same"),
            Choice(_("library defaults"), _("each optimizer's own, as its dialect has it"), "defaults"),
            Choice(_("best rates"), best, "best"),
        ]
        now = next(iter(comparison(self.frame.snapshot)), "")
        title = _("compare rates; now: {comparison}").format(comparison=now) if now else _("compare rates")
        Picker(title, choices, _("type to search")).ask(self.app, self._compare)

    def _compare(self, how: str) -> None:
        if self.frame is None or how == "best":
            self.action_rates()
            return
        one, snapshot = self.frame.lane.settings["lr"], self.frame.snapshot
        rates = {lane.name: one if how == "same" else default_rate(lane) for lane in snapshot.lanes}
        words = _("one rate for all lanes: {rates}"), _("each optimizer at its default rate: {rates}")
        self.run_worker(self._give(rates, words[how == "defaults"]), exit_on_error=True)

    def action_rates(self) -> None:
        """Give every lane the rate with the lowest loss after the experiment's updates from its start."""
        self.pace.running = False
        if self.snapshot is None:
            return
        if not self.snapshot.objective.has_loss:
            self.say(_("there is no loss here, and so no best rate"))
            return
        self.say(_("trying learning rates …"))
        self.run_worker(self._take_best(self.snapshot), exit_on_error=True)

    async def _take_best(self, snapshot: Snapshot) -> None:
        surveys = [rate_survey(snapshot, lane) for lane in snapshot.lanes]

        def make_runs() -> bool:
            for survey in surveys:
                while not survey.is_complete and not self.engine.interrupted():
                    survey.measure(MEASURING_SECONDS, self.engine.interrupted)
            return False

        def so_far() -> str:
            percent = 100 * sum(survey.done for survey in surveys) / len(surveys)
            said = _("trying learning rates: {percent} % of the runs   {stop} stops it")
            return said.format(percent=int(percent), **self.keys)

        self.under_way = so_far
        try:
            await self.engine.advance(make_runs)
        finally:
            self.under_way = None
        if not all(survey.is_complete for survey in surveys):
            self.say(_("stopped: the learning rates are as they were"))
            return
        best = {lane.name: best_rate(snapshot, lane) for lane in snapshot.lanes}
        rates = {name: rate for name, rate in best.items() if rate is not None}
        await self._give(rates, _("the rates with the lowest loss after {updates} updates: {rates}"))

    async def _give(self, rates: Rates, message: str) -> None:
        """Give lanes these rates from their start, show the loss by rate, and say which comparison it is."""
        if self.snapshot is None or not rates:
            self.say(_("every run diverges: the learning rates are as they were"))
            return
        self.act(*_from_the_start(self.snapshot, rates))
        self.show(_with_rate_curves)
        await self.engine.settled()
        given = ", ".join(f"{name} {number(rate)}" for name, rate in rates.items())
        self.say(message.format(rates=given, updates=self.snapshot.experiment.updates), good=True)


def _with_rate_curves(look: Look, snapshot: Snapshot) -> Look:
    """Return the look with the loss of every lane by its rate, if there is such a picture."""
    return replace(look, picture=RATE_CURVES) if RATE_CURVES in kinds_of(snapshot.objective) else look


def _from_the_start(snapshot: Snapshot, rates: Rates) -> Iterator[Command]:
    """Yield what runs every lane again from its start to where it is, with these rates and its settings in force."""
    position = snapshot.position
    if position:
        yield Back(position)
    for lane in snapshot.lanes:
        for key, value in _settings(lane, rates).items():
            yield Set(f"{lane.name}.{key}", value)
    if position:
        yield Step(position)


def _settings(lane: LaneView, rates: Rates) -> dict[str, float]:
    """Return the settings that a lane gets at its start: what has been edited since, and the rate."""
    return {**changed_settings(lane), "lr": rates.get(lane.name, lane.settings["lr"])}
