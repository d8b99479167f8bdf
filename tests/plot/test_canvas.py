"""Whatever the data and the size, a chart is exactly as large as asked, and plotext sees only clean dots."""

import subprocess
import sys
import time

import numpy as np
import plotext  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gdtui.plot import canvas, dot_layers, outline
from gdtui.plot.ascii_text import GLYPHS
from gdtui.plot.axes import fit
from gdtui.plot.canvas import draw
from gdtui.plot.cells import Row
from gdtui.plot.figure import Arrow, Axis, Backdrop, Cursor, Figure, Label, Series
from gdtui.plot.palette import DARK, LIGHT, MARKERS, MONO, series_color, series_marker
from gdtui.plot.raster_cache import Curve, PieceRaster
from gdtui.plot.widths import cell_width

AWKWARD = [
    np.nan,
    np.inf,
    -np.inf,
    1e308,
    -1e308,
    5e-324,
    -5e-324,
    0.0,
    -0.0,
    1.0,
    1e-300,
    1e300,
    1.7976931348623157e308,
]
values = st.lists(st.sampled_from(AWKWARD) | st.floats(width=64) | st.floats(-10, 10), max_size=60)
scales = st.sampled_from(["linear", "log", "symlog"])


def grid(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(run.text for run in row) for row in rows]


def forget_drawn() -> None:
    for kept in (canvas._raster.pieces, canvas._raster.heads, outline._heads):
        kept.clear()


def check_size(rows: tuple[Row, ...], width: int, height: int) -> None:
    assert len(rows) == height
    for row in rows:
        assert sum(cell_width(run.text) for run in row) == width
        assert all(run.text for run in row)


@st.composite
def figures(draw_: st.DrawFn) -> Figure:
    series = tuple(
        Series(
            draw_(values),
            draw_(values),
            series_color(i),
            draw_(st.sampled_from(["line", "dots", "points"])),
            draw_(st.sampled_from(["", "adam"])),
            draw_(st.sampled_from(["", series_marker(i)])),
        )
        for i in range(draw_(st.integers(0, 3)))
    )
    number = st.sampled_from(AWKWARD) | st.floats(-2, 2)
    labels = [
        Label(
            draw_(number),
            draw_(number),
            draw_(st.sampled_from(["●", "start", "最小", ""])),
            pin=draw_(st.booleans()),
        )
        for _ in range(draw_(st.integers(0, 3)))
    ]
    arrows = [Arrow(*(draw_(number) for _ in range(4)), length=draw_(number)) for _ in range(draw_(st.integers(0, 2)))]
    limits = draw_(st.none() | st.tuples(number, number))
    return Figure(
        draw_(st.sampled_from(["", "loss · log", "损失 · 对数", "a\x1b[31m\n\u202eb" * 20])),
        series,
        tuple(labels),
        Axis(draw_(scales), limits, draw_(st.sampled_from(["", "updates"]))),
        Axis(draw_(scales), draw_(st.none() | st.tuples(number, number))),
        arrows=tuple(arrows),
        message=draw_(st.sampled_from(["", "gd keeps no velocity"])),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(figures(), st.integers(1, 200), st.integers(1, 60), st.booleans())
@example(Figure("t", (Series([0, 1], [1e308, -1e308], marker="●"),)), 1, 1, False)
@example(Figure("t", (Series([0, 1, 2], [5e-324, 1e308, 0], marker="●"),), y=Axis("log")), 80, 24, False)
@example(Figure("t", (Series([0, 1, 2], [5e-324, np.inf, 0], marker="●"),), y=Axis("symlog")), 20, 5, True)
def test_any_figure_fills_exactly_the_cells_asked_for(figure: Figure, width: int, height: int, plain: bool) -> None:
    rows = draw(figure, width, height, DARK, ascii=plain)
    check_size(rows, width, height)
    text = "".join(grid(rows))
    assert text.isprintable()
    if plain:
        assert text.isascii()


@pytest.mark.parametrize("width", [0, 1, 2, 3, 7, 16, 23, 24, 25, 60])
@pytest.mark.parametrize("height", [0, 1, 2, 3, 5, 6, 7, 8, 12])
def test_small_charts_give_up_parts_not_their_size(width: int, height: int) -> None:
    figure = Figure(
        "loss · log",
        (Series(range(50), np.exp(-np.arange(50)), label="adam", marker="●"),),
        y=Axis("log"),
        message="-",
    )
    check_size(draw(figure, width, height), width, height)


@settings(max_examples=150, deadline=None)
@given(values, values, scales, scales)
def test_only_finite_dots_inside_the_canvas_reach_plotext(
    xs: list[float], ys: list[float], x_scale: str, y_scale: str
) -> None:
    seen: list[tuple[float, float]] = []
    real = plotext.figure.signal

    def spy(x: list[float], y: list[float], **options: object) -> object:
        seen.extend(zip(x, y, strict=True))
        return real(x, y, **options)

    forget_drawn()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plotext.figure, "signal", spy)
        draw(Figure("", (Series(xs, ys),), x=Axis(x_scale), y=Axis(y_scale)), 40, 12)  # type: ignore[arg-type]
    assert all(np.isfinite(p).all() and 0 <= p[0] <= 80 and p[1] >= 0 for p in seen)


dots = st.tuples(st.integers(0, 79), st.integers(0, 47))
near = st.lists(st.tuples(st.integers(0, 3), st.integers(-4, 4)), max_size=15).map(
    lambda steps: [(min(x, 79), min(max(y, 0), 47)) for x, y in np.cumsum([(0, 24), *steps], axis=0).tolist()]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(dots, min_size=1, max_size=16) | near, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_the_end_of_a_curve_has_the_dots_that_plotext_would_draw(
    ends: list[list[tuple[int, int]]], plain: bool, joined: bool
) -> None:
    area = canvas.Area(80, 48, Axis(limits=(0, 1)), Axis(limits=(0, 1)), plain)
    keys = [(plain, joined, np.array(end, dtype=np.int32).tobytes()) for end in ends]
    drawn = canvas._raster._draw_pieces(keys, area)
    for ours, theirs in zip(canvas._raster._made(keys, area), drawn, strict=True):
        for mine, plotext_s in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine, plotext_s)


def test_the_door_refuses_what_would_abort_the_process() -> None:
    area = canvas.Area(4, 4, Axis(limits=(0, 1)), Axis(limits=(0, 1)))
    with pytest.raises(AssertionError):
        canvas._draw_with_plotext([0.0, np.nan], [0.0, 1.0], [0], 4, 4, area)


def test_the_same_figure_gives_the_same_rows_remembered_or_not() -> None:
    rng = np.random.default_rng(1)
    figure = Figure("f", tuple(Series(range(300), rng.normal(size=300).cumsum(), series_color(i)) for i in range(3)))
    forget_drawn()
    first = draw(figure, 80, 20)
    again = draw(figure, 80, 20)
    forget_drawn()
    assert first == again == draw(figure, 80, 20)


def general_polylines(series: Series, area: outline.Area) -> list[outline.Dots]:
    """Return the dots of a curve by the way that serves every curve, without the short ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outline, "_grown", lambda *_: None)
        patch.setattr(outline, "_path", lambda *_: None)
        patch.setattr(outline, "_inside", lambda *_: False)
        return outline.polylines(series, area)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), scales, st.sampled_from([30, 300, 900]), st.sampled_from([5, 40]))
def test_a_curve_that_grows_has_the_dots_of_one_that_is_new(seed: int, scale: str, size: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = np.arange(float(size)), np.exp(rng.normal(size=size).cumsum() / 10)
    y[: rng.integers(0, 3)] = np.nan
    y[rng.integers(0, size, rng.integers(0, 2))] = np.inf
    upper = float(np.quantile(y[np.isfinite(y)], rng.choice([0.5, 1.0]))) + 0.1
    y_axis = Axis(scale, (float(np.nanmin(y)) / 2, upper))  # type: ignore[arg-type]
    area = outline.Area(width, 12, Axis(limits=(0.0, size)), y_axis)
    outline._heads.clear()
    for length in np.cumsum(rng.choice([1, 1, 3, 50], size)):
        series = Series(x[:length], y[:length], label="a")
        grown = outline.polylines(series, area)
        new = general_polylines(series, area)
        assert len(grown) == len(new) and all(map(np.array_equal, grown, new))
        if length >= size:
            break


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.1, 1.1), st.floats(0.01, 1.1)), min_size=1, max_size=40), scales, st.booleans())
def test_a_path_without_gaps_has_the_dots_of_any_path(
    points: list[tuple[float, float]], scale: str, plain: bool
) -> None:
    area = outline.Area(9, 5, Axis(limits=(0.0, 1.0)), Axis(scale, (0.01, 1.0)), plain)  # type: ignore[arg-type]
    series = Series(*zip(*points, strict=True))
    quick = outline.polylines(series, area)
    slow = general_polylines(series, area)
    assert len(quick) == len(slow) and all(map(np.array_equal, quick, slow))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 9999), st.booleans())
def test_a_curve_has_the_same_dots_alone_and_beside_others(seed: int, plain: bool) -> None:
    rng = np.random.default_rng(seed)
    axis = Axis(limits=(0.0, 1.0))
    area = canvas.Area(100, 45, axis, axis, plain)
    lengths = rng.integers(1, 50, rng.integers(2, 12))
    shapes = [rng.integers((0, 0), np.minimum(area.dots, rng.integers(2, 300)), (n, 2)) for n in lengths]
    curves = [Curve([shape.astype(np.int32)], True, "series0", "*") for shape in shapes]
    (beside,) = PieceRaster(canvas._draw_with_plotext).draw([(curves, area)])
    for curve, drawn in zip(curves, beside, strict=True):
        ((alone,),) = PieceRaster(canvas._draw_with_plotext).draw([([curve], area)])
        np.testing.assert_array_equal(alone, drawn)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 9999))
def test_a_chart_that_was_drawn_before_is_the_same_when_it_is_drawn_first(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(3, 120)).cumsum(axis=1)
    axes = Axis(limits=(0.0, 120.0)), Axis(limits=(float(values.min()), float(values.max())))

    def chart(n: int) -> Figure:
        return Figure("", tuple(Series(range(n), y[:n], series_color(i)) for i, y in enumerate(values)), (), *axes)

    forget_drawn()
    for n in np.unique(rng.integers(1, 120, 5)):
        draw(chart(int(n)), 90, 30)
    last = draw(chart(120), 90, 30)
    forget_drawn()
    assert draw(chart(120), 90, 30) == last


def test_figures_drawn_together_are_those_drawn_alone() -> None:
    rng = np.random.default_rng(2)
    sheets = [
        (Figure(f"f{n}", (Series(range(40), rng.normal(size=40).cumsum(), marker="●"),), message="-"), width, height)
        for n, (width, height) in enumerate([(60, 12), (0, 5), (30, 7), (20, 1), (60, 12)])
    ]
    forget_drawn()
    together = canvas.draw_all(sheets)
    forget_drawn()
    assert together == [draw(*sheet) for sheet in sheets]


def test_a_rising_line_runs_from_bottom_left_to_top_right() -> None:
    rows = grid(draw(Figure("up", (Series([0, 1], [0, 1]),), legend=False), 14, 5))
    assert rows == [
        " up           ",  # as far from the edge as what is written around the charts
        "          ⢀⡠⠔⠊",
        "       ⣀⠤⠊⠁   ",
        "   ⢀⡠⠒⠉       ",
        "⡠⠔⠊⠁          ",
    ]


def test_a_curve_of_dots_can_be_told_from_a_line() -> None:
    """Of many points there is a dot in every second cell of the 34; of few points all are there."""
    for count, expected in ((5, 5), (1000, 17)):
        x = np.linspace(0, 1, count)
        shown = Figure("", (Series(x, np.full(count, 0.5), kind="dots"),), y=Axis(limits=(0, 1)), legend=False)
        rows = grid(draw(shown, 40, 3))
        marks = [column for row in rows for column, sign in enumerate(row) if "\u2800" < sign <= "\u28ff"]
        assert len(marks) == expected and min(np.diff(marks)) >= 2, rows


def test_the_frame_carries_round_ticks_at_the_right_places() -> None:
    rows = grid(draw(Figure("loss", (Series([0, 10], [0, 1], marker="●"),), x=Axis(title="updates")), 40, 12))
    assert rows[0].startswith(" loss")
    assert rows[1].startswith("    1┤") and rows[1].endswith("●")
    assert rows[9].startswith("    0┤")
    assert rows[10][5] == "└" and set(rows[10][6:]) <= {"─", "┬"}
    assert rows[11].split() == ["0", "5", "updates", "10"] or "updates" in rows[11]
    assert rows[11].rstrip().endswith("10")


def test_a_gap_is_not_bridged() -> None:
    y = np.r_[np.zeros(10), np.full(10, np.nan), np.ones(10)]
    rows = draw(
        Figure("", (Series(range(30), y),), x=Axis(limits=(0, 29)), y=Axis(limits=(0, 1)), legend=False),
        15,
        5,
    )
    plot = grid(rows)
    assert all(c == " " for row in plot for c in row[6:9])


def test_curves_are_coloured_by_lane_and_end_in_its_glyph() -> None:
    series = tuple(
        Series([0, 1], [i, i], series_color(i), label=f"l{i}", marker=series_marker(i)) for i in range(len(MARKERS))
    )
    rows = draw(Figure("", series, legend=False), 60, 30)
    runs = [run for row in rows for run in row]
    for i in range(len(MARKERS)):
        assert any(series_marker(i) in run.text and run.fg == DARK.color(series_color(i)) and run.bold for run in runs)


def test_lanes_at_one_place_are_fanned_out() -> None:
    labels = [Label(0.5, 0.5, series_marker(i), series_color(i), True) for i in range(4)]
    axis = Axis(limits=(0, 1))
    text = "\n".join(grid(draw(Figure("", (), labels, axis, axis), 40, 12)))
    assert all(series_marker(i) in text for i in range(4))


@pytest.mark.parametrize("place", [0.5, 1.0])
def test_words_at_one_place_do_not_run_together(place: float) -> None:
    axis = Axis(limits=(0.0, 1.0))
    labels = (Label(place, 0.5, "÷2"), Label(place, 0.5, "×2"))
    (row,) = (row for row in grid(draw(Figure("", (), labels, axis, axis), 40, 9)) if "÷2" in row or "×2" in row)
    assert row.count("÷2") == row.count("×2") == 1 and "×2÷2" not in row and "÷2×2" not in row


def test_a_lane_that_left_for_infinity_is_marked_at_the_edge() -> None:
    rows = grid(draw(Figure("", (Series([0, 1, 2, 3], [1, 2, 4, np.inf], marker="▲"),), legend=False), 30, 10))
    assert "↑" in rows[0] and any("▲" in row for row in rows)


def test_without_data_the_message_stands_in_the_middle() -> None:
    figure = Figure("velocity", (Series([0, 1], [np.nan, np.nan]),), message="gd keeps no velocity")
    rows = grid(draw(figure, 50, 11))
    assert "gd keeps no velocity" in rows[5] or "gd keeps no velocity" in rows[4]
    check_size(draw(figure, 50, 11), 50, 11)


def test_mono_has_no_colour_and_light_other_colours() -> None:
    figure = Figure("t", (Series([0, 1], [0, 1], "#ff0000", label="a", marker="●"),))
    assert {(r.fg, r.bg) for row in draw(figure, 40, 10, MONO) for r in row} == {(None, None)}
    assert draw(figure, 40, 10, LIGHT) != draw(figure, 40, 10, DARK)
    assert grid(draw(figure, 40, 10, LIGHT)) == grid(draw(figure, 40, 10, DARK))


def test_one_more_update_changes_few_cells() -> None:
    loss = np.exp(-np.arange(200) / 40) + 0.01

    def rows(n: int) -> list[str]:
        return grid(
            draw(
                Figure("loss", (Series(range(n), loss[:n]),), x=Axis(limits=(0, 200)), y=Axis("log", (0.01, 2))),
                80,
                20,
            )
        )

    for n in range(50, 150):
        changed = sum(
            a != b for old, new in zip(rows(n), rows(n + 1), strict=True) for a, b in zip(old, new, strict=True)
        )
        assert changed <= 8


def test_a_backdrop_is_rasterised_once_and_paths_lie_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = dot_layers.strokes
    monkeypatch.setattr(dot_layers, "strokes", lambda *a: (calls.append(1), real(*a))[1])
    ring = np.linspace(0, 2 * np.pi, 40)
    shade = np.arange(16).reshape(4, 4)
    backdrop = Backdrop(("ring", time.time()), (Series(np.cos(ring), np.sin(ring), "contour3"),), shade)
    axis = Axis(limits=(-1, 1))
    still = draw(Figure("", (), (), axis, axis, backdrop), 50, 20)
    assert calls == [1]
    moved = draw(Figure("", (), (Label(0.3, 0.2, "●", "series0"),), axis, axis, backdrop), 50, 20)
    assert calls == [1]
    pairs = zip("".join(grid(still)), "".join(grid(moved)), strict=True)
    assert sum(a != b for a, b in pairs) == 1
    over = draw(Figure("", (Series([-1, 1], [0, 0], "series1"),), (), axis, axis, backdrop), 50, 20)
    assert any(run.fg == DARK.color("series1") for row in over for run in row)


def test_fitted_axes_draw_like_the_figure_s_own() -> None:
    y = np.exp(-np.arange(30.0))
    one = Series(range(30), y)
    fitted = Figure("", (one,), x=fit(Axis(), [one.x]), y=fit(Axis("log"), [one.y]))
    assert draw(Figure("", (one,), y=Axis("log")), 60, 14) == draw(fitted, 60, 14)


def test_a_million_points_take_well_under_a_second() -> None:
    y = np.random.default_rng(0).normal(size=1_000_000)
    start = time.perf_counter()
    draw(Figure("", (Series(np.arange(1e6), y),)), 98, 22)
    assert time.perf_counter() - start < 1.0


def test_figures_palettes_and_axes_do_not_import_plotext() -> None:
    code = (
        "import sys, gdtui.plot.figure, gdtui.plot.axes, gdtui.plot.ticks, gdtui.plot.palette,"
        "gdtui.plot.decimate, gdtui.plot.contours;"
        "assert not {'plotext', 'contourpy', 'textual', 'numba'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_wide_character_that_is_half_covered_leaves_no_half():
    from gdtui.plot.cells import Cells

    for covered in (0, 1):
        cells = Cells(4, 1)
        cells.put(0, 0, "最", "text")
        cells.put(covered, 0, "x", "text")
        (row,) = cells.rows(DARK)
        assert sum(cell_width(run.text) for run in row) == 4
        assert "最" not in "".join(run.text for run in row)


@pytest.mark.parametrize("far", [1e3, 1e9, 1e100])
def test_a_line_to_a_point_far_outside_leaves_the_plot_in_its_own_direction(far: float) -> None:
    axis = Axis(limits=(0, 1))
    area = canvas.Area(50, 25, axis, axis)
    for points in ([[0, 0], [3 * far, far]], [[3 * far, far], [0, 0]]):
        (dots,) = canvas.polylines(Series(*np.array(points).T), area)
        assert sorted(dots.tolist()) == [[0, 99], [99, 66]]  # a third of the height at the right edge


def test_a_path_outside_leaves_no_dots_at_the_edge() -> None:
    axis = Axis(limits=(0, 1))
    area = canvas.Area(50, 25, axis, axis)
    assert canvas.polylines(Series([2, 3, 1e5, 2], [0.1, 0.9, 0.5, 0.2]), area) == []
    (dots,) = canvas.polylines(Series([0.5, 0.5, 0.9, 0.9, 0.2], [0.5, 2, 1e7, 3, 1.5]), area)
    assert (dots[:, 1].min(), set(dots[:, 0].tolist())) == (0, {50})


@st.composite
def lanes(draw_: st.DrawFn) -> tuple[Series, ...]:
    return tuple(
        Series(range(len(y)), y, series_color(i), label=f"l{i}", marker=series_marker(i))
        for i, y in enumerate(draw_(st.lists(st.lists(st.sampled_from(AWKWARD) | st.floats(-10, 10)), max_size=4)))
    )


@settings(max_examples=200, deadline=None)
@given(lanes(), scales, st.none() | st.tuples(st.floats(1e-3, 1), st.floats(2, 10)), st.booleans())
def test_every_lane_with_a_value_is_seen_or_announced_and_no_text_is_nan(
    series: tuple[Series, ...], scale: str, limits: tuple[float, float] | None, plain: bool
) -> None:
    x = Axis(limits=limits, title="updates", whole=True)
    figure = Figure("loss", series, x=x, y=Axis(scale), message="nothing")  # type: ignore[arg-type]
    rows = grid(draw(figure, 60, 16, ascii=plain))
    assert "nan" not in "".join(rows)
    for one in series:
        if not np.isnan(one.y).all():
            marker = GLYPHS.get(one.marker, "") if plain else one.marker
            assert any(marker in row for row in rows[1:]), (marker, rows)
    ticks = [label for label in rows[-1].split() if label != "updates"]
    assert all(float(label.replace("k", "e3").replace("M", "e6")).is_integer() for label in ticks)


@pytest.mark.parametrize(
    ("y", "scale", "said"),
    [
        ([1, 2, 1e200], "linear", "●↑1.0e200"),
        ([1, 2, -1e200], "linear", "●↓-1.0e200"),
        ([1, 2, np.inf, np.nan], "linear", "●↑∞"),
        ([1, 2, 0], "log", "●↓0"),
        ([1, 2, 1e-200], "log", "●↓1.0e-200"),
    ],
)
def test_a_value_outside_stands_at_the_edge_with_an_arrow(y: list[float], scale: str, said: str) -> None:
    axis = Axis(scale, (1e-3, 10.0) if scale == "log" else (0.0, 10.0))  # type: ignore[arg-type]
    rows = grid(draw(Figure("", (Series(range(len(y)), y, marker="●"),), y=axis, legend=False), 40, 12))
    assert said in rows[1 if "↑" in said else 9] or said in rows[0]
    right = Figure("", (Series([0, 1, 9], [1, 1, 1], marker="●"),), x=Axis(limits=(0, 4)), legend=False)
    assert any(row.endswith("●→1.00") for row in grid(draw(right, 40, 12)))
    off = Label(5.0, -7.5, "●", pin=True)
    axis = Axis(limits=(0, 1))
    assert "●↘(5.00,-7.50)" in grid(draw(Figure("", (), (off,), axis, axis), 40, 12))[-3]


def test_a_logarithmic_axis_is_never_so_wide_that_it_hides_everything() -> None:
    y = [1.0, 1e-3, 1e-307]
    rows = grid(draw(Figure("", (Series(range(3), y, marker="●"),), y=Axis("log")), 60, 16))
    limits = fit(Axis("log"), [np.array(y)]).limits
    assert limits is not None and limits[0] >= 1e-36
    assert "●↓1.0e-307" in "".join(rows)


@pytest.mark.parametrize("x", [0.0, 1.0, 5.0, 9.0, 10.0])
@pytest.mark.parametrize("width", [24, 40, 90])
@pytest.mark.parametrize("plain", [False, True])
def test_a_cursor_is_a_line_with_a_text_that_cuts_no_other_text(x: float, width: int, plain: bool) -> None:
    one = Series([0, 10], [0, 1], label="a", marker="●", value=0.25)
    figure = Figure("t", (one,), x=Axis(title="updates", whole=True), cursor=Cursor(x, f"update {x:.0f}"))
    rows = grid(draw(figure, width, 12, ascii=plain))
    assert "0.250" in rows[0]
    words = rows[-1].replace(f"update {x:.0f}", "#").split()
    assert "#" in words and set(words) <= {"#", "updates", *map(str, range(11))}
    line, column = "|" if plain else "│", 6 + round((width - 7) * x / 10)
    columns = [column + aside for aside in (-1, 0, 1) if 6 <= column + aside < width]
    assert max(sum(row[c] == line for row in rows[1:10]) for c in columns) >= 6
    assert (
        grid(draw(Figure("t", (one,), cursor=Cursor(99.0, "gone")), width, 12))[1:]
        == grid(draw(Figure("t", (one,)), width, 12))[1:]
    )


def test_a_curve_that_exits_has_an_arrow_with_its_value_at_the_edge_and_nothing_inside() -> None:
    axis = Axis(limits=(0, 10))
    leaves = Series([0.0, 5.0], [1.0, 3e4], exits=True)
    assert "↑3.0e4" in "".join(grid(draw(Figure("", (leaves,), x=axis, y=axis), 60, 14)))
    stays = Series([0.0, 5.0], [1.0, 9.0], exits=True)
    assert draw(Figure("", (stays,), x=axis, y=axis), 60, 14) == draw(
        Figure("", (Series(stays.x, stays.y),), x=axis, y=axis), 60, 14
    )


def test_a_pinned_label_without_text_is_seen_outside_alone() -> None:
    axis = Axis(limits=(0, 10))
    outside, inside = (Label(x, 5.0, "", "start", pin=True) for x in (12.0, 5.0))
    assert "→(12.0,5.00)" in "".join(grid(draw(Figure("", (), (outside,), axis, axis), 60, 14)))
    assert "(5.00" not in "".join(grid(draw(Figure("", (), (inside,), axis, axis), 60, 14)))


def test_the_longest_title_that_has_room_is_written_and_the_legend_beside_it() -> None:
    forms = ("loss after 500 updates, by learning rate", "loss after 500 updates", "loss")
    figure = Figure(forms[0], (Series([0, 1], [0, 1], label="adam", value=2.0, sample="●"),), shorter=forms[1:])
    for width in range(8, 60):
        title = grid(draw(figure, width, 8))[0]
        wanted = next((form for form in forms if len(form) + 1 <= width), forms[-1])
        assert title.startswith(f" {wanted}"), width
        room = width - len(wanted) - 3
        assert ("● adam 2.00" in title) == (room >= len("● adam 2.00  ")), width
