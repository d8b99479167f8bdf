"""The caption of a lesson: where we are in it, the words of the present page, and what the next key does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from gdtui.plot.widths import cell_width, wrapped
from gdtui.scenario.play.lesson import Lesson, Page
from gdtui.scenario.play.marking import Mark, written
from gdtui.text import _
from gdtui.tui.widgets.words import spell

#: Cells beside the words: the border and the padding of the box.
BESIDE = 3
#: The longest line that is read at ease, in cells.
READABLE = 84
#: Rows that are kept for the mark of an answer, so that the bench stays where it is.
MARKED = 2
#: Rows of a terminal from which the words have a blank line above and below, and the box one height for all pages.
ROOMY = 34
#: Stands for a space at which no line is broken; as wide as one, and in no text.
_GLUE = "␣"
#: Between terms, then between the sides of an equation.
_FORMULAS = re.compile(r"(?<=\S) [−+] (?=\S)"), re.compile(r"(?<=\S) = (?=\S)")
#: Characters of the longest formula that is kept on one line.
LONGEST_FORMULA = 32


def lines_of(text: str, room: int) -> list[str]:
    """Return a text broken into lines of so many cells, between its formulas and not within them."""
    glued = text
    for formula in _FORMULAS:
        glued = formula.sub(lambda found: found[0].replace(" ", _GLUE), glued)
    words = (word if len(word) <= LONGEST_FORMULA else word.replace(_GLUE, " ") for word in glued.split(" "))
    return [line.replace(_GLUE, " ") for line in wrapped(" ".join(words), room)]


def way_back(keys: Mapping[str, str], *, free: bool) -> str:
    """Say how a detour ends, or what was done freely after the last page."""
    if free:
        said = _("the bench is yours: {step} steps · {script} returns to the last page · {save} keeps what you did")
    else:
        said = _("detour: {step} steps · {script} returns to the script · {save} keeps the detour")
    return said.format_map(keys)


@dataclass(frozen=True)
class LessonState:
    """Where a listener is: pages turned, whether on a detour, and what follows the last page.

    `place` says it in words, at length and in short: the first that fits is shown.
    """

    page: int
    #: The keys of actions, for sentences that name one.
    keys: Mapping[str, str]
    detour: bool = False
    place: tuple[str, ...] = ()
    after: str = ""
    #: Those of the answers, by the page that reveals the right one.
    marks: Mapping[int, Mark] = field(default_factory=dict)
    #: Whether a question waits for an answer, whether it is asked for over the bench, and whether it is being marked.
    waits: bool = True
    asked: bool = False
    marking: bool = False
    #: Whether somebody else turns the pages.
    led: bool = False


class Caption(Static):
    """Shows a page of a lesson, at most two fifths of the screen.

    It has as many `rows` as the longest page needs; on a small screen, as the pages with the same words need.
    """

    @dataclass
    class Clicked(Message):
        """A click on a row of the caption, counted from 0; `back` with the right button."""

        row: int
        back: bool

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__("", id=id, markup=False)
        self.rows = 0

    def turn_to(self, lesson: Lesson | None, state: LessonState, screen: Size) -> None:
        """Show so many pages as turned (0: before the first); without a lesson, nothing."""
        self.display = lesson is not None
        self.rows = 0
        if lesson is None:
            return
        width, most = max(20, screen.width - BESIDE), max(5, screen.height * 2 // 5)
        roomy = screen.height >= ROOMY
        alike = range(len(lesson.pages) + 1) if roomy else lesson.pages_like(state.page)
        pages = {number: self._page(lesson, number, state, width, screen.height, most) for number in alike}
        unmarked = {n for n, page in enumerate(lesson.pages, start=2) if page.waits and n not in state.marks}
        kept = {number: MARKED * (roomy and number in unmarked) for number in alike}
        self.rows = min(max(len(lines) + kept[number] for number, lines in pages.items()), most)
        self.styles.height = self.rows
        shown = pages[state.page]
        self.update(Content("\n").join(shown[: self.rows - 1] + shown[-1:] if len(shown) > self.rows else shown))

    def on_click(self, event: Click) -> None:
        """Say where."""
        self.post_message(self.Clicked(event.y, event.button == 3))

    def _page(
        self, lesson: Lesson, number: int, state: LessonState, width: int, height: int, most: int
    ) -> list[Content]:
        """Return the lines of a page; without the question, which has been read, where its answer has no room."""
        lines = self._lines(lesson, number, state, width, height)
        return lines if len(lines) <= most else self._lines(lesson, number, state, width, 0, whole=False)

    def _lines(
        self, lesson: Lesson, number: int, state: LessonState, width: int, height: int, *, whole: bool = True
    ) -> list[Content]:
        page = lesson.pages[number - 1] if number else None
        words = page.caption if page else lesson.scenario.summary
        blank = [Content("")] if height >= ROOMY else []
        lines = [self._head(lesson, state, width), *blank]
        if whole or not (page and page.answer):
            lines += self._broken(words, "dim" if page and page.answer else "bold" if blank else "", width)
        if page and page.waits and page.ask and page.ask.choices:
            choices = (f"{place}) {written(each)}" for place, each in enumerate(page.ask.choices, start=1))
            lines += self._broken("   ".join(choices), "$accent", width)
        if page and page.answer:
            lines += self._answer(page, state.marks.get(number), width)
        if page and page.doing:
            lines += self._broken(f"✓ {page.doing}", "$success", width)
        return [*lines, *blank, *self._broken(self._prompt(lesson, number, state), "$accent", width)]

    def _answer(self, page: Page, marked: Mark | None, width: int) -> list[Content]:
        """Return the right answer; after one of the listener's the difference, the reason, and what is to be said."""
        if marked is None:
            return self._broken(page.answer, "bold $success", width)
        lines = self._broken(marked.verdict, "bold $error" if marked.right is False else "bold $success", width)
        if marked.reason:
            lines += self._broken(marked.reason, "$accent", width)
        if page.ask is not None and page.ask.why:
            lines += self._broken(page.ask.why, "", width)
        return lines

    def _head(self, lesson: Lesson, state: LessonState, width: int) -> Content:
        title = spell(self.app, lesson.scenario.title)
        for place in (spell(self.app, place) for place in state.place):
            gap = width - cell_width(title) - cell_width(place)
            if gap >= 2:
                return Content.assemble((title, "bold $primary"), " " * gap, (place, "$muted"))
        return Content.styled(title, "bold $primary")

    def _prompt(self, lesson: Lesson, number: int, state: LessonState) -> str:
        """Say what the key does that turns pages, and in a detour how it ends."""
        keys = state.keys
        if state.led:
            return _("the lecturer turns the pages")
        if state.detour:
            return way_back(keys, free=number >= len(lesson.pages))
        if number >= len(lesson.pages):
            ended = _("The lesson ends here, the bench is yours: {step} steps, {lessons} opens the library.")
            return state.after or ended.format_map(keys)
        asks = number > 0 and lesson.pages[number - 1].waits
        if asks and state.waits and number + 1 not in state.marks:
            if state.marking:
                return _("your answer is being marked")
            return _("your answer:") if state.asked else _("{step} ▸ your answer").format_map(keys)
        if lesson.pages[number].answer:
            return _("{step} ▸ the answer").format_map(keys)
        if doing := lesson.upcoming(number):
            return _("{step} ▸ {act}").format(act=doing, **keys)
        return (_("{step} goes on, {back} goes back") if number == 0 else _("{step} ▸ go on")).format_map(keys)

    def _broken(self, text: str, style: str, width: int) -> list[Content]:
        """Return words as lines that are read at ease."""
        room, lines = min(width, READABLE), []
        for part in spell(self.app, text).split("\n"):
            for line in lines_of(part, room):  # a word longer than that is broken, too
                lines += (Content.styled(line, style) if style else Content(line)).wrap(room)
        return lines
