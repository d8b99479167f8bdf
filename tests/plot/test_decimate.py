"""Decimation keeps extremes and gaps; simplification keeps the line within a dot."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdtui.plot.decimate import decimate, simplify, thin_path

ys = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")) | st.just(float("inf")), min_size=1, max_size=400)


@given(ys, st.integers(1, 40))
def test_the_extremes_survive_and_no_column_is_crowded(values: list[float], columns: int) -> None:
    y = np.array(values)
    x = np.arange(y.size, dtype=float)
    edges = np.linspace(0, max(1, y.size - 1), columns + 1)
    u, v = decimate(x, y, edges)
    finite = y[np.isfinite(y)]
    shown = v[np.isfinite(v)]
    if finite.size == 0:
        assert shown.size == 0
        return
    assert shown.min() == finite.min() and shown.max() == finite.max()
    assert shown.size <= 2 * (columns + 2) + 1
    assert set(zip(u[np.isfinite(v)], shown, strict=True)) <= set(zip(x, y, strict=True))


@given(ys, st.integers(1, 10))
def test_no_two_points_are_joined_across_a_gap(values: list[float], columns: int) -> None:
    y = np.array(values)
    x = np.arange(y.size, dtype=float)
    u, v = decimate(x, y, np.linspace(0, y.size, columns + 1))
    for i in range(len(u) - 1):
        if np.isfinite(v[i]) and np.isfinite(v[i + 1]):
            assert np.isfinite(y[int(u[i]) : int(u[i + 1]) + 1]).all()


def test_new_points_do_not_change_the_old_columns() -> None:
    y = np.random.default_rng(0).normal(size=2000)
    x = np.arange(2000.0)
    edges = np.linspace(0, 2000, 101)
    u, v = decimate(x[:1500], y[:1500], edges)
    w, z = decimate(x, y, edges)
    old = u < 1480
    assert np.array_equal(w[: old.sum()], u[old]) and np.array_equal(z[: old.sum()], v[old])


points = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=60)


@given(points)
def test_a_simplified_line_passes_every_point_it_left_out(dots: list[tuple[int, int]]) -> None:
    kept = simplify(dots)
    assert kept[0] == dots[0] and kept[-1] == dots[-1]
    lines = list(pairwise(kept)) or [(kept[0], kept[0])]
    for p in dots:
        assert min(_distance(p, a, b) for a, b in lines) <= 1.25


def _distance(p: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> float:
    start, step = np.array(a, float), np.array(b, float) - a
    t = np.clip(np.dot(p - start, step) / max(1e-12, step @ step), 0, 1)
    return float(np.linalg.norm(p - start - t * step))


def test_a_long_path_is_thinned_but_keeps_its_recent_half() -> None:
    path = np.column_stack((np.arange(10_000), np.arange(10_000))).astype(np.int32)
    thin = thin_path(path, 1000)
    assert len(thin) <= 1600
    assert np.array_equal(thin[-500:], path[-500:]) and np.array_equal(thin[0], path[0])
