"""Planes in the space of all parameters, on which a loss can be drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.data.random_streams import normals

#: Directions that are iterated for the two that are wanted; with no more points than that they are found directly.
DIRECTIONS = 12
MOST_ITERATIONS = 60
#: A path is straight if all of it is within this part of its length of a line.
STRAIGHT = 1e-7


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane of parameters.

    Parameters
    ----------
    origin
        its position (0, 0).
    axes
        two orthonormal directions (2 x d).
    variance
        the part of a path's variance that lies on the plane; nan if it is not the plane of a path.
    """

    origin: Array
    axes: Array
    variance: float = float("nan")

    @np.errstate(all="ignore")  # of lanes near the largest float
    def project(self, points: Array) -> Array:
        """Return the positions on the plane (n x 2) that are nearest to points (n x d)."""
        found: Array = (points - self.origin) @ self.axes.T
        return found

    @np.errstate(all="ignore")  # of lanes near the largest float
    def parameters(self, positions: Array) -> Array:
        """Return the parameters (n x d) at positions on the plane (n x 2)."""
        found: Array = self.origin + positions @ self.axes
        return found


@np.errstate(all="ignore")  # of lanes near the largest float
def principal_plane(points: Array) -> Plane | None:
    """Return the plane through the mean of a path (n x d) along its first two principal components.

    The first axis points from the path's beginning to its end. None: the path is a point or straight.
    """
    if len(points) < 3 or not np.all(np.isfinite(points)):
        return None
    center = points.mean(axis=0)
    offsets = points - center
    size = float(np.max(np.abs(offsets), initial=0.0))
    if size == 0.0 or not np.isfinite(size):
        return None
    offsets = offsets / size
    values, vectors = _largest(offsets @ offsets.T)
    if values[1] <= STRAIGHT**2 * values[0]:
        return None
    axes, _upper = np.linalg.qr(offsets.T @ vectors)
    along = (points[-1] - points[0]) @ axes
    across = axes[np.argmax(np.abs(axes), axis=0), (0, 1)]
    signs = np.where(np.array([along[0], across[1]]) < 0, -1.0, 1.0)
    return Plane(center, np.ascontiguousarray((axes * signs).T), float(np.sum(values)) / float(np.sum(offsets**2)))


@np.errstate(all="ignore")  # of lanes near the largest float
def plane_through(start: Array, first: Array, second: Array) -> Plane | None:
    """Return the plane through three points, its first axis from the start to `first`; None: they are in line."""
    a, b = first - start, second - start
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if not all(np.isfinite(lengths)) or min(lengths) == 0.0:
        return None
    a = a / lengths[0]
    b = b / lengths[1]
    b = b - (a @ b) * a
    rest = float(np.linalg.norm(b))
    if rest < STRAIGHT:
        return None
    return Plane(start.copy(), np.array([a, b / rest]))


@np.errstate(all="ignore")  # of lanes near the largest float
def filter_normalised_plane(theta: Array, blocks: Indices, seed: int = 0) -> tuple[Plane, float] | None:
    """Return a random plane through parameters, and how far it reaches; None: there are no two directions.

    Each direction is random, and as long in every filter, a row of a weight matrix, as the parameters are there; biases
    stay as they are: Li et al. 2018, "Visualizing the loss landscape of neural nets", section 4.

    Parameters
    ----------
    blocks
        (first, rows, columns) of each block of parameters; a vector has 1 column.
    seed
        of the directions.
    """
    directions = normals(seed, "random plane", 0, 2 * len(theta)).reshape(2, -1)
    shaped = np.zeros_like(directions)
    for first, rows, columns in blocks.tolist():
        if columns == 1 and len(blocks) > 1:
            continue
        filters = slice(first, first + rows * columns)
        sizes = (rows, columns) if columns > 1 else (1, rows)
        own = np.linalg.norm(theta[filters].reshape(sizes), axis=1, keepdims=True)
        for direction, out in zip(directions, shaped, strict=True):
            drawn = direction[filters].reshape(sizes)
            out[filters] = (drawn * (own / np.linalg.norm(drawn, axis=1, keepdims=True))).ravel()
    plane = plane_through(np.zeros(len(theta)), shaped[0], shaped[1])
    return None if plane is None else (Plane(theta.copy(), plane.axes), float(np.linalg.norm(shaped[0])))


def _largest(gram: Array) -> tuple[Array, Array]:
    """Return the two largest eigenvalues of a positive matrix and their vectors (n x 2), by subspace iteration.

    Halko, Martinsson and Tropp 2011, algorithm 4.4. `numpy.linalg.eigh` shares larger matrices among threads, which
    wait for each other on a busy machine.
    """
    n = len(gram)
    if n <= DIRECTIONS:
        values, vectors = np.linalg.eigh(gram)
        return np.maximum(values[:-3:-1], 0.0), vectors[:, :-3:-1]
    basis, _upper = np.linalg.qr(normals(0, "plane", 0, n * DIRECTIONS).reshape(n, DIRECTIONS))
    before = np.zeros(2)
    for _iteration in range(MOST_ITERATIONS):
        basis, _upper = np.linalg.qr(gram @ basis)
        values, turn = np.linalg.eigh(basis.T @ gram @ basis)
        newest = np.maximum(values[:-3:-1], 0.0)
        if np.all(np.abs(newest - before) <= 1e-14 * newest[0]):
            break
        before = newest
    return newest, basis @ turn[:, :-3:-1]
