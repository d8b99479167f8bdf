"""A lecturer's bench: what is done and shown on it goes to the class."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from gdtui.text import _
from gdtui.tui.company.base import Company

if TYPE_CHECKING:
    from gdtui.classroom.door import Door
    from gdtui.classroom.lecture import Attendance
    from gdtui.session import Session, Snapshot
    from gdtui.tui.screens.bench import Bench


class Presenting(Company):
    """A class follows the bench through a door."""

    def __init__(self, door: Door) -> None:
        from gdtui.classroom.lecture import Lecture
        from gdtui.classroom.transcript import Keeper

        self.lecture = Lecture(door)
        self._keeper = Keeper(self.lecture.publish)

    def join(self, bench: Bench) -> None:
        """Listen to the bench, and let the class in."""
        loop, engine = asyncio.get_running_loop(), bench.engine
        opened, acted = engine.when_opened, engine.after_act

        def when_opened(session: Session, snapshot: Snapshot) -> None:
            opened(session, snapshot)
            self._keeper.done(session)

        def after_act(session: Session) -> None:
            acted(session)
            self._keeper.done(session)

        def counted(attendance: Attendance) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(attended, attendance)

        def attended(attendance: Attendance) -> None:
            said = in_words(attendance)
            if said != bench.company:
                bench.company = said
                bench.repaint()

        engine.when_opened, engine.after_act = when_opened, after_act
        bench.after_frame = partial(self._show, bench)
        bench.company = in_words(self.lecture.attendance)
        bench.greeting = bench.greeting or _("your class sees this bench: gdtui follow {path}").format(
            path=self.lecture.door.path
        )
        self.lecture.counted = counted
        self.lecture.start()

    def _show(self, bench: Bench) -> None:
        from gdtui.classroom.transcript import Shown

        if bench.frame is not None:
            shown = Shown(
                bench.look, bench.page, bench.furthest, bench.aside, bench.pace.running, bench.pace.level
            )  # fmt: skip
            self._keeper.show(bench.lesson, shown)

    def close(self) -> None:
        """Send the class home."""
        self.lecture.close()


def in_words(attendance: Attendance) -> str:
    """Say how many follow."""
    if attendance.alone:
        message = _("{n} follow, {alone} alone")
        return message.format(n=attendance.following - attendance.alone, alone=attendance.alone)
    return (_("{n} follows") if attendance.following == 1 else _("{n} follow")).format(n=attendance.following)
