"""Runs the session of a bench: commands go in one by one, snapshots come out.

All work on the session is done on one worker thread. Compiled code releases the GIL, so the screen stays responsive
while a kernel compiles or a long run goes on.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from gdtui.errors import CommandError
from gdtui.kernel import be_impatient, impatient
from gdtui.text import _

if TYPE_CHECKING:
    from gdtui.session import Command, History, PageEnd, Session, Snapshot

#: Seconds that the first frame has to itself before anything is prepared for the next.
PAINTING = 0.1

#: Does something on the worker thread; returns whether there is something new to show, and an error message ("").
Work = Callable[[], tuple[bool, str]]


class Engine:
    """Owns a session, opened on the worker thread; `show` gets each snapshot, and an error message ("" for none)."""

    def __init__(self, open_session: Callable[[], Session], show: Callable[[Snapshot, str], None]) -> None:
        self._open_session, self._show = open_session, show
        self._thread = ThreadPoolExecutor(1, "engine", initializer=be_impatient, initargs=(impatient(),))
        self._queue: asyncio.Queue[Work] = asyncio.Queue()
        self._interrupt = threading.Event()
        self._idle = asyncio.Event()
        self._under_way = False
        self.session: Session | None = None
        self.history: History | None = None
        self.snapshot: Snapshot | None = None
        #: Called with the session after each act, on the worker thread.
        self.after_act: Callable[[Session], None] = lambda _session: None
        #: Called with the session and its first snapshot, on the worker thread.
        self.when_opened: Callable[[Session, Snapshot], None] = lambda _session, _snapshot: None
        self._aside: asyncio.Task[None] | None = None
        self._news = False
        #: Set once there is a first snapshot, and it has been shown.
        self.opened = asyncio.Event()
        self.ready = False
        self.fault = ""

    @property
    def busy(self) -> bool:
        """Whether something is under way or waiting."""
        return not self._idle.is_set()

    def submit(self, command: Command) -> None:
        """Put a command in the queue; undo does not know it."""
        self._enqueue(partial(self._apply, lambda session: session.apply(command, self._interrupt.is_set)))

    def submit_act(self, *commands: Command, memo: object) -> None:
        """Put one act in the queue that can be undone; undo then returns `memo`."""

        def act(session: Session) -> Snapshot:
            assert self.history is not None
            return self.history.apply(session, *commands, memo=memo, interrupt=self._interrupt.is_set)

        self._enqueue(partial(self._apply, act))

    def submit_leap(self, to: PageEnd, undone: str, memo: object) -> None:
        """Put the return to a moment in the queue, as an act that can be undone under the name `undone`."""

        def leap(session: Session) -> Snapshot:
            assert self.history is not None
            self.history.leap(session, to.saved, undone, memo, unsaved=to.unsaved, interrupt=self._interrupt.is_set)
            return session.snapshot()

        self._enqueue(partial(self._apply, leap))

    def submit_page(self, commands: Iterable[Command], then: Callable[[Session, Snapshot], None]) -> None:
        """Put a page of a script in the queue: all its commands, or none of them if one fails or is stopped.

        `then` is called after them on the worker thread.
        """

        def turn(session: Session) -> Snapshot:
            snapshot = None
            with session.all_or_nothing():
                for command in commands:
                    snapshot = session.apply(command, self._interrupt.is_set)
                if self._interrupt.is_set():
                    raise CommandError(_("stopped: the page was not finished"))
            snapshot = snapshot or session.snapshot()
            then(session, snapshot)
            return snapshot

        self._enqueue(partial(self._apply, turn))

    def show_futures(self, updates: int, repeated: str, seeds: int) -> None:
        """Show the next updates of every lane from now on, and a lane with other seeds; 0 for none."""

        def work() -> tuple[bool, str]:
            assert self.session is not None
            futures = self.session.futures
            futures.updates, futures.repeated, futures.seeds = updates, repeated, seeds
            self.snapshot = self.session.snapshot()
            return True, ""

        self._enqueue(work)

    async def advance(self, work: Callable[[], bool]) -> bool:
        """Do other work on the session, in its turn; show the session if the work returns True. Return the same."""
        results: list[bool] = []
        faults: list[BaseException] = []

        def run() -> tuple[bool, str]:
            self._interrupt.clear()
            try:
                new = work()
            except BaseException as error:
                faults.append(error)
                return False, ""
            if new and self.session is not None:
                self.snapshot = self.session.snapshot()
                self.after_act(self.session)
            results.append(new)
            return new, ""

        self._enqueue(run)
        await self.idle()  # not for what is measured in idle times: a map takes long
        if faults:
            raise faults[0]
        return any(results)  # none: it waited when a long step was stopped

    def interrupted(self) -> bool:
        """Whether the work under way has been asked to stop."""
        return self._interrupt.is_set()

    def stop_long_step(self) -> None:
        """Ask a long step to end where it is, and drop what waits."""
        self._interrupt.set()
        while not self._queue.empty():
            self._queue.get_nowait()
        if self.ready and not self._under_way:
            self._idle.set()

    def when_idle(self, work: Callable[[], None], then: Callable[[], None]) -> None:
        """Do short work on the worker thread, then call `then`; not while anything else is under way."""
        if self._aside is None and self._idle.is_set():
            self._aside = asyncio.create_task(self._do_aside(work, then))

    async def idle(self) -> None:
        """Return once everything in the queue has been done."""
        await self._idle.wait()

    async def settled(self) -> None:
        """Return once everything in the queue has been done, and the work for idle times."""
        while self.busy or self._aside is not None:
            await (self._idle.wait() if self.busy or self._aside is None else asyncio.wait((self._aside,)))

    async def run(self) -> None:
        """Open the session, then do what is in the queue, until cancelled."""
        loop, later = asyncio.get_running_loop(), None
        try:
            await loop.run_in_executor(self._thread, self._open)
            if self.session is None or self.snapshot is None:
                return
            self.ready = self.session.ready
            self._show(self.snapshot, "")
            self.opened.set()
            if self.ready:
                later = loop.call_later(PAINTING, loop.run_in_executor, self._thread, self._prepare)
            else:
                await loop.run_in_executor(self._thread, self._prepare)  # before the first step
                self.ready = True
                self._show(self.snapshot, "")
            gc.freeze()  # classes, code, rules: all this stays, and looking through it would hold up a frame in twenty
            if self._queue.empty():
                self._idle.set()
            while True:
                work = await self._queue.get()
                self._under_way = True
                await self._do(work)
        finally:
            self._interrupt.set()
            for left in (self._aside, later):
                if left is not None:
                    left.cancel()
            self._thread.shutdown(wait=False, cancel_futures=True)

    def _enqueue(self, work: Work) -> None:
        self._idle.clear()
        self._queue.put_nowait(work)

    async def _do_aside(self, work: Callable[[], None], then: Callable[[], None]) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, work)
            self._aside = None
            then()
        except Exception as error:  # it ends the program as an error in any other work does
            self._aside = None
            self._enqueue(partial(_fail, error))

    async def _do(self, work: Work) -> None:
        new, fault = await asyncio.get_running_loop().run_in_executor(self._thread, work)
        assert self.snapshot is not None
        last, self._under_way = self._queue.empty(), False
        self._news = self._news or new
        if last:
            self._idle.set()
        if (self._news and last) or fault:  # while more is waiting only the newest frame is worth drawing
            self._news = False
            self._show(self.snapshot, fault)

    def _open(self) -> None:
        try:
            from gdtui.session import History  # on the worker thread: the first frame does not wait for it

            self.session, self.history = self._open_session(), History()
            self.snapshot = self.session.snapshot()
            self.when_opened(self.session, self.snapshot)
        except ValueError as error:  # an objective or a lane that cannot be built
            self.fault = str(error)

    def _prepare(self) -> None:
        """Import and compile what the first updates call, and the curves that show them."""
        from gdtui.plot import canvas

        assert self.session is not None
        canvas.prepare()
        self.session.warm()

    def _apply(self, act: Callable[[Session], Snapshot]) -> tuple[bool, str]:
        assert self.session is not None
        self._interrupt.clear()
        try:
            self.snapshot = act(self.session)
        except CommandError as error:
            return False, str(error)
        self.after_act(self.session)
        return True, ""


def _fail(error: Exception) -> tuple[bool, str]:
    raise error
