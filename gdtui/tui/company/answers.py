"""The answers of a class, sorted for a histogram."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gdtui.scenario.play.marking import written
from gdtui.text import _, number
from gdtui.tui.widgets.tally import Row

if TYPE_CHECKING:
    from gdtui.classroom.lecture import Reply
    from gdtui.verbs.ask import Ask

#: Intervals of answers that are numbers.
INTERVALS = 6


def sorted_for(ask: Ask, answers: Counter[Reply]) -> list[Row]:
    """Return a row for each choice in its order, each interval of numbers, or right and wrong places."""
    if not answers:
        return []
    if ask.form == "choice":
        return _choices([written(choice) for choice in ask.choices or ()], answers)
    if ask.form == "number":
        return _numbers(answers)
    return _judged(answers, _("there"), _("elsewhere"))


def _choices(choices: list[str], answers: Counter[Reply]) -> list[Row]:
    """Return a row for each choice, which is answered by its number."""
    counts: Counter[str] = Counter()
    for (answer, _right), count in answers.items():
        counts[answer] += count
    rights = {answer: right for answer, right in answers if right is not None}
    numbered = {str(number): words for number, words in enumerate(choices, start=1)}
    rows: list[Row] = [(words, counts[number], rights.get(number)) for number, words in numbered.items()]
    skipped = sum(count for answer, count in counts.items() if answer not in numbered)
    return [*rows, (_("skipped"), skipped, None)] if skipped else rows


def _judged(answers: Counter[Reply], right_words: str, wrong_words: str) -> list[Row]:
    counts: Counter[bool | None] = Counter()
    for (_answer, right), count in answers.items():
        counts[right] += count
    rows: list[Row] = [(right_words, counts[True], True), (wrong_words, counts[False], False)]
    return [*rows, (_("skipped"), counts[None], None)] if counts[None] else rows


def _numbers(answers: Counter[Reply]) -> list[Row]:
    """Return the right numbers as one row, and the others in intervals of equal width."""
    wrong: Counter[float] = Counter()
    right: Counter[float] = Counter()
    skipped = 0
    for (answer, judged), count in answers.items():
        try:
            value = float(answer)
        except ValueError:
            skipped += count
            continue
        (right if judged else wrong)[value] += count
    rows: list[tuple[float, Row]] = []
    if right:
        rows.append((min(right), (_span(min(right), max(right)), right.total(), True)))
    if len(wrong) <= INTERVALS:
        rows += [(value, (number(value), count, False)) for value, count in wrong.items()]
    else:
        low, high = min(wrong), max(wrong)
        for place in range(INTERVALS):
            held = [v for v in wrong if min(INTERVALS - 1, int((v - low) / (high - low) * INTERVALS)) == place]
            if held:
                rows.append((min(held), (_span(min(held), max(held)), sum(wrong[v] for v in held), False)))
    shown = [row for _place, row in sorted(rows, key=lambda each: each[0])]
    return [*shown, (_("skipped"), skipped, None)] if skipped else shown


def _span(low: float, high: float) -> str:
    return number(low) if low == high else _("{low} to {high}").format(low=number(low), high=number(high))
