"""A quiz: questions drawn from the lessons and made anew, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count, islice

from gdtui.errors import ParameterError
from gdtui.scenario.play.lesson import Lesson, read_lesson
from gdtui.scenario.play.marking import Mark, mark
from gdtui.scenario.quiz.forecasts import (
    bias_of_average,
    lower_lane,
    shrinking_step,
    stable_rate,
    updates_of_epochs,
    way_of_step,
)
from gdtui.scenario.quiz.next_step import next_theta
from gdtui.scenario.quiz.situation import Dice, Maker, Situation, two_pages, updates_of
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.scenario.read.heads import shipped_heads
from gdtui.scenario.read.load import ScenarioError, load_scenario
from gdtui.session import Session
from gdtui.session.budget import Budget, Limits
from gdtui.text import _, did_you_mean
from gdtui.verbs import Action
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import Outlook
from gdtui.verbs.show import Show

#: What makes new questions; a maker stands here as often as its questions should come.
MAKERS: tuple[Maker, ...] = (
    next_theta, next_theta, next_theta, lower_lane, stable_rate, way_of_step, bias_of_average, updates_of_epochs,
    shrinking_step,
)  # fmt: skip
#: The topics of new questions, and the tags of lessons about the same.
TOPICS = ("gd", "momentum", "adagrad", "rmsprop", "adam", "signs", "methods", "rate", "batches")
#: The seeds that are drawn if none is given: short enough to be told to somebody.
SEEDS = 10_000
#: How often the dice are thrown for one question.
MOST_THROWS = 200
LIMITS = Limits(updates=10_000_000, seconds=60.0)


@dataclass(frozen=True)
class Question:
    """One question of a quiz.

    Parameters
    ----------
    lesson
        two pages: the question, and the answer with its updates.
    topic
        of a new question, or the name of the lesson.
    """

    lesson: Lesson
    topic: str
    is_new: bool

    @property
    def ask(self) -> Ask:
        """The question."""
        ask = self.lesson.pages[0].ask
        assert ask is not None
        return ask

    def answer(self) -> tuple[Outlook, Mark]:
        """Ask the engine: both moments, and the mark of somebody who skips the question."""
        scenario = self.lesson.scenario
        session = Session(scenario.experiment, scenario.coords, scenario.objective)
        for command in self.lesson.pages[0].commands():
            session.apply(command)
        asking = self.ask.outlook(session, Budget(LIMITS))
        while True:
            try:
                next(asking)
            except StopIteration as done:
                return done.value, mark(self.ask, done.value, None)


def new_questions(seed: int, topic: str = "") -> Iterator[Question]:
    """Yield new questions without end, on a topic ("" for all); the engine has confirmed each answer."""
    for number in count():
        situation = _thrown(Dice(seed, number), topic)
        if situation is not None:
            made = Question(situation.lesson(_("Quiz")), situation.topic, is_new=True)
            if made.ask.judged(made.answer()[0]).status == "passed":
                yield made


def _thrown(dice: Dice, topic: str) -> Situation | None:
    for _throw in range(MOST_THROWS):
        made = dice.pick(MAKERS)(dice)
        if made is not None and topic in ("", made.topic):
            return made
    return None


def lesson_questions(dice: Dice, topic: str = "") -> Iterator[Question]:
    """Yield the questions of lessons with this name or tag ("" for all), in random order; each lesson is read in turn.

    Only questions that a student answers are among them.
    """
    for head in dice.mixed(shipped_heads().values()):
        if topic in ("", head.name, *head.tags):
            with suppress(ScenarioError, OSError):
                yield from questions_of(load_scenario(head.path))


def questions_of(scenario: Scenario) -> Iterator[Question]:
    """Yield the questions of a lesson that are checked, each with what has to be done before it."""
    lesson = read_lesson(scenario)
    before: tuple[Act, ...] = ()
    for number, page in enumerate(lesson.pages):
        if page.waits and page.ask is not None and page.ask.is_checked:
            silent = tuple(act for act in (*before, *page.acts) if _is_wanted(act, page.ask))
            answered = lesson.pages[number + 1].acts or updates_of(page.ask)
            title = _("Quiz: {lesson}").format(lesson=scenario.title)
            pages = two_pages(
                scenario.experiment, title, scenario.summary, silent, answered, page.ask, scenario.coords
            ).pages
            made = replace(scenario, title=title, acts=(*silent, *answered))
            yield Question(Lesson(made, pages, scenario.path.stem), scenario.path.stem, is_new=False)
        before += page.acts


def _is_wanted(act: Act, ask: Ask) -> bool:
    """Say whether an act must be done, or seen, before a question."""
    verb = act.verb
    return verb is ask or isinstance(verb, Show) or (isinstance(verb, Action) and not verb.said())


@dataclass
class Quiz:
    """Questions that are made as they are asked, `size` in all."""

    size: int
    questions: Iterator[Question]
    asked: int = 0
    _made: Question | None = None

    @property
    def ended(self) -> bool:
        """Whether all have been asked."""
        return self.asked == self.size

    def prepare(self) -> Question | None:
        """Make the next question and return it; it is not asked yet. None: all have been asked."""
        if self._made is None and not self.ended:
            self._made = next(self.questions)
        return self._made

    def ask(self) -> Question | None:
        """Return the next question, which is asked now; None: all have been asked."""
        question, self._made = self.prepare(), None
        self.asked += question is not None
        return question

    def __iter__(self) -> Iterator[Question]:
        return iter(self.ask, None)


def draw(n: int, seed: int, topic: str = "") -> Quiz:
    """Return a quiz of n questions, half of them from lessons where there are so many.

    ParameterError for an unknown topic.
    """
    dice = Dice(seed, 2**32)
    known = lesson_questions(dice, topic)
    if topic in ("", *TOPICS):
        return Quiz(n, _drawn(n, known, new_questions(seed, topic), dice))
    found = list(islice(known, n))
    if not found:
        message = _("there is no topic {topic!r}").format(topic=topic)
        hint = _(" (there are: {names}, and the names and tags of lessons)").format(names=", ".join(TOPICS))
        raise ParameterError("topic", message, did_you_mean(topic, TOPICS, hint))
    return Quiz(len(found), iter(found))


def _drawn(n: int, known: Iterator[Question], new: Iterator[Question], dice: Dice) -> Iterator[Question]:
    """Yield n questions, half of them known as long as there are any, in an order that nobody can foresee."""
    wanted = n // 2
    for left in range(n, 0, -1):
        question = next(known, None) if dice.below(left) < wanted else None
        wanted -= question is not None
        yield question or next(new)
