"""Generators of the built-in datasets: number of rows -> (inputs rows x d, targets rows x k).

The data come from `numpy.random.RandomState`; NumPy guarantees that its stream never changes. Classes are numbers.
"""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array

Data = tuple[Array, Array]


def linear_4_3(rows: int) -> Data:
    """Make y = 4 + 3x + N(0, 1), x from U(0, 2)."""
    random = np.random.RandomState(0)
    x = 2 * random.rand(rows, 1)
    return x, 4 + 3 * x + random.randn(rows, 1)


def gaussian(rows: int) -> Data:
    """Make ten inputs from N(0, 1); y = x·w + N(0, 1) with fixed w."""
    random = np.random.RandomState(0)
    x = random.randn(rows, 10)
    weights = random.randn(10, 1)
    return x, x @ weights + random.randn(rows, 1)


def independent(rows: int) -> Data:
    """Make ten inputs and a target, all from N(0, 1), the target independent of the inputs."""
    random = np.random.RandomState(1)
    return random.randn(rows, 10), random.randn(rows, 1)


def gaussian_classes(rows: int) -> Data:
    """Make ten inputs from N(0, 1); class 1 where x·w + x₁² − 1 + N(0, ½²) > 0, with fixed w of length 1."""
    random = np.random.RandomState(0)
    weights = random.randn(10)
    x = random.randn(rows, 10)
    score = x @ weights / np.sqrt(weights @ weights) + x[:, 0] * x[:, 0] - 1
    return x, (score + 0.5 * random.randn(rows) > 0).astype(np.float64)[:, None]


def line(rows: int) -> Data:
    """Make y = 1 + 2x without noise, x evenly from −1 to 1."""
    x = np.linspace(-1.0, 1.0, rows)[:, None]
    return x, 1 + 2 * x


def noisy_sine(rows: int) -> Data:
    """Make y = sin 2x + N(0, 0.3²), x from U(−2, 2)."""
    random = np.random.RandomState(3)
    x = np.sort(4 * random.rand(rows) - 2)[:, None]
    return x, np.sin(2 * x) + 0.3 * random.randn(rows, 1)


def _two_classes(rows: int) -> Array:
    """Return class numbers 0, 1, 0, 1 …: any number of rows is balanced."""
    label: Array = (np.arange(rows) % 2).astype(np.float64)
    return label


def two_moons(rows: int) -> Data:
    """Draw two half circles that reach into each other, noise 0.1."""
    random = np.random.RandomState(0)
    label = _two_classes(rows)
    angle = np.pi * random.rand(rows)
    x = np.where(label == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(label == 0, np.sin(angle), 0.5 - np.sin(angle))
    return np.column_stack((x, y)) + 0.1 * random.randn(rows, 2), label[:, None]


def circles(rows: int) -> Data:
    """Draw a circle of radius ½ inside one of radius 1, noise 0.08."""
    random = np.random.RandomState(0)
    label = _two_classes(rows)
    angle = 2 * np.pi * random.rand(rows)
    radius = np.where(label == 0, 1.0, 0.5)
    points = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    return points + 0.08 * random.randn(rows, 2), label[:, None]


def spirals(rows: int) -> Data:
    """Draw two arms of 1½ turns around each other, noise 0.03."""
    random = np.random.RandomState(0)
    label = _two_classes(rows)
    radius = 0.1 + 0.9 * np.sqrt(random.rand(rows))
    angle = 3 * np.pi * radius + np.pi * label
    points = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    return points + 0.03 * random.randn(rows, 2), label[:, None]


def xor(rows: int) -> Data:
    """Repeat the corners of the unit square, class 1 where exactly one is 1; noise 0.1 from the fifth row on."""
    random = np.random.RandomState(0)
    corner = np.arange(rows) % 4
    a, b = corner // 2, corner % 2
    points = np.column_stack((a, b)).astype(np.float64)
    points[4:] += 0.1 * random.randn(rows, 2)[4:]
    return points, (a ^ b).astype(np.float64)[:, None]


def blobs(rows: int) -> Data:
    """Draw three round clouds of standard deviation 0.5 around (−1, −1), (1.5, 0) and (−0.5, 1.5)."""
    random = np.random.RandomState(0)
    label = np.arange(rows) % 3
    centers = np.array([(-1.0, -1.0), (1.5, 0.0), (-0.5, 1.5)])
    return centers[label] + 0.5 * random.randn(rows, 2), label.astype(np.float64)[:, None]
