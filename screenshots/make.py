"""Make the pictures of this folder: the real screen, driven by scenarios, saved as SVG.

`python screenshots/make.py [NAME…]`
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from gdtui.scenario.read.courses import shipped_courses
from gdtui.scenario.read.load import load_scenario
from gdtui.session import Command
from gdtui.simulation.defaults import default_experiment
from gdtui.text import speak
from gdtui.tui.app import Gdtui
from gdtui.tui.film.capture import picture
from gdtui.tui.lectern import Lectern
from gdtui.tui.screens.bench import Bench
from gdtui.verbs import Epoch, Step

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE.parent / "scenarios"

#: name → scenario (None: what a plain `gdtui` opens), columns, rows, acts, keys
PICTURES: dict[str, tuple[str | None, int, int, list[Command], list[str]]] = {
    "bench-120x36": (None, 120, 36, [Step(200)], []),
    "bench-80x24": (None, 80, 24, [Step(200)], []),
    "bench-200x50": (None, 200, 50, [Step(200)], []),
    "columns-120x36": (None, 120, 36, [Step(200)], ["v"]),
    "pick-120x36": (None, 120, 36, [], ["o"]),
    "bgd-sgd-minibatch": ("bgd-sgd-minibatch", 120, 36, [Epoch(10)], ["u"]),
    "momentum-conventions": ("momentum-conventions", 120, 36, [Step(40)], []),
    "basins-120x36": ("basins-by-optimizer", 120, 36, [Step(300)], ["m", "up"]),
    "stability-120x36": ("rate-momentum-map", 120, 36, [Step(200)], ["m", "m", "m"]),
    "adam-first-step": ("adam-first-step", 120, 36, [Step(1)], []),
}
#: name (with its language at its end) → lesson of the lecture, page; the clock of the lecture stands still
PAGES: dict[str, tuple[str, int]] = {
    "lecture-rates": ("rate-too-small-too-large", 5),
    "lecture-four-methods": ("four-methods-side-by-side", 5),
    "lecture-overfitting": ("overfitting", 6),
    "lecture-zh": ("four-methods-side-by-side", 5),
}


async def turn(name: str) -> None:
    """Make the picture of a page of the lecture."""
    lesson, page = PAGES[name]
    speak("zh" if name.endswith("-zh") else "en")
    scenario = load_scenario(SCENARIOS / f"{lesson}.toml")
    app = Gdtui(scenario.experiment, scenario=scenario, page=page, lectern=Lectern(shipped_courses()["lecture"]))
    async with app.run_test(size=(120, 36)) as pilot:
        while not isinstance(app.screen, Bench):
            await pilot.pause()
        bench = app.screen
        bench.now = lambda: 0.0
        while not bench.engine.ready:
            await pilot.pause()
        await bench.engine.settled()
        await pilot.pause(0.2)
        svg = picture(app)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(f"screenshots/{name}.svg")


async def make(name: str) -> None:
    """Make one picture."""
    scenario, columns, rows, acts, keys = PICTURES[name]
    experiment = load_scenario(SCENARIOS / f"{scenario}.toml").experiment if scenario else default_experiment()
    app = Gdtui(experiment)
    async with app.run_test(size=(columns, rows)) as pilot:
        await pilot.pause()
        bench = app.screen
        assert isinstance(bench, Bench)
        await bench.engine.settled()
        for act in acts:
            bench.act(act)
            await bench.engine.settled()
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
            await bench.engine.settled()
        await pilot.pause(0.1)
        svg = picture(app)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(f"screenshots/{name}.svg")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or [*PICTURES, *PAGES]:
        asyncio.run(turn(wanted) if wanted in PAGES else make(wanted))
