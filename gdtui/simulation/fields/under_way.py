"""Members of a field that are made further a little at a time, on threads that let others go first."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from time import perf_counter

from gdtui.kernel import Indices
from gdtui.objectives.objective import Objective
from gdtui.simulation.fields.members import Halt, Members, Outcomes
from gdtui.simulation.fields.running import Group, group_of
from gdtui.simulation.fields.side_by_side import FEWEST
from gdtui.simulation.lane_updates import Interrupt

#: Threads that make runs, and where all takes less than so many seconds together, one is enough.
THREADS, ALONE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 4e-3
#: An update of a share takes about so many seconds at most: keys may wait for it.
SHARE_SECONDS = 5e-3
#: How much lower the priority of these threads is: several sessions on one machine must not hold up their keys.
NICENESS = 5


def never() -> bool:
    """Say that nothing else is wanted."""
    return False


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, "field", initializer=_stand_back)


def _stand_back() -> None:
    """Give this thread a low priority, where threads have one each."""
    if sys.platform == "linux":
        with suppress(OSError):
            own = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + NICENESS)


class _Share:
    """Some of the members; they begin when they are first worked on."""

    def __init__(self, members: Members, numbers: Indices, objective: Objective) -> None:
        self._members, self._numbers, self._objective = members, numbers, objective
        self._group: Group | None = None
        self._asked = 0
        self._outcomes: Outcomes | None = None

    def ask(self, updates: int) -> None:
        """Ask for so many more updates of every member."""
        self._asked += updates

    def ask_for(self, outcomes: Outcomes) -> None:
        """Ask for what came of the members by now to be written."""
        self._outcomes = outcomes

    @property
    def is_due(self) -> bool:
        """Whether something that has been asked for is yet to be done."""
        return self._group is None or self._group.made < self._asked or self._outcomes is not None

    def work(self) -> int:
        """Do some of what has been asked for; return how many updates that were."""
        if self._group is None:
            self._group = group_of(self._members.take(self._numbers), self._objective, Halt())
        before = self._group.made
        if before < self._asked:
            self._group.advance(min(self._asked - before, self._group.at_once))
        elif self._outcomes is not None:
            self._outcomes.put(self._numbers, self._group.outcomes())
            self._outcomes = None
        return (self._group.made - before) * len(self._numbers)


class UnderWay:
    """Members that are all made as many updates far: `made`.

    What is asked for is done by `work`, in shares for several threads. Where the time is over, the rest waits.

    Parameters
    ----------
    numbers
        which of the members.
    seconds
        about how long an update of a member takes.
    side_by_side
        whether members are run side by side. Others are Python's work, for which a second thread is no help.
    """

    def __init__(
        self, members: Members, numbers: Indices, objective: Objective, seconds: float, *, side_by_side: bool
    ) -> None:
        self.count, self.made, self._asked = len(numbers), 0, 0
        work = self.count * seconds
        self._threads = THREADS if side_by_side and work * members.updates > ALONE else 1
        together = max(self._threads, min(int(work / SHARE_SECONDS), self.count // FEWEST))
        shares = together if side_by_side else self.count
        dealt = (numbers[share::shares] for share in range(shares))  # neighbours stop at about the same update
        self._shares = [_Share(members, some, objective) for some in dealt if len(some)]
        self._due: deque[_Share] = deque()

    @property
    def threads(self) -> int:
        """How many threads have something to do."""
        return min(self._threads, len(self._shares))

    @property
    def is_due(self) -> bool:
        """Whether something that has been asked for is yet to be done."""
        return bool(self._due)

    def advance(self, updates: int) -> None:
        """Ask for so many more updates of every member."""
        self._asked += updates
        for share in self._shares:
            share.ask(updates)
        self._due.extend(self._shares)

    def put(self, outcomes: Outcomes) -> None:
        """Ask for what came of the members by now to be written."""
        for share in self._shares:
            share.ask_for(outcomes)
        self._due.extend(self._shares)

    def work(self, until: float, interrupt: Interrupt = never) -> int:
        """Do what has been asked for, but begin nothing after that time or an interrupt.

        Return how many updates that were, of all members together.
        """
        waiting = [_pool().submit(self._work, until, interrupt) for _ in range(min(self._threads, len(self._due)))]
        made = sum(each.result() for each in waiting)
        if not self._due:
            self.made = self._asked
        return made

    def _work(self, until: float, interrupt: Interrupt) -> int:
        made = 0
        with suppress(IndexError):  # another thread took the last
            while True:
                share = self._due.popleft()
                made += share.work()
                if share.is_due:
                    self._due.appendleft(share)
                if perf_counter() >= until or interrupt():
                    break
        return made
