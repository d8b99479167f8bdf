"""A situation made at random, and the question about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gdtui.objectives.data.random_streams import raw_stream
from gdtui.scenario.play.lesson import Lesson, Page
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.simulation.experiment import Experiment
from gdtui.text import _
from gdtui.toml.source import Place
from gdtui.toml.write import inline_table
from gdtui.verbs import Step, Verb
from gdtui.verbs.ask import Ask
from gdtui.verbs.show import Show

T = TypeVar("T")


class Dice:
    """Random choices that depend on a seed and the number of the question alone."""

    def __init__(self, seed: int, number: int) -> None:
        self._seed, self._number, self._thrown = seed, number, 0

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to `bound` − 1."""
        self._thrown += 1
        raw = raw_stream(self._seed, f"quiz {self._thrown}", self._number, 1)
        return int(raw[0] % bound)

    def pick(self, items: Sequence[T]) -> T:
        """Return one of some items."""
        return items[self.below(len(items))]

    def mixed(self, items: Iterable[T]) -> list[T]:
        """Return items in random order (Fisher and Yates)."""
        left, mixed = list(items), []
        while left:
            mixed.append(left.pop(self.below(len(left))))
        return mixed


@dataclass(frozen=True)
class Situation:
    """Lanes, the updates made before the question, what is shown, and the question."""

    topic: str
    experiment: Experiment
    updates: int
    ask: Ask
    show: Show

    def lesson(self, title: str) -> Lesson:
        """Return it as a lesson of two pages: the question, and the answer with its updates."""
        before = [Step(self.updates)] if self.updates else []
        asked = tuple(map(_act, [*before, self.show, self.ask]))
        return two_pages(self.experiment, title, "", asked, updates_of(self.ask), self.ask, topic=f"quiz {self.topic}")


#: Makes a situation; None where the throw makes no good question.
Maker = Callable[[Dice], Situation | None]


def two_pages(
    experiment: Experiment, title: str, summary: str, asked: tuple[Act, ...], answered: tuple[Act, ...], ask: Ask,
    coords: tuple[int, ...] | None = None, *, topic: str = "",
) -> Lesson:  # fmt: skip
    """Return a lesson of a question and its answer, whatever has to be done before."""
    doing = answered[-1].verb.in_words() if answered else ""
    scenario = Scenario(
        path=Path("quiz.toml"), title=title, experiment=experiment, summary=summary, acts=(*asked, *answered),
        coords=coords,
    )  # fmt: skip
    pages = (Page(asked, ask.ask, ask=ask), Page(answered, ask.ask, ask.revealed or _("See below."), doing, ask=ask))
    return Lesson(scenario, pages, topic)


def updates_of(ask: Ask) -> tuple[Act, ...]:
    """Return the updates that a question is about."""
    return () if ask.after is None else (_act(ask.after.act),)


def _act(verb: Verb) -> Act:
    return Act(Place(1, 1), inline_table(next(iter(verb.tables(str)), {})), verb)
