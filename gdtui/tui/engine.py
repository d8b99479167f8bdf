"""The bench's engine room: commands go in one after the other, snapshots come out.

Commands run on one worker thread with the GIL released in compiled code, so the screen stays alive
while a kernel compiles or a long run goes on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdtui.session import Command, Session, Snapshot
    from gdtui.simulation.experiment import Experiment


class Engine:
    """Owns the session; `submit` is the only way in.

    Parameters
    ----------
    show
        called in the event loop with each snapshot (and what went wrong, or "").
    """

    def __init__(self, show: Callable[[Snapshot, str], None]) -> None:
        self._show = show
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._queue: asyncio.Queue[Command] = asyncio.Queue()
        self._interrupt = threading.Event()
        self._idle = asyncio.Event()
        self.session: Session | None = None
        self.snapshot: Snapshot | None = None
        self.ready = False
        self.fault = ""

    @property
    def busy(self) -> bool:
        """Whether a command is under way or waiting."""
        return not self._idle.is_set()

    def submit(self, command: Command) -> None:
        """Put a command in the queue."""
        self._idle.clear()
        self._queue.put_nowait(command)

    def stop_long_step(self) -> None:
        """Ask a long step to end where it is, and drop what waits."""
        self._interrupt.set()
        while not self._queue.empty():
            self._queue.get_nowait()

    async def settled(self) -> None:
        """Return once every command has been carried out."""
        await self._idle.wait()

    async def run(self, experiment: Experiment, coords: tuple[int, ...] | None = None) -> None:
        """Open the session, then carry out commands as they come, until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._open, experiment, coords)
            if self.snapshot is None:
                return
            self._show(self.snapshot, "")
            await loop.run_in_executor(self._thread, self._warm)
            self.ready = True
            self._show(self.snapshot, "")
            if self._queue.empty():
                self._idle.set()
            while True:
                command = await self._queue.get()
                await self._carry_out(loop, command)
        finally:
            self._interrupt.set()
            self._thread.shutdown(wait=False, cancel_futures=True)

    def _open(self, experiment: Experiment, coords: tuple[int, ...] | None) -> None:
        from gdtui.session import Session

        try:
            self.session = Session(experiment, coords)
            self.snapshot = self.session.snapshot()
        except ValueError as error:  # an objective or a lane that cannot be
            self.fault = str(error)

    async def _carry_out(self, loop: asyncio.AbstractEventLoop, command: Command) -> None:
        fault = await loop.run_in_executor(self._thread, self._apply, command)
        if self._queue.empty():
            self._idle.set()
        assert self.snapshot is not None
        # while more is waiting only the newest picture is worth drawing
        if self._queue.empty() or fault:
            self._show(self.snapshot, fault)

    def _apply(self, command: Command) -> str:
        from gdtui.errors import CommandError

        assert self.session is not None
        self._interrupt.clear()
        try:
            self.snapshot = self.session.apply(command, self._interrupt.is_set)
        except CommandError as error:
            return str(error)
        return ""

    def _warm(self) -> None:
        """Compile, on the worker, before the first step asks for it."""
        if self.session is None:
            return
        self.session.warm()
