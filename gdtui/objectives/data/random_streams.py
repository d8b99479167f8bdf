"""Random numbers as pure functions of (seed, purpose, block).

They come from the raw stream of Philox, a counter-based generator (Salmon et al. 2011): NumPy guarantees that this
stream never changes.
"""

from __future__ import annotations

import zlib
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gdtui.kernel import Array, Indices

Raw: TypeAlias = NDArray[np.uint64]


def raw_stream(seed: int, purpose: str, block: int, count: int) -> Raw:
    """Return `count` raw 64-bit numbers of the stream (seed, purpose, block)."""
    key = np.array([seed % 2**64, zlib.crc32(purpose.encode())], dtype=np.uint64)
    counter = np.array([0, 0, block, 0], dtype=np.uint64)
    return np.random.Philox(key=key, counter=counter).random_raw(count)


def uniforms(raw: Raw) -> Array:
    """Map raw 64-bit numbers to [0, 1): their upper 53 bits."""
    scaled: Array = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return scaled


def normals(seed: int, purpose: str, block: int, count: int) -> Array:
    """Return `count` standard normal numbers (Box & Muller 1958)."""
    half = -(-count // 2)
    u = uniforms(raw_stream(seed, purpose, block, 2 * half)).reshape(half, 2)
    radius, angle = np.sqrt(-2.0 * np.log1p(-u[:, 0])), 2.0 * np.pi * u[:, 1]
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle))).ravel()[:count]


def shuffled(seed: int, purpose: str, count: int) -> Indices:
    """Return the numbers 0 … count − 1 in random order."""
    order: Indices = np.argsort(raw_stream(seed, purpose, 0, count), kind="stable").astype(np.int64)
    return order
