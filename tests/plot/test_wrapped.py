"""Texts in lines of a width, in cells."""

from __future__ import annotations

import pytest

from gdtui.plot.widths import cell_width, wrapped

CHINESE = "峡谷横向陡，纵向平：梯度在 x 是 −0.4（见“早期”），在 y 是 2。两者的 lr 都是 0.1。"


def test_words_are_kept_whole_and_runs_of_blanks_too() -> None:
    assert wrapped("1 gd   2 adam   3 rmsprop", 16) == ["1 gd   2 adam", "3 rmsprop"]
    assert wrapped("incomprehensibilities all", 8) == ["incomprehensibilities", "all"]
    assert wrapped("", 8) == [""]


@pytest.mark.parametrize("width", range(8, 40))
def test_chinese_breaks_anywhere_but_beside_marks(width: int) -> None:
    lines = wrapped(CHINESE, width)
    assert max(map(cell_width, lines)) <= width
    assert "".join(lines).replace(" ", "") == CHINESE.replace(" ", "")
    assert [line for line in lines if line[0] in "，：）”。" or line[-1] in "（“"] == []
    if width >= 20:
        assert min(map(cell_width, lines[:-1])) >= width - 10, "no line is half empty"
