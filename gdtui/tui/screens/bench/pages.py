"""The pages of a lesson on the bench: what its caption says, and what it puts on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from textual.content import Content

from gdtui.scenario.play.lesson import Lesson, Page
from gdtui.text import _
from gdtui.view.charts import Show


def captions(lesson: Lesson, written: Callable[[str], str] = str) -> list[Content]:
    """Return title, words, and what was done or answered, for before the first page and for every page.

    Parameters
    ----------
    lesson
        whose pages.
    written
        how a text is written on this screen.
    """
    return [_caption(lesson, number, written) for number in range(len(lesson.pages) + 1)]


def _caption(lesson: Lesson, number: int, written: Callable[[str], str]) -> Content:
    page = lesson.pages[number - 1] if number else None
    count = f"{number}/{len(lesson.pages)}"
    text = page.caption if page else lesson.scenario.summary or _("space begins")
    parts: list[Any] = [(f"{lesson.scenario.title}  {count}\n", "bold $primary"), text]
    if page and page.answer:
        parts.append((f"\n{page.answer}", "bold $success"))
    elif page and page.doing:
        parts.append((f"\n▸ {page.doing}", "$accent"))
    elif page is None:
        parts.append((f"\n{_('space goes on, b goes back')}", "$accent"))
    return Content.assemble(
        *(written(part) if isinstance(part, str) else (written(part[0]), part[1]) for part in parts)
    )


def rows_of(texts: Sequence[Content], width: int, height: int) -> int:
    """Return how high the caption's box is on a screen of this size: as the longest one needs."""
    room = max(20, width - 3)
    return min(max(len(text.wrap(room)) for text in texts), max(4, height // 3))


def shows(pages: Sequence[Page]) -> Iterator[Show]:
    """Yield what these pages put on the screen, in order."""
    for page in pages:
        for act in page.acts:
            if isinstance(act.verb, Show):
                yield act.verb
