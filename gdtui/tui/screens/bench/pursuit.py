"""Brings a bench to where a lecture is, on the engine's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gdtui.classroom.mirror import Mirror
from gdtui.classroom.transcript import Transcript
from gdtui.errors import GdtuiError
from gdtui.text import _
from gdtui.tui.engine import Engine

#: Seconds after which it is said that following takes its time.
SLOW = 0.5


class Pursuit:
    """Does to an engine's session what the newest transcript says.

    Attributes
    ----------
    reached
        the transcript that the session has; None: not known.
    trouble
        why the lecture cannot be followed, as a sentence; "": it can.
    slow
        whether following takes its time just now; `paced` is called when that may have changed.
    """

    def __init__(self, engine: Engine, newest: Callable[[], Transcript | None], paced: Callable[[], None]) -> None:
        self.mirror = Mirror()
        self.reached: Transcript | None = None
        self.trouble = ""
        self.slow = False
        self._engine, self._newest, self._paced = engine, newest, paced
        self._called = asyncio.Event()

    def is_behind(self, now: Transcript) -> bool:
        """Say whether something has been done that the session does not have."""
        reached = self.reached
        return reached is None or reached.scene is not now.scene or reached.log != now.log

    def go(self) -> None:
        """Let the session be brought to the newest transcript."""
        self._called.set()

    async def keep_up(self) -> None:
        """Do what comes, on one worker for all of it: a worker for each update would take as long as the update."""
        while True:
            await self._called.wait()
            self._called.clear()
            await self.catch_up()

    async def catch_up(self) -> None:
        """Bring the session to the newest transcript that there is when its turn comes."""
        slow = asyncio.get_running_loop().call_later(SLOW, self._say_slow, True)
        await self._engine.advance(self._follow)
        slow.cancel()
        self._say_slow(False)

    def _say_slow(self, slow: bool) -> None:
        self.slow = slow
        self._paced()

    def _follow(self) -> bool:
        """Do what is new, on the engine's thread; say whether there is something to show."""
        transcript, session = self._newest(), self._engine.session
        if transcript is None or transcript is self.reached or transcript.scene is None or session is None:
            return False
        try:
            done = self.mirror.follow(session, transcript, self._engine.interrupted)
        except (GdtuiError, ValueError, MemoryError) as error:
            self.trouble = _("this cannot be followed here: {reason}").format(reason=error)
        else:
            self.trouble = ""
            if done:
                self.reached = transcript
                if self.mirror.differs:
                    self.trouble = _("the last digits differ from the lecturer's: this computer rounds otherwise")
        return True
