"""Contours as dots: connected, one dot wide, where the curve is; and none of them costs plotext a call."""

from __future__ import annotations

import numpy as np
import plotext  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdtui.objectives.specs import SurfaceSpec
from gdtui.plot import canvas
from gdtui.plot.figure import Axis, Figure, Floats, Series
from gdtui.plot.outline import Area
from gdtui.plot.strokes import bits_of, strokes
from gdtui.view.pictures import surface_map

AREA = Area(40, 20, Axis(limits=(-1.0, 1.0)), Axis(limits=(-1.0, 1.0)))


def dots_of(x: Floats, y: Floats, area: Area = AREA) -> set[tuple[int, int]]:
    return {(int(c), int(r)) for r, c in np.argwhere(strokes(Series(x, y), area))}


def neighbours(dot: tuple[int, int], dots: set[tuple[int, int]]) -> int:
    around = {(dot[0] + i, dot[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} - {dot}
    return len(around & dots)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=2))
def test_a_straight_line_is_connected_and_within_a_dot_of_the_line(ends: list[tuple[float, float]]) -> None:
    (x0, y0), (x1, y1) = ends
    dots = dots_of(np.linspace(x0, x1, 50), np.linspace(y0, y1, 50))
    across, down = AREA.dots
    a, b = ((np.array([(x + 1) / 2 * (across - 1), (1 - y) / 2 * (down - 1)])) for x, y in ends)
    reached = max(np.abs(a - b))
    assert reached - 0.5 <= len(dots) <= 1.3 * reached + 2.5  # a dot for each column, or row, and few more
    assert len(dots) == 1 or all(1 <= neighbours(dot, dots) <= 2 for dot in dots)
    along = (b - a) / max(1e-9, float(np.linalg.norm(b - a)))
    for dot in dots:
        away = np.array(dot) - a
        assert abs(away[0] * along[1] - away[1] * along[0]) < 1.01 or reached < 1


def test_a_gap_is_no_line_and_what_lies_outside_is_left_out() -> None:
    x = np.array([-0.9, -0.5, np.nan, 0.5, 5.0, 1e300])
    dots = dots_of(x, np.zeros(6))
    columns = sorted(column for column, _row in dots)
    assert columns[0] == 4 and columns[-1] == 79
    assert not {30, 40, 50} & set(columns)


@pytest.mark.parametrize("plain", [False, True])
def test_the_bits_of_a_cell_are_its_dots(plain: bool) -> None:
    area = Area(40, 20, AREA.x, AREA.y, plain)
    dots = strokes(Series(np.linspace(-1, 1, 400), np.linspace(-1, 1, 400) ** 3), area)
    bits = bits_of(dots, area)
    assert bits.shape == (20, 40)
    assert int(np.bitwise_count(bits).sum()) == int(dots.sum())
    across, down = area.per_cell
    assert {(r // down, c // across) for r, c in np.argwhere(dots)} == {(int(r), int(c)) for r, c in np.argwhere(bits)}


def test_a_map_with_twenty_thousand_points_asks_plotext_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    objective = SurfaceSpec("rastrigin").build(0)
    backdrop = surface_map.backdrop(objective, objective.domain)
    assert sum(series.x.size for series in backdrop.series) > 20_000
    limits = objective.domain
    figure = Figure("map", x=Axis(limits=limits[0]), y=Axis(limits=limits[1]), backdrop=backdrop)
    monkeypatch.setattr(plotext, "figure", None)
    text = "".join(run.text for row in canvas.draw(figure, 90, 30) for run in row)
    assert sum("⠁" <= char <= "⣿" for char in text) > 1000
