"""Dialogs take one answer, however fast one types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input, OptionList, Static

from gdtui.tui.command_palette import BenchCommands

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


@pytest.mark.parametrize("key", ["o", "a", "L", "enter", "s"])
async def test_a_dialog_takes_one_answer_of_several_that_are_queued(
    open_bench: Open, key: str, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_bench() as desk:
        await desk.press(key)
        dialog = desk.app.screen
        assert dialog is not desk.bench
        typed = dialog.query(Input).first()
        for _ in range(4):
            typed.post_message(Input.Submitted(typed, typed.value))
        typed.post_message(Input.Changed(typed, "x"))
        await desk.settled()
        assert desk.app.screen is desk.bench
        assert desk.bench.is_mounted


async def test_a_list_takes_one_answer_of_several_clicks(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("a")
        listed = desk.app.screen.query_one(OptionList)
        for index in (0, 1, 2):
            listed.post_message(OptionList.OptionSelected(listed, listed.get_option_at_index(index), index))
        await desk.settled()
        assert desk.app.screen is desk.bench
        assert len(desk.bench.snapshot.lanes) == 5


@pytest.mark.parametrize(("key", "closing"), [("question_mark", "q"), ("o", "escape")])
async def test_a_dialog_told_twice_to_close_leaves_the_bench_open(open_bench: Open, key: str, closing: str) -> None:
    async with open_bench() as desk:
        await desk.press(key)
        dialog = desk.app.screen
        dialog.dismiss(None)
        dialog.dismiss(None)
        await desk.settled()
        assert desk.app.screen is desk.bench
        await desk.press(key, closing)
        assert desk.app.screen is desk.bench


async def test_keys_are_named_as_on_the_keyboard(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("question_mark")
        shown = {str(static.render()) for static in desk.app.screen.query(".key").results(Static)}
        assert {".", ",", "?", "←", "→", "+ =", "−"} <= shown
        assert not any("full_stop" in keys or "comma" in keys or "_" in keys for keys in shown)
        await desk.press("escape")
        listed = {help_ for _text, help_, _act in BenchCommands(desk.bench)._entries()}
        assert {".", ",", "?", "←", "+  ="} <= listed
        assert not {"question_mark", "left", "full_stop", "comma"} & listed
