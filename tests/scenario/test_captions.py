"""Every number in a caption holds: asserted on its page, set by the file, computed in the caption, or listed below.

A page reaches from the caption before the last update to the caption after the next one. A number stands for every
value that rounds to it as it is written. An equation between numbers must be true.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from gdtui.scenario.read.acts import Act, Scenario
from gdtui.scenario.read.load import load_scenario
from gdtui.verbs.ask import Ask
from gdtui.verbs.expect import Expect

LESSONS = sorted(Path("scenarios").glob("*.toml"))
#: Verbs that change what a lane has measured.
MOVES = ("step", "epoch", "until", "back", "reset")

VULGAR = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?(?:e-?\d+)?(?!\w)|(?<!\w)[½¼¾]")
#: Symbols beside which a number belongs to a formula, and the operators that join them.
SYMBOL, JOIN = r"[^\W\d_½¼¾][\w₀-₉⁰-⁹¹²³̂]*", r"[·/×^]|\s[−+]\s"
FORMULA = re.compile(
    rf"(?:{SYMBOL}|√|[)|])(?:{JOIN})[√(]*$", re.UNICODE
), re.compile(rf"^[⁰-⁹¹²³)]*(?:{JOIN})[√(|Σ]*{SYMBOL}|^[⁰-⁹¹²³]*[(√Σ]", re.UNICODE)  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number as a caption writes it: where, its value, and half a unit of its last digit."""

    text: str
    begin: int
    end: int
    value: float
    margin: float

    def stands_for(self, value: float) -> bool:
        """Say whether `value` rounds to it; a sign may be put into words."""
        return math.isfinite(value) and abs(abs(value) - self.value) <= self.margin * (1.0 + 1e-9) + 1e-15


def numbers(caption: str) -> Iterator[Number]:
    """Yield the numbers of a caption, a percentage as the fraction that it is."""
    for found in NUMBER.finditer(caption):
        text = VULGAR.get(found[0], found[0].replace(" ", ""))
        digits, _, exponent = text.partition("e")
        unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
        percent = 0.01 if re.match(r"\s?%", caption[found.end() :]) else 1.0
        exact = found[0] in VULGAR or (percent == 1.0 and text.isdigit() and int(text) < 10)
        yield Number(found[0], found.start(), found.end(), float(text) * percent, 0.0 if exact else unit * percent / 2)


ARITHMETIC = r"\d .½¼¾√()·/+−⁰¹²³⁴-⁹⁻e-"


def computed(text: str) -> float | None:
    """Return the value of an expression of numbers alone; None for anything else."""
    plain = re.sub(r"[⁻⁰¹²³⁴-⁹]+", lambda found: f"**({found[0].translate(RAISED)})", text)
    plain = re.sub(r"(?<=\d) (?=\d{3})", "", plain).replace("·", "*").replace("−", "-").replace("√(", "sqrt(")
    plain = re.sub(r"√([\d.]+(?:e-?\d+)?)", r"sqrt(\1)", "".join(VULGAR.get(sign, sign) for sign in plain))
    if not re.search(r"\d", plain) or re.search(r"[^\d.()*/+\-e sqrt]", plain):
        return None
    try:
        return float(eval(plain, {"__builtins__": {}, "sqrt": math.sqrt}))
    except (SyntaxError, TypeError, NameError, ZeroDivisionError, ValueError):
        return None


def powers(text: str) -> list[str]:
    """Return the exponents in a text, in plain digits: of 0.9⁷ the 7."""
    return [found.translate(RAISED) for found in re.findall("[⁰¹²³⁴-⁹]+", text)]


def side(text: str, left: bool) -> tuple[str, float] | None:
    """Return the longest expression that ends (left) or begins (right) a text, and its value."""
    found = re.search(rf"[{ARITHMETIC}]*$" if left else rf"^[{ARITHMETIC}]*", text)
    words = (found[0] if found else "").strip().rstrip(".").split(" ")
    for dropped in range(len(words)):
        part = " ".join(words[dropped:] if left else words[: len(words) - dropped]).strip().rstrip(".")
        value = computed(part)
        if value is not None:
            return part, value
    return None


@dataclass(frozen=True)
class Equation:
    """Two expressions of numbers with = between them: where they stand, and whether it is true."""

    text: str
    begin: int
    end: int
    holds: bool


def equations(caption: str) -> Iterator[Equation]:
    """Yield what a caption computes."""
    for sign in re.finditer("=", caption):
        left, right = side(caption[: sign.start()], True), side(caption[sign.end() :], False)
        if left and right:
            begin, end = caption.rindex(left[0], 0, sign.start()), caption.index(right[0], sign.end()) + len(right[0])
            written = next(iter(numbers(right[0])), None) if NUMBER.fullmatch(right[0].lstrip("−")) else None
            margin = written.margin if written else 0.0
            holds = abs(left[1] - right[1]) <= margin * (1.0 + 1e-9) + 1e-9 * abs(right[1])
            yield Equation(caption[begin:end], begin, end, holds)


def spoken(act: Act) -> tuple[str, ...]:
    """Return the captions that an act shows: what is said, or what is asked and answered."""
    return act.verb.said()


def asserted(acts: tuple[Act, ...]) -> Iterator[float]:
    """Yield the numbers that expectations, and answers that the engine checks, compare with."""
    for act in acts:
        if isinstance(act.verb, Ask) and act.verb.is_checked:
            yield from (claim.other for claims in act.verb.claims for claim in claims if isinstance(claim.other, float))
            if isinstance(act.verb.answer, float):
                yield act.verb.answer
        for _key, wanted in act.verb.comparisons() if isinstance(act.verb, Expect) else ():
            if isinstance(wanted, float):
                yield wanted
            elif isinstance(wanted, tuple):
                yield from wanted


def leaves(value: object) -> Iterator[float]:
    """Yield the numbers anywhere in what TOML holds, those inside of words too."""
    if isinstance(value, str):
        yield from (number.value for number in numbers(value.replace("^", " ").replace("*", " ")))
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield abs(float(value))


@cache
def given(path: Path) -> frozenset[float]:
    """Return the numbers that the file sets, outside of captions and expectations."""
    data = tomllib.loads(path.read_text())
    acts = [act for act in data["script"]["do"] if not act.keys() & {"say", "ask", "expect"}]
    ahead = [act.get("after", {}) for act in data["script"]["do"]]
    return frozenset(leaves([data["objective"], data.get("run", {}), data["lanes"], acts, ahead]))


def pages(scenario: Scenario) -> Iterator[tuple[str, tuple[Act, ...]]]:
    """Yield each caption with the acts around it: back to the captions before the last update, on past the next."""
    acts = scenario.acts
    places = [number for number, act in enumerate(acts) if spoken(act)]
    moves = [number for number, act in enumerate(acts) if act.verb.name in MOVES]
    for at in places:
        moved = max((number for number in moves if number < at), default=-1)
        begin = max((number for number in places if number < moved), default=-1) + 1
        moving = min((number for number in moves if number > at), default=len(acts))
        end = min((number for number in places if number > moving), default=len(acts))
        for caption in spoken(acts[at]):
            yield caption, acts[begin:end]


def in_formula(caption: str, number: Number) -> bool:
    """Say whether it is a small constant of a formula: ½, 0, 1 or 2, joined by an operator to a symbol."""
    before, after = FORMULA
    return number.value in (0.0, 0.5, 1.0, 2.0) and bool(
        before.search(caption[: number.begin]) or after.search(caption[number.end :])
    )


def loose(path: Path) -> list[tuple[str, str]]:
    """Return the numbers of a lesson's captions that nothing vouches for, each with its caption."""
    found = []
    for caption, acts in pages(load_scenario(path)):
        computed_ = [equation for equation in equations(caption) if equation.holds]
        facts = (*asserted(acts), *(float(power) for equation in computed_ for power in powers(equation.text)))
        for number in numbers(caption):
            if in_formula(caption, number) or any(sum_.begin <= number.begin < sum_.end for sum_ in computed_):
                continue
            if any(number.stands_for(fact) for fact in facts) or number.value in given(path):
                continue
            found.append((number.text, caption))
    return found


#: Numbers that no update can show, by lesson: what each is.
PROSE: dict[str, dict[str, str]] = {
    "adadelta-no-rate": {"0.05": "1 − ρ"},
    "adam-first-step": {"0.001": "1 − β₂"},
    "amsgrad-counterexample": {"2018": "a year"},
    "bias-correction": {"0.9": "Adam's default β₁", "0.999": "Adam's default β₂"},
    "classifier-demo": {"800": "rows", "200": "rows held out", "0.69": "ln 2"},
    "edge-of-stability": {
        "10": "2/lr of the lane fast", "20": "2/lr of the lane slow", "410": "100 and 310 updates", "2021": "a year",
    },
    "ema-on-a-tape": {"1.1": "asserted at update 2"},
    "epsilon-where-it-stands": {"1e-8": "ε of a dialect", "1e-10": "ε of a dialect", "1e-7": "ε of a dialect"},
    "gaussian-three-batches": {"0.9913": "the least-squares loss: bounds the lanes on every later page"},
    "independent-targets": {"0.981": "the mean square of a column"},
    "inverse-time-settles": {"1951": "a year"},
    "landscape-of-a-classifier": {"601": "parameters", "800": "rows", "2018": "a year"},
    "luck-and-seeds": {
        "2.7": "the largest of 40 seeds, which the sweep bounds", "0.008": "the least of 40, which the sweep bounds",
        "31": "of 40 seeds", "0.40": "the mean over the 40 seeds", "0.75": "the mean over the 40 seeds",
    },
    "local-minimum": {"0.91": "asserted at the end", "0.94": "asserted at the end", "0.99": "supposed"},
    "momentum-agree-cancel": {"0.99": "supposed"},
    "newton-one-step": {"11": "the sum of the curvatures, as in lr"},
    "overfitting": {"30": "rows", "18": "rows trained on", "12": "rows held out"},
    "rate-momentum-map": {"0.1": "the curvature along", "2": "the curvature across"},
    "rate-too-small-too-large": {
        "0.98": "the factor 1 − 2·lr", "0.8": "the factor 1 − 2·lr", "1.2": "the factor 1 − 2·lr", "2": "the curvature",
    },
    "ravine-divergence": {"2": "the curvature across", "0.1": "the curvature along"},
    "recommender-clicks": {
        "1000": "users", "10 000": "items", "704 129": "parameters", "385": "parameters with a gradient",
        "257": "parameters with a gradient", "0.67": "(0.09/0.19)/√(0.000999/0.001999)",
        "2": "a user", "101": "an item", "102": "an item",
    },
    "rectified-or-warmed-up": {"4": "the threshold of Liu et al. 2020, alg. 2", "2019": "a year"},
    "rmsprop-forgets": {"0.99": "PyTorch's default"},
    "saddle-momentum-leaves": {"1.2": "the factor 1 + 2·lr", "1.5": "the larger root of r² = (1.9 + 0.2)·r − 0.9"},
    "sparse-adam": {"2": "a user", "257": "parameters with a gradient"},
    "stopping-conditions": {"2": "a factor of the gradient"},
    "tuned-comparisons": {"7": "0.003/0.0004", "14": "1/0.07"},
    "what-an-update-reads": {
        "10": "features", "8": "bytes of a float64, and 8 000 000 bytes in megabytes",
        "4000": "100·40", "40": "1·40: operations of a row",
    },
}  # fmt: skip


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_number_in_a_caption_is_vouched_for(path: Path) -> None:
    listed, found = PROSE.get(path.stem, {}), loose(path)
    assert [f"{number}: {caption}" for number, caption in found if number not in listed] == []
    assert set(listed) <= {number for number, _ in found}, "an exception that nothing needs"


def test_exceptions_are_of_lessons_that_there_are() -> None:
    assert set(PROSE) <= {path.stem for path in LESSONS}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_equation_in_a_caption_is_true(path: Path) -> None:
    captions = [caption for caption, _ in pages(load_scenario(path))]
    assert [equation.text for caption in captions for equation in equations(caption) if not equation.holds] == []


def lesson(folder: Path, *acts: str) -> Path:
    """Write a lesson of gd with lr 0.25 on x² from −3: x halves in each update."""
    path = folder / "lesson.toml"
    path.write_text(
        "format = 1\ntitle = 't'\n[objective]\nkind = 'surface'\nname = 'valley'\nstart = [-3.0]\n"
        "[lanes.a]\noptimizer = 'gd'\nlr = 0.25\n[script]\ndo = [\n" + ",\n".join(acts) + "\n]\n"
    )
    return path


AFTER_ONE = ("{ step = 1 }", "{ expect = 'a.theta[0]', near = -1.5, abs = 1e-12 }")

CAPTIONS = {
    "It is at −1.5.": [],
    "It is above −2.": [],
    "It is at −1.4.": ["1.4"],
    "With lr 0.25 it came from −3 to −1.5.": [],
    "It lost 50 % with a factor of 0.7.": ["50", "0.7"],
    "−3 + 0.25·6 = −1.5.": [],
    "Half of 10 000 is left.": ["10 000"],
    "The factor is 1 − 2·lr, and x goes as 3/2ᵗ.": [],
    "After 7 updates 0.9⁷ = 0.48 is left.": [],
}


@pytest.mark.parametrize(("caption", "expected"), CAPTIONS.items())
def test_a_number_without_an_expectation_is_found(caption: str, expected: list[str], tmp_path: Path) -> None:
    path = lesson(tmp_path, *AFTER_ONE, "{ expect = 'a.theta[0]', ge = -2.0 }", f"{{ say = '{caption}' }}")
    assert [number for number, _ in loose(path)] == expected


def test_what_another_page_asserts_does_not_count(tmp_path: Path) -> None:
    said = "{ say = 'It is at −1.5.' }"
    later = ("{ step = 1 }", "{ say = 'Go on.' }", "{ step = 1 }", said)
    assert [number for number, _ in loose(lesson(tmp_path, *AFTER_ONE, said, *later))] == ["1.5"]


@pytest.mark.parametrize(
    "caption", ["0.1·0.2/√0.004 = 0.316", "½·½ = ¼", "2·(1 − 0.9¹⁰) = 1.30", "√1e-8 = 1e-4", "1 − 2 = −1"]
)
def test_a_true_equation_holds(caption: str) -> None:
    assert [equation.holds for equation in equations(f"So it is: {caption}, as was said.")] == [True]


@pytest.mark.parametrize("caption", ["0.1·0.2/√0.004 = 0.317", "½·½ = ½", "2·(1 − 0.9¹⁰) = 1.31", "1 − 2 = 1"])
def test_a_false_equation_is_found(caption: str) -> None:
    assert [equation.holds for equation in equations(f"So it is: {caption}, as was said.")] == [False]


def test_an_equation_with_a_symbol_in_it_is_not_computed() -> None:
    assert list(equations("v = 2, and 3·x = 5, and lr = 0.1")) == []
