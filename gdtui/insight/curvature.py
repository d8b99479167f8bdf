"""How an objective curves at a point: eigenvalues of the Hessian of the loss over all training rows.

The Hessian is exact where a formula is derived, and H·v where a model is. For a formula with more parameters H·v is the
central difference of the exact gradient along v. With few parameters the products give the whole Hessian; with many,
Lanczos' method (1950) gives its largest eigenvalue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from weakref import WeakKeyDictionary

import numpy as np

from gdtui.kernel import Array, compile_behind
from gdtui.objectives.data.random_streams import normals
from gdtui.objectives.network.hessian import hessian_product, hessian_times
from gdtui.objectives.objective import Objective
from gdtui.simulation import waypoints

#: Parameters up to which a formula's Hessian is derived, and up to which the whole Hessian is worked out.
MOST_DERIVED, MOST_WHOLE = 8, 40
#: Products H·v in one measurement by Lanczos' method.
MOST_PRODUCTS = 60
#: Rows × parameters, and parameters, up to which the curvature is measured at all: a measurement takes some 50 ms.
MOST_WORK, MOST_PARAMETERS = 1_000_000, waypoints.MOST
#: Half the length of a central difference, for parameters of size 1.
STEP = 1e-5
#: Lanczos' method ends once the residual is this small a part of the eigenvalue.
TOLERANCE = 1e-4
#: A shorter difference gives the same if it differs by no more than this part of the eigenvalue.
AGREEMENT = 0.02
#: Matrices with smaller eigenvalues have no vector that could be told: dividing by these overflows.
SMALLEST = 1e-200
#: About how long the products of models take to compile.
COMPILING = 5.0
#: Measurements kept of one objective.
KEPT = 16_384


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues of a Hessian.

    Parameters
    ----------
    values
        in ascending order: all of them, or only the largest.
    dimension
        how many there are.
    find_top
        finds the unit eigenvector of the largest.
    """

    values: Array
    dimension: int
    find_top: Callable[[], Array]

    @cached_property
    def top(self) -> Array:
        """The unit eigenvector of the largest; empty where many parameters are measured and only `leading` kept it."""
        return self.find_top()

    @property
    def low(self) -> float:
        """The smallest eigenvalue; nan where only the largest is known."""
        return float(self.values[0]) if len(self.values) == self.dimension else float("nan")

    @property
    def high(self) -> float:
        """The largest eigenvalue."""
        return float(self.values[-1])


Key = tuple[bytes, float]
_measured: WeakKeyDictionary[Objective, dict[Key, Spectrum | None]] = WeakKeyDictionary()


def measurable(objective: Objective) -> bool:
    """Say whether the curvature is measured: there is a loss, and a gradient is cheap enough."""
    return objective.has_loss and objective.dimension <= MOST_PARAMETERS and _work(objective) <= MOST_WORK


def seconds_of_evaluation(objective: Objective) -> float:
    """Return about how long a loss of all rows takes: the call, and each parameter of each row."""
    return 1.2e-5 + 1e-9 * _work(objective)


def seconds(objective: Objective) -> float:
    """Return about how long one measurement takes at most."""
    if objective.expression is not None and objective.dimension <= MOST_DERIVED:
        return 6e-5
    if objective.model is not None and not hessian_times.ready:
        return COMPILING
    products = objective.dimension if objective.dimension <= MOST_WHOLE else MOST_PRODUCTS
    return 1e-4 + 2 * (products + 1) * seconds_of_evaluation(objective)


def is_ready(objective: Objective, limit: float) -> bool:
    """Say within `limit` seconds whether a measurement can begin; what it calls is compiled on another thread."""
    return objective.model is None or not compile_behind((hessian_times,), limit)


def _work(objective: Objective) -> int:
    return max(1, len(objective.train)) * objective.dimension


def known(objective: Objective, theta: Array) -> Spectrum | None:
    """Return the spectrum at theta if it has been measured."""
    return _measured.get(objective, {}).get(_key(theta))


def is_known(objective: Objective, theta: Array) -> bool:
    """Say whether theta has been measured, with or without success."""
    return _key(theta) in _measured.get(objective, {})


def spectrum(objective: Objective, theta: Array) -> Spectrum | None:
    """Return the spectrum at theta; None where it cannot be measured, is not finite or does not exist (a kink)."""
    if not measurable(objective):
        return None
    kept, key = _measured.setdefault(objective, {}), _key(theta)
    if key not in kept:
        _measure_and_keep(objective, theta, kept, key)
    return kept.get(key)


def leading(objective: Objective, theta: Array) -> Spectrum | None:
    """Return the spectrum at theta with the eigenvector of its largest value; it is measured again if that is gone."""
    if not measurable(objective):
        return None
    kept, key = _measured.setdefault(objective, {}), _key(theta)
    if key in kept and ((found := kept[key]) is None or len(found.top)):
        return found
    return _measure_and_keep(objective, theta, kept, key)


def _measure_and_keep(
    objective: Objective, theta: Array, kept: dict[Key, Spectrum | None], key: Key
) -> Spectrum | None:
    """Return the spectrum at theta and keep it; the vector of many parameters is not kept."""
    while len(kept) >= KEPT:
        del kept[next(iter(kept))]
    try:
        found = _measure(objective, theta)
    except np.linalg.LinAlgError:  # numbers near the largest float
        found = None
    many = found is not None and found.dimension > MOST_WHOLE
    kept[key] = replace(found, find_top=lambda: _NONE) if found is not None and many else found
    return found


def _key(theta: Array) -> Key:
    """Return a short key of many parameters: some of them, and a random projection of all."""
    if len(theta) <= MOST_WHOLE:
        return theta.tobytes(), 0.0
    with np.errstate(all="ignore"):  # of parameters near the largest float
        return theta[:MOST_WHOLE].tobytes(), float(theta @ _first_vector(len(theta)))


def is_derived(objective: Objective) -> bool:
    """Say whether the curvature comes from derived second derivatives; else from differences of gradients."""
    return objective.model is not None or objective.dimension <= MOST_DERIVED


def _measure(objective: Objective, theta: Array) -> Spectrum | None:
    if not np.all(np.isfinite(theta)):
        return None
    with np.errstate(all="ignore"):
        if objective.expression is not None and objective.dimension <= MOST_DERIVED:
            return _whole(objective.expression.evaluate_hessian(theta))
        if objective.model is not None:
            return _solved(partial(hessian_product, objective, theta), objective.dimension)
        h = STEP * max(1.0, float(np.sqrt(np.mean(theta * theta))))
        found = _solved(differenced(objective, theta, h), objective.dimension)
        agrees = found is not None and _agrees(differenced(objective, theta, h / 8), found.values[-1:], found.top)
        return found if agrees else None


def _solved(product: Product, dimension: int) -> Spectrum | None:
    """Return the spectrum of the matrix with these products."""
    if dimension <= MOST_WHOLE:
        return _whole(np.array([product(v) for v in np.eye(dimension)]))
    found = _largest(product, dimension)
    return None if found is None else Spectrum(found[0], dimension, lambda: found[1])


_NONE = np.zeros(0)

#: v → H·v.
Product = Callable[[Array], Array]


def differenced(objective: Objective, theta: Array, h: float) -> Product:
    """Return the product H·v by central differences of the gradient, h·v on either side."""

    def product(v: Array) -> Array:
        ahead, behind = (objective.evaluate(theta + sign * h * v)[1] for sign in (1, -1))
        difference: Array = (ahead - behind) / (2 * h)
        return difference

    return product


def _whole(hessian: Array) -> Spectrum | None:
    symmetric = (hessian + hessian.T) / 2
    if not np.all(np.isfinite(symmetric)):
        return None
    values, dimension = _eigenvalues(symmetric), len(symmetric)
    if dimension <= MOST_DERIVED:  # measured at each update, and the vector takes longer than all the rest
        return Spectrum(values, dimension, partial(_top, symmetric, values))
    top = _top(symmetric, values)
    return Spectrum(values, dimension, lambda: top)  # keeps the vector alone: a matrix is larger


def _eigenvalues(matrix: Array) -> Array:
    """Return the eigenvalues of a symmetric matrix, ascending."""
    return np.asarray(np.linalg.eigvalsh(matrix), dtype=np.float64)


@np.errstate(all="ignore")  # of a matrix near the largest float
def _top(matrix: Array, values: Array) -> Array:
    """Return the unit vector of the largest eigenvalue of a symmetric matrix.

    The vector is found by inverse iteration: `numpy.linalg.eigh` shares its work among threads from 25 rows on, and on
    a busy machine they wait for each other a thousand times longer than the work takes.
    """
    vector = _first_vector(len(matrix))
    size = float(np.max(np.abs(values)))
    if size < SMALLEST:
        return vector
    beyond = values[-1] + 1e-10 * size
    for _twice in range(2):
        vector = np.linalg.solve(matrix - beyond * np.eye(len(matrix)), vector)
        vector = vector / np.linalg.norm(vector)
    return vector


def _agrees(product: Product, value: Array, vector: Array) -> bool:
    """Say whether a shorter difference gives the same: at a kink of a loss or an activation it does not."""
    residual = float(np.linalg.norm(product(vector) - value[0] * vector))
    return residual <= AGREEMENT * max(abs(float(value[0])), 1e-6)


@lru_cache(maxsize=128)
def _first_vector(dimension: int) -> Array:
    vector = normals(0, "curvature", 0, dimension)
    return vector / np.linalg.norm(vector)


def _largest(product: Product, dimension: int) -> tuple[Array, Array] | None:
    """Return the largest eigenvalue and its vector by Lanczos' method, with full orthogonalisation."""
    basis = np.zeros((MOST_PRODUCTS, dimension))
    diagonal, beside = np.zeros(MOST_PRODUCTS), np.zeros(MOST_PRODUCTS)
    vector = _first_vector(dimension)
    for k in range(MOST_PRODUCTS):
        basis[k] = vector
        image = product(vector)
        if not np.all(np.isfinite(image)):
            return None
        diagonal[k] = vector @ image
        for _twice in range(2):
            image = image - basis[: k + 1].T @ (basis[: k + 1] @ image)
        beside[k] = np.linalg.norm(image)
        small = np.diag(diagonal[: k + 1]) + np.diag(beside[:k], 1) + np.diag(beside[:k], -1)
        values = _eigenvalues(small)
        top = _top(small, values)
        if beside[k] * abs(top[-1]) <= TOLERANCE * max(abs(values[-1]), 1e-12):
            return values[-1:], basis[: k + 1].T @ top
        vector = image / beside[k]
    return None
