"""The caption of a lesson: its title, the words of the present page, and its act or answer."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from gdtui.scenario.play.lesson import Lesson
from gdtui.text import _
from gdtui.tui.widgets.words import spell

#: Cells beside the words: the border and the padding of the box.
BESIDE = 3


class Caption(Static):
    """Shows a page of a lesson, in as many `rows` as the longest page needs, at most a third of the screen."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__("", id=id, markup=False)
        self.rows = 0

    def turn_to(self, lesson: Lesson | None, page: int, screen: Size) -> None:
        """Show so many pages as turned (0: before the first)."""
        self.display = lesson is not None
        self.rows = 0
        if lesson is not None:
            captions = [self._content(lesson, number) for number in range(len(lesson.pages) + 1)]
            width = max(20, screen.width - BESIDE)
            self.rows = min(max(len(text.wrap(width)) for text in captions), max(4, screen.height // 3))
            self.styles.height = self.rows
            self.update(captions[page])

    def _content(self, lesson: Lesson, number: int) -> Content:
        page = lesson.pages[number - 1] if number else None
        title = f"{lesson.scenario.title}  {number}/{len(lesson.pages)}\n"
        text = page.caption if page else lesson.scenario.summary or _("space begins")
        parts: list[tuple[str, str]] = [(title, "bold $primary"), (text, "")]
        if page is None:
            parts.append((f"\n{_('space goes on, b goes back')}", "$accent"))
        elif page.answer:
            parts.append((f"\n{page.answer}", "bold $success"))
        elif page.doing:
            parts.append((f"\n▸ {page.doing}", "$accent"))
        written = [(spell(self.app, part), style) for part, style in parts]
        return Content.assemble(*(part if part[1] else part[0] for part in written))
