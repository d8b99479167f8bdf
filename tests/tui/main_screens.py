"""The main screens as text, in four sizes: `python -m tests.tui.main_screens` writes them anew.

Each file in `tests/tui/screens` is one screen; look at `git diff` before you commit what has changed.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import parse_scenario
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.tui.app import Gdtui
from gdtui.tui.screens.bench import Bench

FOLDER = Path(__file__).parent / "screens"
SIZES = ((60, 18), (80, 24), (120, 36), (200, 50))
#: In each run all screens are looked at in the usual size, and in the others those whose layout differs most.
USUAL, EVERYWHERE = (80, 24), ("bench", "columns")
#: A screen that is the same so many times in a row no longer changes.
STILL = 5

NETWORK = Experiment(
    ObjectiveSpec("dataset", "two-moons", layers=(2, 4, 1), activation="tanh", loss="bce", rows=60, validation=0.25),
    (
        Lane("adam", "adam", settings={"lr": 0.05}, sampling=Sampling(15)),
        Lane("gd", "gd", settings={"lr": 0.5}),
    ),
    seed=3,
)  # fmt: skip
WILD = Experiment(
    lanes=(Lane("calm", "gd", settings={"lr": 1e-3}), Lane("wild", "gd", settings={"lr": 0.1}), Lane("adam", "adam"))
)


LESSON = parse_scenario(
    b"""format = 1
title = "A step is the rate times the slope"
summary = "Where does one update of gradient descent lead?"
[objective]
kind = "surface"
name = "sphere"
start = [1.0, 0.0]
[lanes.gd]
optimizer = "gd"
lr = 0.25
[script]
do = [
  { say = "The slope at x = 1 is 2. The rate is a quarter: one update goes a quarter of the slope downhill." },
  { ask = "The next update starts at x = 0.5. Where will it end?", choices = ["0.375", "0.25", "0"], answer = "0.25" },
  { step = 1 },
]
""",
    Path("lesson.toml"),
)


@dataclass(frozen=True)
class Step:
    """A text for the field of a dialog, keys to press, and the name of the screen that is then seen ("": none)."""

    typed: str
    keys: tuple[str, ...]
    name: str = ""


def keys(*names: str, screen: str = "", typed: str = "") -> Step:
    return Step(typed, names, screen)


#: Experiment or lesson → the way through its screens.
WAYS: tuple[tuple[Experiment | Scenario, tuple[Step, ...]], ...] = (
    (
        default_experiment(),
        (
            keys(screen="start"),
            keys(*["pagedown"] * 4, screen="bench"),
            keys("right_curly_bracket", "space", screen="knob"),
            keys("f", "v", screen="columns"),
            keys("v", "g"),
            keys("enter", typed="mark this"),
            keys("enter", typed="before"),
            keys(*["pagedown"] * 3, *["b"] * 4, "t", *["pageup"] * 2, screen="cursor"),
            keys("z", screen="full-chart"),
            keys("z", "t", "a", screen="add"),
            keys("escape", "enter", screen="settings"),
            keys("escape", "e", screen="lane-menu"),
            keys("escape", "g", screen="time-menu"),
            keys("enter", screen="until", typed="until"),
            keys("escape", "o", screen="objective"),
            keys(screen="formula", typed="x^2 + 3y^2 +"),
            keys("escape", "s", screen="save"),
            keys("escape", "question_mark", screen="help"),
            keys("escape", "ctrl+p"),
            keys(screen="palette", typed="adam"),
            keys("escape", "L", screen="library"),
        ),
    ),
    (
        NETWORK,
        (
            keys(*["pagedown"] * 3, screen="classes"),
            keys("n", screen="network"),
            keys("n", "m", screen="plane"),
            keys("e"),
            keys("enter", screen="sampling", typed="sampling"),
        ),
    ),
    (WILD, (keys(*["pagedown"] * 2, "down", screen="diverged"),)),
    (LESSON, (keys(screen="lesson"), keys("space", "space", screen="question"))),
)


NAMES = tuple(step.name for _experiment, way in WAYS for step in way if step.name)


def text_of(app: Gdtui) -> str:
    """Return what the terminal shows."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips = update.strips  # type: ignore[union-attr]
    text = "\n".join(Strip.join(parts).text.rstrip() for parts in strips)
    # how many lessons there are is no matter of looks
    return re.sub(r"\d+ of \d+ done · \d+ min", lambda found: re.sub(r"\d", "#", found[0]), text)


async def settled(app: Gdtui, pilot: Pilot[None]) -> None:
    """Wait on the engine and on the screen."""
    if app._bench is not None:
        await app._bench.engine.settled()
    await pilot.pause()


async def shown(app: Gdtui, pilot: Pilot[None], wanted: str | None) -> str:
    """Return the screen as soon as it is what is wanted, or else once it no longer changes."""
    seen, same = "", 0
    while same < STILL:
        await settled(app, pilot)
        now = text_of(app)
        if now == wanted:
            return now
        same = same + 1 if now == seen else 0
        seen = now
    return seen


async def do(app: Gdtui, pilot: Pilot[None], step: Step) -> None:
    if step.typed:
        app.screen.query_one(Input).value = step.typed
        await shown(app, pilot, None)
    for key in step.keys:
        await pilot.press(key)
        await settled(app, pilot)


async def screens(
    size: tuple[int, int], names: Collection[str], wanted: Mapping[str, Mapping[str, str]]
) -> AsyncIterator[tuple[str, str]]:
    """Yield name and text of these screens in a terminal of this size; each is waited for to be as wanted.

    Every run takes the same way to a screen: the axes of charts remember where they were.
    """
    for opened, way in WAYS:
        last = max((n for n, step in enumerate(way) if step.name in names), default=-1)
        if last < 0:
            continue
        app = Gdtui(opened.experiment, scenario=opened) if isinstance(opened, Scenario) else Gdtui(opened)
        async with app.run_test(size=size) as pilot:
            while not (isinstance(app.screen, Bench) and app.screen.engine.ready):
                await asyncio.sleep(0.01)
            for step in way[: last + 1]:
                await do(app, pilot, step)
                if step.name in names:
                    yield step.name, await shown(app, pilot, wanted.get(step.name, {}).get(title(size)))


def title(size: tuple[int, int]) -> str:
    return "{}×{}".format(*size)


def written(seen: dict[str, str]) -> str:
    """Return a screen in all sizes as the text of its file."""
    return "".join(f"── {size} {'─' * 40}\n{text}\n" for size, text in seen.items())


def kept() -> dict[str, dict[str, str]]:
    """Return the text of every screen that is kept, by name and size."""
    return {path.stem: dict(_SCREEN.findall(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.txt"))}


_SCREEN = re.compile(r"^── (\S+) ─{40}\n(.*?)\n(?=── |\Z)", re.M | re.S)


async def _write() -> None:
    FOLDER.mkdir(exist_ok=True)
    seen: dict[str, dict[str, str]] = {name: {} for name in NAMES}
    for size in SIZES:
        async for name, text in screens(size, NAMES, {}):
            seen[name][title(size)] = text
    for path in FOLDER.glob("*.txt"):
        if path.stem not in seen:
            path.unlink()
    for name, texts in seen.items():
        path = FOLDER / f"{name}.txt"
        changed = not path.exists() or path.read_text(encoding="utf-8") != written(texts)
        path.write_text(written(texts), encoding="utf-8")
        print("written " if changed else "the same", path.relative_to(Path.cwd()))


if __name__ == "__main__":
    sys.exit(asyncio.run(_write()))
