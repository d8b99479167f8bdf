"""A quiz on paper: the questions, then the answers with their reasons; or both as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from textwrap import indent

import numpy as np

from gdtui.errors import GdtuiError
from gdtui.plot.widths import wrapped
from gdtui.scenario.play.marking import Mark, written
from gdtui.scenario.quiz.quiz import Question
from gdtui.text import _, printable
from gdtui.verbs.ask import Ask

LETTERS = "abcdef"
#: The longest line.
WIDTH = 78


def sheet(questions: Iterable[Question]) -> Iterator[str]:
    """Yield the lines of the questions as they are made, then those of the answers."""
    answers = []
    yield from (_("Questions"), "")
    for number, question in enumerate(questions, start=1):
        ask = question.ask
        yield from (_broken(f"{number}. {ask.ask}"), *map(printable, _choices(ask)), "")
        answers.append(_broken(f"{number}. {_answer(ask, _mark(question))}"))
    yield from (_("Answers"), "", *answers)


def as_json(questions: Iterable[Question], seed: int) -> Iterator[str]:
    """Yield the lines of a JSON document with the questions and their answers, as they are made."""
    head = json.dumps({"version": 1, "seed": seed, "questions": []}, indent=1)
    yield head.removesuffix("]\n}")
    text = ""
    for question in questions:
        if text:
            yield f"{text},"
        text = indent(json.dumps(_question_json(question), ensure_ascii=False, indent=1, allow_nan=False), "  ")
    yield f"{text}\n ]\n}}"


def _question_json(question: Question) -> dict[str, object]:
    ask = question.ask
    told: dict[str, object] = {
        "topic": question.topic, "new": question.is_new, "form": ask.form, "question": ask.ask,
        "choices": None if ask.choices is None else list(ask.choices), "answer": ask.answer,
        "abs": ask.abs, "rel": ask.rel, "reason": "", "why": ask.why or "",
    }  # fmt: skip
    try:
        outlook, marked = question.answer()
    except GdtuiError as error:
        return {**told, "reason": str(error)}
    right = ask.right(outlook)
    told["answer"] = right if isinstance(right, (str, float)) else np.asarray(right).tolist()
    return {**told, "reason": marked.reason}


def _broken(text: str) -> str:
    return "\n   ".join(wrapped(printable(text), WIDTH - 3))


def _mark(question: Question) -> Mark:
    try:
        return question.answer()[1]
    except GdtuiError as error:
        return Mark(None, str(error))


def _choices(ask: Ask) -> list[str]:
    return [f"   {letter}) {written(choice)}" for letter, choice in zip(LETTERS, ask.choices or (), strict=False)]


def _answer(ask: Ask, marked: Mark) -> str:
    letter = f"{LETTERS[ask.choices.index(ask.answer)]}) " if ask.choices and ask.answer in ask.choices else ""
    parts = [f"{letter}{written(ask.answer)}" if letter and ask.answer is not None else marked.verdict, marked.reason]
    return ". ".join(part.rstrip(".") for part in (*parts, ask.why or "") if part)
