"""Contours show the shape of a surface and survive any values in it."""

import numpy as np
import pytest

from gdtui.plot.canvas import draw
from gdtui.plot.cells import Row
from gdtui.plot.contours import choose_levels, contour_lines, surface_backdrop
from gdtui.plot.figure import Axis, Figure, Label
from gdtui.plot.palette import DARK, MONO, Palette
from gdtui.plot.widths import cell_width

SQUARE = ((-2.0, 2.0), (-1.0, 3.0))


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return x * x + (y - 1) ** 2


def banana(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def test_contours_of_a_bowl_are_circles_of_the_level_s_radius() -> None:
    found = contour_lines(bowl, SQUARE, [0.25, 1.0], (200, 200))
    for level, lines in zip(found.levels, found.lines, strict=True):
        assert lines
        for line in lines:
            assert np.hypot(line[:, 0], line[:, 1] - 1) == pytest.approx(np.sqrt(level), abs=0.01)


def test_levels_of_a_banana_valley_are_logarithmic_of_a_bowl_by_area() -> None:
    steps = np.diff(np.log(choose_levels(contour_lines(banana, SQUARE).grid)))
    assert steps == pytest.approx(np.full(steps.size, steps[0]), rel=0.05)
    grid = contour_lines(bowl, SQUARE).grid
    shares = [float((grid < level).mean()) for level in choose_levels(grid)]
    assert np.diff(shares) == pytest.approx(np.full(len(shares) - 1, 0.1), abs=0.02)


@pytest.mark.parametrize(
    "surface",
    [
        lambda x, y: np.where(x > 0, np.nan, x * y),
        lambda x, y: np.where(x > 0, np.inf, -np.inf),
        lambda x, y: np.where(x > 0, 1e308, -1e308),
        lambda x, y: np.exp(1e3 * x),
        lambda x, y: np.log(x),
        lambda x, y: 5e-324 * x,
        lambda x, y: np.zeros_like(x),
        lambda x, y: np.float64(3.0),
        lambda x, y: np.full_like(x, np.nan),
    ],
)
def test_no_surface_breaks_the_map(surface: object) -> None:
    backdrop = surface_backdrop(object(), surface, SQUARE, resolution=(40, 30))  # type: ignore[arg-type]
    rows = draw(Figure("map", (), (), Axis(limits=SQUARE[0]), Axis(limits=SQUARE[1]), backdrop), 50, 16)
    assert len(rows) == 16 and all(sum(cell_width(r.text) for r in row) == 50 for row in rows)


def drawn(palette: Palette, *, ascii: bool = False) -> tuple[Row, ...]:  # noqa: A002
    backdrop = surface_backdrop(("bowl", "half blocks"), bowl, SQUARE)
    axes = Axis(limits=SQUARE[0]), Axis(limits=SQUARE[1])
    return draw(Figure("", (), (), *axes, backdrop), 60, 20, palette, ascii=ascii)


def test_a_cell_holds_two_shades_that_darken_away_from_the_minimum() -> None:
    shades = {DARK.roles[f"shade{i}"]: i for i in range(16)}
    column: list[int] = []
    seen: set[str | None] = set()
    for row in drawn(DARK):
        seen |= {color for run in row for color in (run.fg, run.bg)}
        cells = [run for run in row for _cell in run.text]
        upper_half = cells[30].text[0] == "▀"
        halves = (cells[30].fg, cells[30].bg) if upper_half else (cells[30].bg, cells[30].bg)
        column += [shades[color] for color in halves if color in shades]
    lowest = column.index(min(column))
    assert column[:lowest] == sorted(column[:lowest], reverse=True) and column[lowest:] == sorted(column[lowest:])
    assert len(seen & set(shades)) > 10, "more shades than there are levels"


@pytest.mark.parametrize(("palette", "ascii"), [(MONO, False), (DARK, True)])
def test_without_colours_or_half_blocks_there_are_contours_alone(palette: Palette, ascii: bool) -> None:  # noqa: A002
    rows = drawn(palette, ascii=ascii)
    text = "".join(run.text for row in rows for run in row)
    assert "▀" not in text and any(char in text for char in ("." if ascii else "⠁⠂⠄⡀⠈⠐⠠⢀⠤⠒⠉"))
    assert all(run.bg is None for row in rows for run in row)


def test_a_mark_outside_may_be_numpy_s_number() -> None:
    label = Label(np.float64(9.0), np.float64(0.5), "●", "series0", pin=True)
    rows = draw(Figure("", (), (label,), Axis(limits=SQUARE[0]), Axis(limits=SQUARE[1])), 40, 12)
    assert "●→" in "".join(run.text for row in rows for run in row)
