"""The lecturer's second terminal: the time, the note of the page, what the class sees, what comes next."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from gdtui.scenario.play.cue import Cue, newest_cue, read_cue
from gdtui.text import N_, _
from gdtui.tui.screens.terminal_sized import TerminalSized
from gdtui.tui.widgets.words import Words

#: Seconds between two looks at the file.
EVERY = 0.25


class Notes(TerminalSized, Screen[None]):
    """Follows the presentation of this user that has turned a page last.

    Parameters
    ----------
    folder
        where presentations write.
    clock
        returns seconds since 1970.
    """

    DEFAULT_CSS = """
    Notes { background: $background; padding: 1 2; }
    Notes #where { text-style: bold; color: $primary; height: auto; }
    Notes #time { height: auto; margin-bottom: 1; }
    Notes .late { color: $error; text-style: bold; }
    Notes #note { height: auto; text-style: bold; background: $surface; padding: 1 2; border-left: thick $primary; }
    Notes .label { color: $muted; margin-top: 1; }
    Notes #seen, Notes #next { height: auto; }
    Notes #detour { height: auto; color: $success; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "app.quit", N_("close"))]

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._folder, self._clock = folder, clock
        self._read: tuple[Path, int] | None = None
        self.cue: Cue | None = None

    def compose(self) -> ComposeResult:
        """Lay out the parts, the most important first."""
        yield Words("", id="where")
        yield Words("", id="time")
        with VerticalScroll(can_focus=False):
            yield Words("", id="detour")
            yield Words("", id="note")
            yield Words(_("on the screen"), classes="label")
            yield Words("", id="seen")
            yield Words(_("next"), classes="label")
            yield Words("", id="next")

    def on_mount(self) -> None:
        """Look, and go on looking."""
        self.look()
        self.set_interval(EVERY, self.look)

    def look(self) -> None:
        """Show the newest page and the time."""
        path = newest_cue(self._folder)
        try:
            stamp = None if path is None else (path, path.stat().st_mtime_ns)
        except OSError:
            stamp = None
        if stamp != self._read or self.cue is None:
            self._read = stamp
            self.cue = read_cue(path) if path is not None else None
            self._show()
        self._show_time()

    def _show(self) -> None:
        cue = self.cue
        for part, text in parts(cue).items():
            self.query_one(f"#{part}", Words).update(text)
        for part in ("#note", "#seen", "#next", "#detour", ".label"):
            self.query(part).set(display=cue is not None)
        self.query_one("#note").display = cue is not None and bool(cue.note)
        self.query_one("#detour").display = cue is not None and bool(cue.detour)

    def _show_time(self) -> None:
        shown = self.query_one("#time", Words)
        text = "" if self.cue is None else times(self.cue, self._clock())
        if text != shown.content:
            shown.update(text)
            shown.set_class(self.cue is not None and is_late(self.cue, self._clock()), "late")


def parts(cue: Cue | None) -> dict[str, str]:
    """Return the texts of a page by the name of their part."""
    if cue is None:
        return {"where": _("No presentation is running: gdtui course lecture begins one.")}
    where = [_("page {page} of {pages}").format(page=cue.page, pages=cue.pages), cue.lesson]
    if cue.lessons:
        where.insert(0, _("lesson {place} of {lessons}").format(place=cue.place, lessons=cue.lessons))
    seen = "\n".join(filter(None, (cue.words, cue.choices, cue.answer, f"✓ {cue.doing}" if cue.doing else "")))
    if cue.page < cue.pages:
        act = f"▸ {cue.then_doing}" if cue.then_doing else ""
        then = "\n".join(filter(None, (cue.right, act))) or cue.following
    elif cue.next_lesson:
        then = _("the lesson ends here; the next is “{title}”").format(title=cue.next_lesson)
    else:
        then = _("the lesson ends here")
    return {"where": " · ".join(where), "detour": cue.detour, "note": cue.note, "seen": seen, "next": then}


def times(cue: Cue, now: float) -> str:
    """Return how long the lesson and the course have lasted, against their minutes."""
    spans = [_span(_("this lesson {used} of {minutes} min"), _("this lesson {used}"), now - cue.began, cue.minutes)]
    if cue.course_began:
        whole, open_ended = _("all {used} of {minutes} min"), _("all {used}")
        spans.append(_span(whole, open_ended, now - cue.course_began, cue.course_minutes))
    return " · ".join(spans)


def _span(of: str, alone: str, seconds: float, minutes: int) -> str:
    used = f"{int(max(0.0, seconds) // 60)}:{int(max(0.0, seconds) % 60):02}"
    return of.format(used=used, minutes=minutes) if minutes else alone.format(used=used)


def is_late(cue: Cue, now: float) -> bool:
    """Say whether the lesson has lasted longer than it should."""
    return bool(cue.minutes) and now - cue.began > 60 * cue.minutes
