"""The next updates of every lane: made at once where that is quick, else a little at a time while nobody waits."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from time import perf_counter

from gdtui.session.snapshot import Future, LaneView, view_of
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.stopping import Status

#: Factors on the learning rate, and how many other seeds where a seed decides.
FACTORS, SEEDS = {"÷2": 0.5, "×2": 2.0}, 8
#: Other seeds are counted from here: no experiment of a user has them.
FIRST_SEED = 2**32
#: Seconds of updates that a snapshot waits for.
QUICK_SECONDS = 0.01


class Sight:
    """What is ahead of one lane: copies of it that go on by themselves."""

    def __init__(self, run: LaneRun, updates: int) -> None:
        self.view: LaneView = view_of(run)
        seeds = range(FIRST_SEED, FIRST_SEED + SEEDS)
        self.runs = [("", run.ahead(updates))]
        if run.noisy:
            self.runs += [("", run.ahead(updates, seed=seed)) for seed in seeds]
        else:
            self.runs += [(label, run.ahead(updates, factor)) for label, factor in FACTORS.items()]

    @property
    def missing(self) -> list[LaneRun]:
        """The copies that have not made all their updates."""
        return [run for _label, run in self.runs if run.update < run.position and run.status == Status.GOING]

    @property
    def seconds(self) -> float:
        """About how long the rest takes."""
        return sum((run.position - run.update) * run.seconds for run in self.missing)

    def look(self, until: float) -> None:
        """Make updates, some at least, until that time on the clock of `perf_counter`."""
        while missing := self.missing:
            for run in missing:
                run.make_updates(min(run.position, run.update + run.chunk()), record=1)
                if perf_counter() >= until:
                    return

    def future(self) -> Future:
        """Return what is known by now."""
        own, *others = [(label, replace(self.view, trace=run.trace.view())) for label, run in self.runs]
        return Future(own[1], tuple(others))


class Futures:
    """The futures of lanes, `updates` updates ahead; 0: none."""

    def __init__(self) -> None:
        self.updates = 0
        self._sights: dict[LaneRun, tuple[Hashable, Sight]] = {}

    def of(self, runs: Iterable[LaneRun]) -> tuple[tuple[Future, ...], bool]:
        """Return the futures of lanes, made at once as far as that is quick, and whether there is more to come."""
        sights = self._renewed(runs)
        left = QUICK_SECONDS
        for sight in sights:
            if (cost := sight.seconds) <= left:
                left -= cost
                sight.look(perf_counter() + left)
        return tuple(sight.future() for sight in sights), any(sight.missing for sight in sights)

    def look(self, runs: Iterable[LaneRun], seconds: float) -> None:
        """Look ahead for about so long."""
        until = perf_counter() + seconds
        for sight in self._renewed(runs):
            if sight.missing:
                sight.look(until)
                if perf_counter() >= until:
                    return

    def _renewed(self, runs: Iterable[LaneRun]) -> Sequence[Sight]:
        """Return what is ahead of each lane that goes on, begun anew where the lane is not as it was."""
        before, self._sights = self._sights, {}
        for run in runs if self.updates else ():
            if run.status == Status.GOING:
                key: Hashable = (run.update, run.edits, run.spec, self.updates)
                known = before.get(run)
                self._sights[run] = known if known is not None and known[0] == key else (key, Sight(run, self.updates))
        return [sight for _key, sight in self._sights.values()]
