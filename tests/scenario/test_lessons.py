"""The shipped lessons: every system of the mission has one, each fits its screen, and each holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from gdtui.plot.ascii_text import to_ascii
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.verbs import Action, Mark
from gdtui.verbs.ask import Ask
from gdtui.verbs.expect import Expect
from gdtui.verbs.show import Show
from tests.lessons import lesson_at

LESSONS = sorted(Path("scenarios").glob("*.toml"))
#: Rows of the mission's table.
SYSTEMS = range(1, 23)
#: Characters of a caption: five rows of sixty columns, with room for a language that needs more words.
CAPTION, TITLE, SUMMARY = 230, 60, 110
LEAST_EXPECTATIONS = 3


def captions(scenario: Scenario) -> Iterator[str]:
    """Yield all that is said, asked and answered."""
    for act in scenario.acts:
        yield from act.verb.said()


def visible(act: Act) -> bool:
    """Say whether somebody who watches sees it happen."""
    return isinstance(act.verb, Action) and act.verb.changes


def test_there_is_a_library() -> None:
    assert len(LESSONS) >= 22


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_has_a_lesson(system: int) -> None:
    tag = f"system-{system}"
    assert [path.stem for path in LESSONS if tag in lesson_at(path).tags], f"no lesson is tagged {tag}"


def test_a_system_tag_names_a_row_of_the_table() -> None:
    known = {f"system-{number}" for number in SYSTEMS}
    for path in LESSONS:
        named = {tag for tag in lesson_at(path).tags if tag.startswith("system-")}
        assert named <= known, path


def test_titles_tell_lessons_apart() -> None:
    titles = [lesson_at(path).title for path in LESSONS]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_fits_its_screen(path: Path) -> None:
    lesson = lesson_at(path)
    assert "lesson" in lesson.tags
    assert len(lesson.title) <= TITLE
    assert 0 < len(lesson.summary) <= SUMMARY
    assert [f"{len(text)}: {text}" for text in captions(lesson) if len(text) > CAPTION] == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_can_be_read_in_ascii(path: Path) -> None:
    lesson = lesson_at(path)
    texts = [lesson.title, lesson.summary, *captions(lesson)]
    assert [text for text in texts if to_ascii(text).count("?") > text.count("?")] == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_says_what_to_look_at_before_it_happens(path: Path) -> None:
    acts = lesson_at(path).acts
    first = next(number for number, act in enumerate(acts) if visible(act))
    assert any(act.verb.name in ("say", "ask") for act in acts[:first])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_checks_what_it_says(path: Path) -> None:
    acts = lesson_at(path).acts
    assert sum(isinstance(act.verb, Expect) for act in acts) >= LEAST_EXPECTATIONS
    steps = [number for number, act in enumerate(acts) if act.verb.name in ("step", "epoch")]
    ends = [*steps[1:], len(acts)]
    assert any(isinstance(act.verb, Expect) for act in acts[steps[0] : ends[0]])
    assert any(isinstance(act.verb, Expect) for act in acts[steps[-1] :]), "nothing is expected of where it ends"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_has_a_page_for_each_thing_that_is_seen(path: Path) -> None:
    read = lesson_at(path)
    pages = read_lesson(read).pages
    seen = [act for act in read.acts if visible(act) or act.verb.said()]
    together = sum(
        isinstance(asking.verb, Ask) and asking.verb.after is not None and done.verb == asking.verb.after.act
        for asking, done in pairwise(seen)
    )  # an answer is seen with its updates
    assert len(pages) == sum(map(visible, read.acts)) + sum(1 for _ in captions(read)) - together


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_asks_something_that_the_engine_judges(path: Path) -> None:
    """The question waits for an answer, which the replay checks; it is asked before what it asks about is shown."""
    asked = [act.verb for act in lesson_at(path).acts if isinstance(act.verb, Ask)]
    judged = [ask for ask in asked if ask.is_checked and ask.form != "words"]
    assert judged


#: The facts that the lessons are there for, as they are said, by lesson.
FACTS = {
    "bgd-sgd-minibatch": ("50 updates, 5000 and 250", "w = 2.97 and b = 4.22"),
    "gaussian-three-batches": ("1000 rows of ten Gaussian numbers", "lr 0.01", "100 000"),
    "gradient-noise": ("batches of 32 to 256",),
    "ema-on-a-tape": ("1, 1.9, 2.89, 3.889, 4.8889", "1, 1.1, 1.29, 1.561, 1.9049"),
    "momentum-conventions": ("lr η there is lr η(1−β) here",),
    "adagrad-three-dialects": ("0.01/√0.11 = 0.03", "initial_accumulator = 0"),
    "epsilon-where-it-stands": ("1e-8 inside the root, or 1e-10 outside",),
    "adam-first-step": ("0.001·g²", "exactly lr in both"),
    "bias-correction": ("E[m] = (1 − βᵗ)·μ", "m̂ is 2 again"),
    "backpropagation-by-hand": ("z¹ = W¹x + b¹, a¹ = σ(z¹), z² = W²a¹ + b², ŷ = σ(z²)",),
    "linear-regression-demo": ("w = 2.9684675107010197, b = 4.222151077447229",),
    "classifier-demo": ("10·50 + 50 + 50 + 1 = 601",),
    "recommender-clicks": ("704 129 parameters", "user 1 took item 101, user 2 passed item 102 by"),
}


@pytest.mark.parametrize("name", FACTS)
def test_a_lesson_says_the_facts_that_it_is_there_for(name: str) -> None:
    said = " ".join(captions(lesson_at(Path("scenarios", f"{name}.toml"))))
    assert [fact for fact in FACTS[name] if fact not in said] == []


#: What lessons said and measurement refuted, by lesson; in brackets what is true.
REFUTED = {
    "adagrad-stalls": ("longer than all before",),  # (the n-th mile takes 2n − 1 of what the first took)
    "adam-first-step": ("speed limit",),  # (a step of 6.1 lr: lesson adam-step-bound)
    "confidently-wrong": ("5: ten for the wrong one",),  # (4.5 stands on the screen by then)
    "gradient-clipping": ("one unit down", "on the step"),  # (two; the gradient is clipped)
    "gradient-noise": ("size of the cloud",),  # (its variance goes with lr/batch, its width with the root)
    "momentum-agree-cancel": ("hundreds of updates",),  # (69)
    "sign-steps": ("closer than lr",),  # (it stays within lr/2)
    "warm-up": ("flatter later",),  # (noisy-sine's λmax climbs from 16 to 40 at lr 0.05)
}


@pytest.mark.parametrize("name", REFUTED)
def test_a_lesson_does_not_say_what_measurement_refutes(name: str) -> None:
    said = " ".join(captions(lesson_at(Path("scenarios", f"{name}.toml"))))
    assert [claim for claim in REFUTED[name] if claim in said] == []


def shown_with(scenario: Scenario) -> Iterator[tuple[Show, str]]:
    """Yield what each `show` turns to, and the caption of its page; "" where none follows at once."""
    for number, act in enumerate(scenario.acts):
        if isinstance(act.verb, Show):
            later = (next_.verb for next_ in scenario.acts[number + 1 :])
            ends_page = next((verb for verb in later if isinstance(verb, Action) and not isinstance(verb, Mark)), None)
            yield act.verb, next(iter(ends_page.said()), "") if ends_page else ""


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_network_is_not_opened_on_the_first_question_about_it(path: Path) -> None:
    """Its values are the answer."""
    scenario = lesson_at(path)
    first = next(captions(scenario))
    assert [caption for show, caption in shown_with(scenario) if show.view == "network" and caption == first] == []


def test_back_propagation_asks_for_the_gradients_before_it_shows_them() -> None:
    scenario = lesson_at(Path("scenarios", "backpropagation-by-hand.toml"))
    (show, caption), *_rest = shown_with(scenario)
    assert (show.view, caption[:5]) == ("network", "½·½ =")


def test_back_propagation_shows_the_sample_and_the_unit_that_it_speaks_of() -> None:
    scenario = lesson_at(Path("scenarios", "backpropagation-by-hand.toml"))
    shown = [(caption.split()[:2], show.sample, show.coordinate) for show, caption in shown_with(scenario)]
    assert shown == [(["½·½", "="], 1, 6), (["One", "layer"], None, 0), (["The", "two"], 2, 1)]


def test_a_question_about_user_1_is_asked_beside_a_number_of_user_1() -> None:
    pairs = shown_with(lesson_at(Path("scenarios/recommender-clicks.toml")))
    (shown,) = (show for show, caption in pairs if "Will user 1's vector" in caption)
    assert shown.coordinate == 64  # its first number: users have 64 each


def test_two_wells_of_unlike_depth_are_shown_on_a_linear_scale() -> None:
    shows = [show for show, _ in shown_with(lesson_at(Path("scenarios/local-minimum.toml"))) if show.show == "loss"]
    assert [show.scale for show in shows] == ["linear"]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_sentences_begin_with_capitals(path: Path) -> None:
    for caption in captions(lesson_at(path)):
        assert not re.findall(r"(?:^|(?<=[.?!]\s))[a-z]{2,}", caption), caption


def test_the_line_of_an_objective_does_not_answer_its_lesson() -> None:
    """That line stands on the screen while the lesson asks how many numbers an update concerns: 385."""
    scenario = lesson_at(Path("scenarios/recommender-clicks.toml"))
    assert scenario.objective is not None
    assert "385" not in scenario.objective.teaches
