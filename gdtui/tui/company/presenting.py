"""A lecturer's bench: what is done and shown on it goes to the class."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from gdtui.text import _
from gdtui.tui.company.base import Company
from gdtui.tui.screens.black import Black
from gdtui.tui.widgets.tally import Tally

if TYPE_CHECKING:
    from gdtui.classroom.lecture import Attendance
    from gdtui.classroom.listener import Listener
    from gdtui.session import Session, Snapshot
    from gdtui.tui.screens.bench import Bench


class Presenting(Company):
    """A class follows the bench over a socket."""

    def __init__(self, listener: Listener) -> None:
        from gdtui.classroom.lecture import Lecture
        from gdtui.classroom.transcript import Keeper

        self.lecture = Lecture(listener)
        self._keeper = Keeper(self.lecture.publish)
        self._question: int | None = None  # that the class is asked
        self._told: Attendance | None = None  # of the answers that are shown

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

        def counted(_attendance: Attendance) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(attended)

        def attended() -> None:
            self._count(bench)
            self._ask(bench)

        engine.when_opened, engine.after_act = when_opened, after_act
        bench.after_frame = partial(self._show, bench)
        bench.company = in_words(self.lecture.attendance)
        bench.waits = False  # the class answers; space reveals
        bench.greeting = bench.greeting or _("your class sees this bench: gdtui follow {path}").format(
            path=self.lecture.listener.path
        )
        self.lecture.counted = counted
        self.lecture.start()

    def _show(self, bench: Bench) -> None:
        from gdtui.classroom.transcript import Shown

        if bench.frame is not None:
            shown = Shown(
                bench.look, bench.page, bench.furthest, bench.detour, bench.pace.running, bench.pace.level,
                isinstance(bench.app.screen, Black),
            )  # fmt: skip
            self._keeper.show(bench.lesson, shown)
            self._ask(bench)

    def _count(self, bench: Bench) -> None:
        """Say in the header who follows."""
        said = in_words(self.lecture.attendance, asking=self._question is not None)
        if said != bench.company:
            bench.company = said
            bench.call_later(bench.repaint)

    def _ask(self, bench: Bench) -> None:
        """Take answers while a question is open, and show them once the answer is."""
        from gdtui.classroom.transcript import question_of
        from gdtui.tui.company.answers import sorted_for

        asked, revealed = question_of(bench.lesson, bench.page), question_of(bench.lesson, bench.page - 1)
        if asked is not None and asked != self._question:
            self.lecture.ask(asked)
        self._question = asked
        self._count(bench)
        attendance = self.lecture.attendance if revealed is not None else None
        if attendance is self._told:
            return
        self._told = attendance
        ask = bench.lesson.pages[bench.page - 2].ask if bench.lesson is not None and attendance is not None else None
        rows = sorted_for(ask, attendance.answers) if ask is not None and attendance is not None else []
        if not bench.query(Tally):
            bench.mount(Tally())
        bench.query_one(Tally).show(rows, attendance.asked if attendance is not None else 0)

    def close(self) -> None:
        """Send the class home."""
        self.lecture.close()


def in_words(attendance: Attendance, *, asking: bool = False) -> str:
    """Say how many follow, and how many of them have answered."""
    if asking and attendance.answers:
        message = _("{n} of {following} have answered")
        return message.format(n=attendance.answered, following=attendance.asked)
    if attendance.alone:
        message = _("{n} follow, {alone} alone")
        return message.format(n=attendance.following - attendance.alone, alone=attendance.alone)
    return (_("{n} follows") if attendance.following == 1 else _("{n} follow")).format(n=attendance.following)
