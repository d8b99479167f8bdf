"""The whole screen in ASCII: the numbers keep their signs, the columns their places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Static

from gdtui.tui.widgets.rows import RowsView

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


def written(screen: Any) -> list[str]:
    """Everything that the parts of a screen say."""
    rows = [view.text for view in screen.query(RowsView) if view.display]
    return rows + [str(static.render()) for static in screen.query(Static)]


async def test_this_update_reads_right_in_ascii(open_bench: Open) -> None:
    async with open_bench(plain=True) as desk:
        await desk.press("space")
        pane = desk.text("#update").splitlines()
        assert "g = -215.6" in pane[0]
        assert pane[1].split("  ")[0].strip() == "m <- beta1*m + (1-beta1)*g"
        assert "0.9*0 + 0.1*(-215.6)" in pane[1] and "= -21.56 " in pane[1]
        assert "0.999*0 + 0.001*(-215.6)^2" in pane[2]
        assert "theta <- theta - eta*m_hat/(sqrt(v_hat)+eps)" in pane[5]
        assert len({line.index(" = ") for line in pane[1:6]}) == 1
        assert "(1-x)^2 + 100(y-x^2)^2" in desk.text("#header") and "|| paused" in desk.text("#header")
        assert "||g||" in desk.text("#lanes")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_part_is_ascii_and_as_wide_as_its_place(open_bench: Open, size: tuple[int, int]) -> None:
    async with open_bench(plain=True, size=size) as desk:
        await desk.press("space", "x")
        for keys in ([], ["question_mark"], ["escape", "o"], ["escape", "enter"], ["escape", "a"], ["escape", "s"]):
            await desk.press(*keys)
            for text in written(desk.app.screen):
                assert text.isascii(), text
                assert not re.search(r"\d-\d+\.", text.replace("e-", "")), text
        await desk.press("escape")
        for view in desk.bench.query(RowsView):
            if view.display:
                assert {len(line) for line in view.text.splitlines()} <= {view.size.width}, view.id
