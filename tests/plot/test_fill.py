"""Bands: what lies between two curves is filled, and hides nothing."""

from __future__ import annotations

import numpy as np

from gdtui.plot.canvas import draw
from gdtui.plot.figure import Axis, Band, Figure, Series
from gdtui.plot.fill import cells_of
from gdtui.plot.outline import Area
from gdtui.plot.palette import MONO

X = np.linspace(0.0, 9.0, 50)
AREA = Area(10, 8, Axis(limits=(0.0, 9.0)), Axis(limits=(0.0, 8.0)))


def drawn(*bands: Band, **how: bool) -> list[str]:
    figure = Figure(
        series=(Series(X, 4 + np.sin(X)),),
        bands=bands,
        legend=False,
        x=Axis(limits=(0.0, 9.0)),
        y=Axis(limits=(0.0, 8.0)),
    )
    return ["".join(run.text for run in row) for row in draw(figure, 40, 12, MONO, **how)]


def test_a_band_is_filled_without_colours_and_hides_no_curve() -> None:
    band = Band(X, np.full(50, 1.0), np.full(50, 7.0))
    plain, filled = drawn(), drawn(band)
    assert any("░" in row for row in filled) and not any("░" in row for row in plain)
    for before, after in zip(plain, filled, strict=True):
        for old, new in zip(before, after, strict=True):
            assert new == old or (new == "░" and not 0x2800 < ord(old) <= 0x28FF)
    assert any(":" in row for row in drawn(band, ascii=True))


def test_a_cell_is_filled_if_half_of_it_is_between_the_edges() -> None:
    inside = cells_of(Band(X, np.full(50, 2.4), np.full(50, 5.6)), AREA)
    assert inside.all(axis=1).tolist() == [False, False, True, True, True, True, False, False]
    assert inside.any(axis=1).tolist() == inside.all(axis=1).tolist()


def test_a_narrow_band_has_one_cell_in_each_column_and_one_without_width_none() -> None:
    low = 2.0 + 0.5 * X
    assert (cells_of(Band(X, low, low + 0.1), AREA).sum(axis=0) <= 2).all()
    assert (cells_of(Band(X, low, low + 0.1), AREA).sum(axis=0) >= 1).all()
    assert not cells_of(Band(X, low, low), AREA).any()


def test_edges_off_the_scale_are_outside_and_x_must_rise() -> None:
    log = Area(10, 8, AREA.x, Axis("log", limits=(1e-2, 1e2)))
    assert cells_of(Band(X, np.zeros(50), np.full(50, np.inf)), log).all()
    assert not cells_of(Band(X, np.full(50, -2.0), np.full(50, -1.0)), log).any()
    assert not cells_of(Band(X[::-1], np.full(50, 1.0), np.full(50, 2.0)), log).any()
