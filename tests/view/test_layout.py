"""The rows of each part of the bench."""

from __future__ import annotations

from itertools import product

from gdtui.view.layout import HEADER_AND_FOOTER, plan


def test_three_charts_are_shown_only_where_each_has_rows_to_be_read_in() -> None:
    sizes = set()
    for height, lanes, lines, caption in product(range(28, 44), (1, 4, 9), (1, 4, 7), (0, 6, 9, 12)):
        planned = plan(120, height, lanes, lines, caption)
        pictures = height - HEADER_AND_FOOTER - caption - planned.bottom - planned.message - planned.timeline
        assert planned.size == ("usual" if pictures >= 12 else "narrow"), (height, lanes, lines, caption)
        sizes.add(planned.size)
    assert len(sizes) == 2


def test_a_long_caption_beside_a_long_rule_leaves_one_chart() -> None:
    assert plan(120, 36, 3, 7).size == "usual"
    assert plan(120, 36, 3, 7, caption=11).size == "narrow"
    assert plan(120, 36, 4, 1, caption=11).size == "usual"
