"""A scenario as a lesson: its script cut into pages, one for each press of a key.

A page ends with the first act that a listener can see: words, updates, a change of setting, a step back. An answer
comes with the updates that its question is about. Marks and expectations pass silently, and a `show` takes effect with
the page that follows it. Words stay until others replace them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gdtui.scenario.read.acts import Act, Scenario
from gdtui.session import Command, Load
from gdtui.verbs import Action
from gdtui.verbs.ask import Ask


@dataclass(frozen=True)
class Page:
    """The acts of one press, and the caption from then on.

    It may `ask` something, or reveal the `answer` to it. `doing` says in words what its visible act does; "" for
    words. `note` is for the lecturer alone; it stays until the next words.
    """

    acts: tuple[Act, ...]
    caption: str
    answer: str = ""
    doing: str = ""
    note: str = ""
    ask: Ask | None = None

    @property
    def waits(self) -> bool:
        """Whether it waits for an answer; a question in words does not."""
        return self.ask is not None and self.ask.form != "words" and not self.answer

    def commands(self) -> Iterator[Command]:
        """Yield the commands for the session."""
        for act in self.acts:
            if isinstance(act.verb, Action):
                yield act.verb


@dataclass(frozen=True)
class Lesson:
    """The pages of a scenario; the lesson begins before the first.

    A question of a quiz is a lesson too, of two pages, which no course has: its `quiz` is the topic of the score.
    """

    scenario: Scenario
    pages: tuple[Page, ...]
    quiz: str = ""

    @property
    def topic(self) -> str:
        """The topic under which answers are kept."""
        return self.quiz or self.scenario.path.stem

    def page_at(self, line: int) -> int:
        """Return the number of pages with every command above a line of the file."""
        count = 0
        for number, page in enumerate(self.pages, start=1):
            seen = [act.place.line for act in page.acts if isinstance(act.verb, Action)]
            if page.acts and (not seen or max(seen) >= line):
                break
            count = number
        return count

    @property
    def opening(self) -> int:
        """How many pages are turned already when it opens: all of a session that was saved, which has no words."""
        return 0 if any(act.verb.said() for act in self.scenario.acts) else len(self.pages)

    def pages_like(self, count: int) -> range:
        """Return the numbers of the pages that show the same words as page `count`, on its side of an answer."""
        words = [(self.scenario.summary, ""), *((page.caption, page.answer) for page in self.pages)]
        first = last = count
        while first > 0 and words[first - 1] == words[count]:
            first -= 1
        while last < len(self.pages) and words[last + 1] == words[count]:
            last += 1
        return range(first, last + 1)

    def open_to(self, read: int) -> int:
        """Return the last page that gives no answer away to those who have read so many: that of the next question."""
        questions = (n for n, page in enumerate(self.pages, start=1) if page.ask is not None and not page.answer)
        return next((n for n in questions if n >= read), len(self.pages))

    def upcoming(self, count: int) -> str:
        """Say what the page after the first `count` pages does; "" for words, or at the end."""
        return self.pages[count].doing if count < len(self.pages) else ""

    def again(self, count: int) -> Iterator[Command]:
        """Yield the commands that lead from an empty bench to the end of the first `count` pages."""
        yield Load(self.scenario.experiment, self.scenario.coords)
        for page in self.pages[:count]:
            yield from page.commands()


def read_lesson(scenario: Scenario) -> Lesson:
    """Cut a scenario's script into pages."""
    pages: list[Page] = []
    caption, note = scenario.summary, ""
    waiting: list[Act] = []
    for act in scenario.acts:
        waiting.append(act)
        if said := act.verb.said():
            (caption, *answers), note = said, act.verb.note or ""
            ask = act.verb if isinstance(act.verb, Ask) else None
            pages.append(Page(tuple(waiting), caption, note=note, ask=ask))
            pages += [Page((), caption, answer, note=note, ask=ask) for answer in answers]
            if ask is not None and ask.form == "words":
                caption = answers[-1]  # acts after it stand under the answer
        elif pages and _is_awaited(act, pages[-1]):
            pages[-1] = replace(pages[-1], acts=tuple(waiting), doing=act.verb.in_words())
        elif isinstance(act.verb, Action) and act.verb.changes:
            pages.append(Page(tuple(waiting), caption, doing=act.verb.in_words(), note=note))
        else:
            continue
        waiting = []
    if waiting:  # silent acts at the end go with the last page
        last = pages.pop() if pages else Page((), caption)
        pages.append(replace(last, acts=(*last.acts, *waiting)))
    return Lesson(scenario, tuple(pages))


def _is_awaited(act: Act, page: Page) -> bool:
    """Say whether an act makes the very updates that the answer of this page is about: it is then seen with them."""
    ask = page.ask
    return (
        bool(page.answer) and not page.doing and ask is not None and ask.after is not None and act.verb == ask.after.act
    )
