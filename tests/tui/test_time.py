"""Time on the bench: the cursor, the window of the charts, a chart on the whole screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gdtui.view.panels.time_bar import bar_of

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


async def test_the_cursor_reads_all_lanes_and_the_arrow_keys_move_it(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown", "t", "left", "left")
        assert desk.bench.look.cursor == 8
        assert desk.bench.snapshot.lanes[0].update == 10, "no update was taken back"
        rows = desk.text("#chart0").split("\n")
        assert "update 8" in rows[-1]
        for lane in desk.bench.snapshot.lanes:
            assert f" {lane.trace.rows[8, lane.trace.layout.column('loss')]:.2f} " in f"{rows[0]} ", lane.name
        await desk.press("pageup")
        assert desk.bench.look.cursor == 0
        await desk.press("t", "right")
        assert desk.bench.look.cursor is None
        assert desk.bench.snapshot.lanes[0].update == 11


async def test_the_charts_narrow_in_time_move_and_show_everything_again(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("less_than_sign")
        assert "w narrows" in desk.text("#message")
        await desk.press(*["pagedown"] * 4, "w")

        def ticks() -> set[str]:
            return {word for word in desk.text("#chart0").split("\n")[-1].split() if word.isdigit()}

        assert {"20", "40"} <= ticks() and "0" not in ticks()
        await desk.press("less_than_sign")
        assert {"20", "30"} <= ticks() and "40" not in ticks()
        await desk.press("greater_than_sign", "W")
        assert {"0", "40"} <= ticks()
        await desk.press("w", "w", "T")
        assert {"0", "40"} <= ticks()


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 36), (200, 50)])
async def test_one_key_gives_the_whole_screen_to_a_chart_and_back(open_bench: Open, size: tuple[int, int]) -> None:
    async with open_bench(size=size) as desk:
        await desk.press("pagedown")
        before = desk.text("#chart0")
        await desk.press("z")
        chart = desk.bench.query_one("#chart0")
        assert chart.size.width >= size[0] - 2 and chart.size.height >= size[1] - 5
        assert not desk.bench.query_one("#lanes").region
        await desk.press("c")
        assert desk.text("#chart0").startswith(" velocity") or size == (200, 50)
        await desk.press("C", "z")
        assert desk.text("#chart0") == before


async def test_the_timeline_is_scrubbed_with_the_mouse_and_end_goes_forward_again(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown", "pagedown")
        made = desk.bench.snapshot
        bar = bar_of(desk.bench.frame, 120)
        assert bar.end == 20
        await desk.pilot.click("#timeline", offset=(bar.column(7), 0))
        await desk.settled()
        assert [lane.update for lane in desk.bench.snapshot.lanes] == [7] * 4
        await desk.press("end")
        for lane, before in zip(desk.bench.snapshot.lanes, made.lanes, strict=True):
            assert lane.trace.rows.tobytes() == before.trace.rows.tobytes()
        await desk.pilot.mouse_down("#timeline", offset=(bar.column(20), 0))
        for update in (15, 9, 3, 12):
            await desk.pilot.hover("#timeline", offset=(bar.column(update), 0))
        await desk.pilot.mouse_up("#timeline", offset=(bar.column(12), 0))
        await desk.settled()
        assert desk.bench.snapshot.lanes[0].update == 12
        await desk.pilot.hover("#timeline", offset=(bar.column(2), 0))
        await desk.settled()
        assert desk.bench.snapshot.lanes[0].update == 12, "the button is up"


async def test_a_small_terminal_has_no_timeline(open_bench: Open) -> None:
    async with open_bench(size=(60, 18)) as desk:
        await desk.press("space")
        assert not desk.bench.query_one("#timeline").display
        await desk.pilot.resize_terminal(120, 36)
        await desk.press("space")
        assert "◉" in desk.text("#timeline")


async def test_a_click_on_a_chart_puts_the_cursor_there_and_a_double_click_gives_it_the_screen(
    open_bench: Open,
) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown", "pagedown")
        chart = desk.bench.query_one("#chart0")
        await desk.pilot.click("#chart0", offset=(chart.size.width - 1, 4))
        await desk.settled()
        assert desk.bench.look.cursor == 20 and not desk.bench.look.full
        await desk.pilot.click("#chart0", offset=(2, 4))  # beside the plot
        await desk.settled()
        assert desk.bench.look.cursor == 20
        await desk.press("t")
        await desk.pilot.double_click("#chart1", offset=(20, 4))
        await desk.settled()
        assert desk.bench.look.full and desk.bench.look.cursor is None
        assert desk.text("#chart0").startswith(" velocity")
        await desk.pilot.double_click("#chart0", offset=(20, 4))
        await desk.settled()
        assert not desk.bench.look.full


async def test_where_a_title_has_no_room_the_message_says_what_the_cursor_reads(open_bench: Open) -> None:
    async with open_bench(size=(80, 24)) as desk:
        await desk.press("pagedown", "t", "left", "left")
        losses = {lane.name: lane.trace.rows[8][2] for lane in desk.bench.snapshot.lanes}
        said = desk.text("#message")
        assert said.strip().startswith("loss at update 8: gd ")
        for name, loss in losses.items():
            assert f"{name} {loss:.3g}" in said
