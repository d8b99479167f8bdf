"""Pictures of a whole sweep: the loss over one key as curves, over two as maps, over more as points."""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.figure import Axis, Backdrop, Figure, Series
from gdtui.plot.palette import series_color
from gdtui.simulation.fields.combinations import Sweep
from gdtui.simulation.fields.running import Field
from gdtui.text import _
from gdtui.view.loss_steps import GLYPHS, ROLE, shades_of


def figures(sweep: Sweep) -> list[Figure]:
    """Return one figure of all lanes, or, over a grid of two keys, one for each."""
    keys = list(sweep.points)
    grid = _grid(sweep)
    if grid is not None:
        return [_map(sweep, name, field, *grid) for name, field in sweep.fields.items()]
    x = sweep.points[keys[0]]
    curves = []
    for number, (name, field) in enumerate(sweep.fields.items()):
        found = field.outcomes
        losses = np.where(found.diverged, np.nan, found.loss)
        order = np.argsort(x, kind="stable")
        best = float(np.nanmin(losses)) if np.any(np.isfinite(losses)) else None
        kind = "line" if len(keys) == 1 else "points"
        color = series_color(number)
        curves.append(Series(x[order], losses[order], color, kind, label=name, value=best))  # type: ignore[arg-type]
    known = np.concatenate([curve.y for curve in curves])
    positive = bool(np.all(known[np.isfinite(known)] > 0))
    title = _("loss after {updates} updates").format(updates=sweep.updates)
    return [Figure(title, tuple(curves), x=_axis(keys[0], x), y=Axis("log" if positive else "linear"))]


def _grid(sweep: Sweep) -> tuple[Array, Array] | None:
    """Return the values of both keys if the points are a grid of two; None if they are not."""
    if len(sweep.points) != 2:
        return None
    first, second = sweep.points.values()
    x, y = np.unique(first), np.unique(second)
    whole = len(first) == len(x) * len(y) and len(x) > 1 and len(y) > 1
    return (x, y) if whole and np.array_equal(np.tile(y, len(x)), second) else None


def _map(sweep: Sweep, name: str, field: Field, x: Array, y: Array) -> Figure:
    found, objective = field.outcomes, field.objective
    start = objective.evaluate(objective.start)[0]
    codes, key = shades_of(np.where(found.diverged, np.nan, found.loss), start, objective.minima)
    keys = list(sweep.points)
    title = _("loss of {lane} after {updates} updates, {key} upwards; blank: diverged")
    title = title.format(lane=name, updates=sweep.updates, key=keys[1])
    backdrop = Backdrop(("sweep", name), shade=codes.reshape(len(x), len(y)).T, role=ROLE, glyphs=GLYPHS)
    return Figure(title, x=_axis(keys[0], x), y=_axis(keys[1], y), backdrop=backdrop, key=key)


def _axis(key: str, values: Array) -> Axis:
    """Return the axis of a key: logarithmic if its values are spaced by factors."""
    found = np.unique(values)
    log = (
        len(found) > 2 and found[0] > 0 and np.allclose(np.diff(np.log(found)), np.log(found[1] / found[0]), rtol=0.01)
    )
    return Axis("log" if log else "linear", (float(found[0]), float(found[-1])) if len(found) > 1 else None, key)
