"""What lanes have not done: their next updates, and the same run with other seeds.

It is made at once where that is quick, else a little at a time while nobody waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import replace
from functools import partial
from time import perf_counter

from gdtui.errors import ObjectiveError, ParameterError
from gdtui.session.lane_view import LaneView, view_of
from gdtui.session.snapshot import Future, Repeats
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.simulation import Simulation
from gdtui.simulation.stopping import Status

#: Factors on the learning rate, and how many other seeds where a seed decides.
FACTORS, SEEDS = {"÷2": 0.5, "×2": 2.0}, 8
#: Other seeds are counted from here: no experiment of a user has them.
FIRST_SEED = 2**32
#: Seconds of updates that a snapshot waits for.
QUICK_SECONDS = 0.01


class Copies:
    """Copies of a lane that go on by themselves; `makers` make those that take a while, one after the other."""

    def __init__(self, runs: Iterable[LaneRun] = (), makers: Iterable[Callable[[], LaneRun]] = ()) -> None:
        self.runs, self._makers = list(runs), deque(makers)

    @property
    def missing(self) -> list[LaneRun]:
        """The copies that have not made all their updates."""
        return [run for run in self.runs if run.update < run.position and run.status == Status.GOING]

    @property
    def whole(self) -> bool:
        """Whether all copies are there, with or without their updates."""
        return not self._makers

    @property
    def more(self) -> bool:
        """Whether there is more to come."""
        return bool(self._makers or self.missing)

    @property
    def seconds(self) -> float:
        """About how long the updates that are missing take."""
        return sum((run.position - run.update) * run.seconds for run in self.missing)

    def go_on(self, until: float) -> None:
        """Make copies and updates, some at least, until that time on the clock of `perf_counter`."""
        while self._makers:
            try:
                self.runs.append(self._makers.popleft()())
            except (ObjectiveError, ParameterError):  # the file of the data is gone: there are no such runs
                self.runs.clear()
                self._makers.clear()
            if perf_counter() >= until:
                return
        while missing := self.missing:
            for run in missing:
                run.make_updates(min(run.position, run.update + run.chunk()), record=1)
                if perf_counter() >= until:
                    return


class Ahead(Copies):
    """The next updates of a lane, and others that it could have."""

    def __init__(self, run: LaneRun, updates: int) -> None:
        self._view: LaneView = view_of(run)
        if run.noisy:
            others = {("", seed): run.ahead(updates, seed=seed) for seed in range(FIRST_SEED, FIRST_SEED + SEEDS)}
        else:
            others = {(label, 0): run.ahead(updates, factor) for label, factor in FACTORS.items()}
        self._labels = [label for label, _seed in others]
        super().__init__([run.ahead(updates), *others.values()])

    def future(self) -> Future:
        """Return what is known by now."""
        own, *others = (replace(self._view, trace=run.trace.view()) for run in self.runs)
        return Future(own, tuple(zip(self._labels, others, strict=True)))


class Futures:
    """The futures of lanes, and the repeats of one, as a session shows them.

    Attributes
    ----------
    updates
        how many updates ahead; 0: none.
    repeated, seeds
        the name of the lane that is repeated, and with how many other seeds; 0: none.
    """

    def __init__(self) -> None:
        self.updates, self.repeated, self.seeds = 0, "", 0
        self._ahead: dict[LaneRun, tuple[Hashable, Ahead]] = {}
        self._again: tuple[Hashable, Copies] | None = None

    def of(self, simulation: Simulation, muted: Collection[str]) -> tuple[tuple[Future, ...], Repeats | None, bool]:
        """Return futures and repeats, made at once as far as that is quick, and whether there is more to come."""
        all_copies, left = self._renewed(simulation, muted), QUICK_SECONDS
        for copies in all_copies:
            if copies.whole and (cost := copies.seconds) <= left:
                left -= cost
                copies.go_on(perf_counter() + left)
        repeats = None
        if self._again is not None and (again := self._again[1]).whole:
            repeats = Repeats(self.repeated, tuple(map(view_of, again.runs)))
        ahead = tuple(copies.future() for _state, copies in self._ahead.values())
        return ahead, repeats, any(copies.more for copies in all_copies)

    def look_ahead(self, simulation: Simulation, muted: Collection[str], seconds: float) -> None:
        """Make what is missing for about so long."""
        until = perf_counter() + seconds
        for copies in self._renewed(simulation, muted):
            if copies.more:
                copies.go_on(until)
                if perf_counter() >= until:
                    return

    def _renewed(self, simulation: Simulation, muted: Collection[str]) -> list[Copies]:
        """Return all that is asked for, begun anew where the lane is not as it was."""
        before, self._ahead = self._ahead, {}
        for name, run in simulation.lanes.items():
            if self.updates and run.status == Status.GOING and name not in muted:
                state = (run.update, run.edits, run.spec, self.updates)
                known = before.get(run)
                same = known is not None and known[0] == state
                self._ahead[run] = known if known is not None and same else (state, Ahead(run, self.updates))
        self._again = None if self.repeated in muted else self._repeated(simulation)
        ahead = (copies for _state, copies in self._ahead.values())
        return [*ahead, *(() if self._again is None else (self._again[1],))]

    def _repeated(self, simulation: Simulation) -> tuple[Hashable, Copies] | None:
        """Return the lane with other seeds, as far as it has come; None if that is not asked for, or the same."""
        run = simulation.lanes.get(self.repeated)
        if not self.seeds or run is None or not run.objective.seeded:
            return None
        state = (run, run.edits, run.spec, self.seeds)
        known = self._again
        if known is None or known[0] != state:
            seeds = range(FIRST_SEED, FIRST_SEED + self.seeds)
            known = state, Copies(makers=[partial(simulation.repeated, self.repeated, seed) for seed in seeds])
        for each in known[1].runs:
            each.position = max(each.position, run.position)
        return known
