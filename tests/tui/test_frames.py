"""One frame a key: the layout is planned once, and the lines of each lane's rule are counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from textual.geometry import Region
from textual.widget import Widget

from gdtui.plot import canvas
from gdtui.tui.screens.bench import display
from gdtui.tui.widgets.direct_painter import uncovered
from gdtui.tui.widgets.rows import RowsView
from gdtui.verbs import Step
from gdtui.view import chart_figures, frame_state

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what a frame needs where it is asked for."""
    counted: Counter[str] = Counter()

    def count(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def counting(*given: Any, **named: Any) -> Any:
            counted[name] += 1
            return original(*given, **named)

        monkeypatch.setattr(owner, name, counting)

    count(frame_state, "plan")
    count(frame_state, "charts_of")
    count(frame_state, "diagnose")
    count(display, "line_count")
    count(chart_figures.ChartFigures, "figure")
    count(canvas._raster, "draw")
    return counted


@pytest.mark.parametrize(("size", "charts"), [((80, 24), 1), ((120, 36), 3), ((200, 50), 6)])
async def test_a_step_plans_once_and_counts_each_lane_once(
    open_bench: Open, calls: Counter[str], size: tuple[int, int], charts: int
) -> None:
    async with open_bench(size=size) as desk:
        await desk.press("space")
        calls.clear()
        await desk.press("space")
        lanes = len(desk.bench.snapshot.lanes)
        orders = 2 if size == (200, 50) else 1  # of the overlay and of the columns, where they differ
        assert calls == {
            "plan": 1,
            "charts_of": orders,
            "diagnose": 1,
            "line_count": lanes,
            "figure": charts,
            "draw": 1,
        }


async def test_a_frame_asks_textual_for_nothing_that_it_must_search(
    open_bench: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query of the whole screen takes as long as a panel."""
    async with open_bench() as desk:
        await desk.press("space")
        bench, asked = desk.bench, []
        with monkeypatch.context() as patch:
            for name in ("query", "query_one", "walk_children"):
                patch.setattr(bench, name, lambda *given, **named: asked.append(given))
            bench.repaint()
        assert bench.frame is not None and asked == []


async def test_turning_to_another_look_counts_no_lines_again(open_bench: Open, calls: Counter[str]) -> None:
    async with open_bench(size=(120, 36)) as desk:
        await desk.press("space")
        calls.clear()
        await desk.press("l")
        assert (calls["plan"], calls["line_count"], calls["diagnose"]) == (1, 0, 1)


async def test_a_chart_in_every_column_is_made_once(open_bench: Open, calls: Counter[str]) -> None:
    async with open_bench(size=(120, 36)) as desk:
        await desk.press("v", "space")
        calls.clear()
        await desk.press("space")
        assert calls["figure"] == 3


async def test_a_session_and_a_clock_are_handed_in() -> None:
    """A bench made with a session shows that one, and goes on when its clock ticks."""
    from gdtui.session import Session
    from gdtui.simulation.defaults import default_experiment
    from gdtui.tui.app import Gdtui
    from gdtui.tui.clock import ManualClock
    from gdtui.tui.screens.bench import Bench

    session, clock = Session(default_experiment()), ManualClock()
    bench = Bench(default_experiment(), session=session, clock=clock)
    app = Gdtui(bench=bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await bench.engine.settled()
        assert bench.engine.session is session
        await pilot.press("r")
        await pilot.pause(0.3)
        assert session.snapshot().lanes[0].update == 0, "no time has passed"
        clock.tick()
        await bench.engine.settled()
        clock.tick()
        await bench.engine.settled()
        assert session.snapshot().lanes[0].update >= 1


async def test_cells_that_were_refreshed_are_not_remembered(open_bench: Open) -> None:
    """Textual forgets them when it renders the content itself, which rows never ask it to."""
    async with open_bench() as desk:
        for _update in range(5):
            await desk.press("space")
        assert {len(view._dirty_regions) for view in desk.bench.query(RowsView) if view.region} == {0}


async def test_a_dialog_that_opens_and_closes_makes_no_key_of_the_footer_anew(open_bench: Open) -> None:
    """Its new widgets would cost more than the dialog's own."""
    async with open_bench() as desk:
        keys = [*desk.bench.query("FooterKey")]
        await desk.press("o", "escape", "space")
        assert len(keys) > 5 and [*desk.bench.query("FooterKey")] == keys


def test_rows_are_written_at_once_only_where_nothing_lies_over_any_of_them() -> None:
    """Widgets come from front to back, each with its region and the part of the screen that it is cut to."""
    screen = Region(0, 0, 80, 24)
    free, beside, under, cut, box = (RowsView(lambda frame, paper: ()) for _ in range(5))
    places = {
        box: (Region(10, 10, 20, 5), screen), free: (Region(0, 0, 80, 10), screen),
        under: (Region(0, 10, 11, 5), screen), beside: (Region(30, 10, 9, 5), screen),
        cut: (Region(0, 20, 80, 5), screen), Widget(): (screen, screen),
    }  # fmt: skip
    assert uncovered(places) == {view: places[view][0] for view in (box, free, beside)}


async def test_no_row_is_written_at_once_over_a_dialog(open_bench: Open) -> None:
    async with open_bench(size=(80, 24)) as desk:
        drawn: list[object] = []
        desk.app._driver.draw = drawn.extend
        await desk.press("space")
        assert drawn, "nothing lies over the bench"
        await desk.press("question_mark")
        drawn.clear()
        desk.bench.act(Step(1))
        await desk.settled()
        assert desk.bench.frame.snapshot.position == 2 and not drawn, "Textual draws it, under the dialog"
        await desk.press("escape", "space")
        assert drawn
