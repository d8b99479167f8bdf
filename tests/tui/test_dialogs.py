"""Dialogs take one answer, however fast one types."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DirectoryTree, Input, OptionList, Static
from textual.widgets._footer import FooterKey

from gdtui.tui.command_palette import BenchCommands
from gdtui.tui.screens.pick_objective import PickObjective
from gdtui.tui.terminal.keyboard import Keyboard
from tests.tui.conftest import explained

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
SMALL = (80, 24)  # there is less to draw


async def test_a_dialog_takes_one_answer_of_several_that_are_queued(
    open_bench: Open, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_bench(size=SMALL) as desk:
        for key in ("enter", "a", "s", "o", "L"):
            await desk.press(key)
            dialog = desk.app.screen
            assert dialog is not desk.bench, key
            if dialog.query(OptionList):
                await desk.press("down")  # nothing typed and nothing chosen is no answer
            typed = dialog.query(Input).first()
            for _ in range(4):
                typed.post_message(Input.Submitted(typed, typed.value))
            typed.post_message(Input.Changed(typed, "x"))
            await desk.settled()
            assert desk.app.screen is desk.bench, key
            assert desk.bench.is_mounted


async def test_a_list_takes_one_answer_of_several_clicks(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("a")
        listed = desk.app.screen.query_one(OptionList)
        for index in (0, 1, 2):
            listed.post_message(OptionList.OptionSelected(listed, listed.get_option_at_index(index), index))
        await desk.settled()
        assert desk.app.screen is desk.bench
        assert len(desk.bench.snapshot.lanes) == 5


@pytest.mark.parametrize(
    ("key", "closing"), [("o", "escape"), pytest.param("question_mark", "q", marks=pytest.mark.slow)]
)
async def test_a_dialog_told_twice_to_close_leaves_the_bench_open(open_bench: Open, key: str, closing: str) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press(key)
        dialog = desk.app.screen
        dialog.dismiss(None)
        dialog.dismiss(None)
        await desk.settled()
        assert desk.app.screen is desk.bench
        await desk.press(key, closing)
        assert desk.app.screen is desk.bench


async def test_a_dialog_that_is_closed_leaves_no_widgets_in_memory(open_bench: Open) -> None:
    def dead() -> int:
        gc.collect()
        return sum(isinstance(each, FooterKey) and not each.is_attached for each in gc.get_objects())

    async with open_bench(size=SMALL) as desk:
        before = dead()  # of earlier tests
        for _time in range(3):
            await desk.press("o")
            await desk.press("escape")
        assert dead() <= before


async def test_keys_are_named_as_on_the_keyboard(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("question_mark")
        shown = {keys for keys, _what in explained(desk.app)}
        assert {".", ",", "?", "←", "→", "+ =", "−"} <= shown
        assert not any(name in keys for keys in shown for name in ("full_stop", "comma", "_mark", "_bracket", "_than_"))
        await desk.press("q")
        assert desk.app.screen is desk.bench
        listed = {entry.key for entry in BenchCommands(desk.bench).entries()}
        assert {".", ",", "?", "←", "+ ="} <= listed
        assert not {"question_mark", "left", "full_stop", "comma"} & listed


async def test_enter_takes_nothing_that_was_neither_typed_nor_chosen(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        for key in ("o", "a"):
            await desk.press(key, "enter")
            assert desk.app.screen is not desk.bench
            await desk.press("escape")
        await desk.press("L")
        assert desk.app.screen.highlighted is not None, "the library opens with the next lesson chosen"
        await desk.press("escape")
        assert len(desk.bench.snapshot.lanes) == 4
        assert desk.bench.snapshot.objective.name == "rosenbrock"


async def test_no_dialog_changes_the_size_of_another(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("o")
        before = desk.app.screen.query_one("#dialog").region
        for between in ("enter", "s", "question_mark"):
            await desk.press("escape", between, "escape", "o")
            assert desk.app.screen.query_one("#dialog").region == before, between


async def test_a_click_beside_a_dialog_or_on_its_cross_cancels_it(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("a")
        await desk.pilot.click(offset=(0, 0))
        await desk.settled()
        assert desk.app.screen is desk.bench
        await desk.press("a")
        await desk.pilot.click("#close")
        await desk.settled()
        assert desk.app.screen is desk.bench
        assert len(desk.bench.snapshot.lanes) == 4
        await desk.press("a")
        await desk.pilot.click("#about")
        assert desk.app.screen is not desk.bench


async def test_a_save_whose_writer_cannot_be_read_from_disk_is_told_and_not_done(
    open_bench: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_bench() as desk:
        desk.bench.engine.history.unsaved = True
        await desk.press("s")
        with monkeypatch.context() as broken:
            broken.setitem(sys.modules, "gdtui.scenario.write.record", None)
            await desk.press("enter")
            await desk.settled()
        assert desk.bench.query_one("#message").text.strip().startswith("session.toml: ")
        assert desk.bench.engine.history.unsaved
        assert not list(tmp_path.iterdir())


async def type_in(desk: Any, text: str) -> dict[str, str]:
    desk.app.screen.query_one(Input).value = text
    await desk.settled()
    return {name: str(desk.app.screen.query_one(f"#{name}", Static).render()) for name in ("about", "fault")}


async def test_a_formula_shows_its_gradient_or_where_it_is_wrong_while_it_is_typed(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("o")
        shown = await type_in(desk, "x^2 + 10*y^2")
        assert shown == {"about": "x² + 10y²   ∂x = 2x   ∂y = 20y", "fault": ""}
        shown = await type_in(desk, "x^2 + 10y^2")
        assert shown["fault"].split("\n")[:2] == ["x^2 + 10y^2", "        ^"]
        assert "multiplication is written *" in shown["fault"]
        await desk.press("enter")
        assert desk.app.screen is not desk.bench
        await desk.press("f1")
        assert "sqrt" in str(desk.app.screen.query_one("#about", Static).render())


async def test_a_csv_file_is_a_dataset_that_can_be_typed(open_bench: Open, tmp_path: Any) -> None:
    rows = "\n".join(f"{i},{1000 * i % 7},{2 * i}" for i in range(20))
    path = tmp_path / "houses.csv"
    path.write_text("rooms,area,price\n" + rows + "\n")
    async with open_bench(size=SMALL) as desk:
        await desk.press("o")
        assert "price, the last column" in (await type_in(desk, str(path)))["about"]
        assert "no such file" in (await type_in(desk, str(tmp_path / "none.csv")))["fault"].lower()
        await type_in(desk, f"{path} are")
        assert [c.value.target for c in desk.app.screen._shown] == [("area",), ("area",)], "as it is, and standardised"
        assert "no column 'aera'" in (await type_in(desk, f"{path} aera"))["fault"]
        await type_in(desk, f"{path} area standardize")
        await desk.press("enter")
        assert desk.bench.snapshot.experiment.objective.target == ("area",)
        assert desk.bench.snapshot.experiment.objective.standardize


async def test_a_new_lane_begins_where_tab_says(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("pagedown", "a")
        await type_in(desk, "nadam")
        await desk.press("tab")
        assert "at update 10, with the others" in str(desk.app.screen.query_one("#keys", Static).render())
        await desk.press("enter", "a")
        assert desk.bench.frame.lane.name == "nadam"
        assert desk.bench.frame.lane.update == 10
        await type_in(desk, "yogi")
        await desk.press("tab", "tab", "enter")
        assert desk.bench.frame.lane.name == "yogi"
        assert desk.bench.frame.lane.update == 0
        assert list(desk.bench.frame.lane.parameters) == list(desk.bench.snapshot.lanes[0].parameters)


async def test_a_setting_in_focus_says_what_it_does_with_range_and_default(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("enter", "tab")
        dialog = desk.app.screen
        assert dialog.focused.id == "beta1"
        assert "first moment" in str(dialog.query_one("#about", Static).render())
        assert "default 0.9" in str(dialog.query_one("#about", Static).render())
        ranges = [str(each.render()) for each in dialog.query(".range").results(Static)]
        assert ranges[:2] == ["≥ 0", "in [0, 1)"]


#: What one packet brings, by what the field then holds: backspace, left, ctrl+u, home and end.
PACKETS = {"abd": "abc\x7fd", "acb": "ab\x1b[Dc", "d": "abc\x15d", "cabd": "ab\x1b[Hc\x1b[Fd"}


async def test_keys_of_one_packet_take_effect_in_their_order(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("o")
        field = desk.app.screen.query_one(Input)
        for value, typed in PACKETS.items():
            field.value = ""
            for event in Keyboard().feed(typed):
                event.set_sender(desk.app)
                desk.app.post_message(event)  # none is waited for
            await desk.until(lambda value=value: field.value == value)


async def test_a_csv_file_is_found_in_a_tree_of_files_and_its_columns_are_offered(
    open_bench: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "houses.csv").write_text("rooms,area,price\n3,5000,9\n4,7000,2\n5,1000,4\n1,2000,3\n")
    (tmp_path / "data" / "notes.txt").write_text("not data")
    (tmp_path / ".hidden").mkdir()
    monkeypatch.chdir(tmp_path)
    async with open_bench(size=SMALL) as desk:
        await desk.press("o", "f2")
        tree = desk.app.screen.query_one(DirectoryTree)
        await desk.until(lambda: [str(node.label) for node in tree.root.children] == ["data"])
        await desk.press("down", "enter")
        await desk.until(lambda: [str(n.label) for n in tree.root.children[0].children] == ["deep", "houses.csv"])
        await desk.press("down", "down", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, PickObjective))
        picker = desk.app.screen
        assert picker.query_one(Input).value == f"{Path('data', 'houses.csv')} "
        assert [choice.name for choice in picker._shown] == [
            "the last column", "the last column standardize", "area", "area standardize", "rooms", "rooms standardize",
        ]  # fmt: skip
        assert "scales differ" in str(picker.query_one("#about", Static).render())
        await desk.press("down", "down", "down", "enter")
        objective = desk.bench.snapshot.experiment.objective
        assert (objective.target, objective.standardize) == (("area",), True)
        assert desk.bench.snapshot.objective.inputs == ("rooms", "price")
        await desk.press("o", "f2", "backspace")
        assert str(desk.app.screen.query_one("#folder", Static).render()) == str(tmp_path.parent)
        await desk.press("escape")
        assert isinstance(desk.app.screen, PickObjective)
