"""`gdtui quiz`: questions on the screen, on paper, and the score."""

from __future__ import annotations

import argparse
import secrets
import sys

from gdtui.cli.exits import PASSED, refuse, warn
from gdtui.scenario.play.score import Score, Tally, score_file
from gdtui.scenario.quiz.quiz import SEEDS, draw
from gdtui.scenario.quiz.sheet import as_json, sheet
from gdtui.text import _, aligned


def command(options: argparse.Namespace) -> int:
    """Ask the questions, or print them with their answers where there is no terminal."""
    if options.score:
        refuse(
            options, ("n", "topic", "seed", "sheet", "json", "theme", "colors"), _("{} and --score do not go together")
        )
        score = Score(score_file())
        warn(score.fault)
        print("\n".join(_scores(score)))
        return PASSED
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    quiz = draw(options.n or 10, seed, options.topic or "")
    if options.json:
        for line in as_json(quiz, seed):
            print(line)
        return PASSED
    if options.sheet or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(_("A quiz of {n} questions, seed {seed}").format(n=quiz.size, seed=seed), end="\n\n")
        for line in sheet(quiz):
            print(line)
        return PASSED
    from gdtui.cli.open import opener

    return opener(options, quiz=quiz)()


def _scores(score: Score) -> list[str]:
    """Return the table of all topics, and the sum."""
    known = list(score)
    if not known:
        return [_("no question has been answered yet: gdtui quiz asks some")]
    head = (_("lesson or topic"), _("right"), _("wrong"), _("skipped"))
    rows = [head, *(_row(topic, tally) for topic, tally in known), _row(_("all"), score.total)]
    return aligned(rows, right=(1, 2, 3))


def _row(topic: str, tally: Tally) -> tuple[str, ...]:
    return topic, str(tally.right), str(tally.wrong), str(tally.skipped)
