"""Learning rates that suit the objective, found in short runs."""

from __future__ import annotations

from gdtui.text import _, number
from gdtui.tui.screens.bench.display import Display
from gdtui.tui.screens.bench.fair_rates import with_rate_curves
from gdtui.verbs import Set


class SuitedRates(Display):
    """The part of the bench that looks for learning rates."""

    def action_rates(self) -> None:
        """Give every lane the rate that suits the objective best in a short run from its start."""
        self.pace.running = False
        self.say(_("trying learning rates …"))
        self.run_worker(self._take_rates(), exit_on_error=True)

    async def _take_rates(self) -> None:
        rates: dict[str, float] = {}
        stopped: list[bool] = []

        def look_for() -> bool:
            assert self.engine.session is not None
            rates.update(self.engine.session.suited_rates(self.engine.interrupted))
            stopped.append(self.engine.interrupted())
            return False

        await self.engine.advance(look_for)
        if not stopped or stopped[0]:
            self.say(_("stopped: the learning rates are as they were"))
        elif not rates:
            self.say(_("no rate of those tried lowers the loss"))
        if not rates:
            return
        self.act(*(Set(f"{name}.lr", rate) for name, rate in rates.items()))
        await self.engine.settled()
        self.show(with_rate_curves)
        found = ", ".join(f"{name} {number(rate)}" for name, rate in rates.items())
        self.say(_("the rates with the lowest loss after a short run: {rates}").format(rates=found), good=True)
