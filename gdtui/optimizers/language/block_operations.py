"""Operations over a block as a whole, for rules over blocks: norms, means, Newton-Schulz.

Each operation is written twice: in NumPy, which a rule's text calls in Python, and as loops, which kernels contain.
Tests check that both give the same bits.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array

# The operations, as a rule's text calls them -----------------------------------------------------
# Sums run in the order of the coordinates (cumsum, not sum), so that they equal the sums of the kernels bit for bit.


def norm(x: Array) -> float:
    """Return the Euclidean norm of a block: ‖x‖."""
    return float(np.sqrt(np.cumsum(x * x)[-1]))


def rms(x: Array) -> float:
    """Return the root of the mean square of a block."""
    return float(np.sqrt(np.cumsum(x * x)[-1] / x.size))


def mean(x: Array) -> float:
    """Return the mean over a block."""
    return float(np.cumsum(x)[-1] / x.size)


def aspect(x: Array) -> float:
    """Return rows / columns of a matrix."""
    return x.shape[0] / x.shape[1]


def row_mean(x: Array) -> Array:
    """Return the matrix with every entry replaced by the mean of its row."""
    return np.broadcast_to(np.cumsum(x, axis=1)[:, -1:] / x.shape[1], x.shape)


def column_mean(x: Array) -> Array:
    """Return the matrix with every entry replaced by the mean of its column."""
    return np.broadcast_to(np.cumsum(x, axis=0)[-1:] / x.shape[0], x.shape)


def newton_schulz(x: Array) -> Array:
    """Return X with singular values near 1: five iterations of X ← aX + b(XXᵀ)X + c(XXᵀ)²X."""
    if x.shape[0] > x.shape[1]:
        return newton_schulz(x.T).T
    for _ in range(5):
        gram = _product(x, x.T)
        x = NS_A * x + _product(NS_B * gram + NS_C * _product(gram, gram), x)
    return x


def _product(a: Array, b: Array) -> Array:
    return np.cumsum(a[:, :, None] * b[None, :, :], axis=1)[:, -1, :]


#: The coefficients of Jordan et al. 2024, as in torch.optim.Muon.
NS_A, NS_B, NS_C = 3.4445, -4.7750, 2.0315


# The same as loops over x[first : first + rows * cols], for the kernels --------------------------
# A kernel contains their source. They return a number, or write their matrix to x.


def _norm(x: Array, first: int, rows: int, cols: int) -> float:
    total = 0.0
    for i in range(first, first + rows * cols):
        total += x[i] * x[i]
    return np.sqrt(total)


def _rms(x: Array, first: int, rows: int, cols: int) -> float:
    total = 0.0
    for i in range(first, first + rows * cols):
        total += x[i] * x[i]
    return np.sqrt(total / (rows * cols))


def _mean(x: Array, first: int, rows: int, cols: int) -> float:
    total = 0.0
    for i in range(first, first + rows * cols):
        total += x[i]
    return total / (rows * cols)


def _aspect(x: Array, first: int, rows: int, cols: int) -> float:
    return rows / cols


def _row_mean(x: Array, first: int, rows: int, cols: int) -> None:
    for r in range(rows):
        total = 0.0
        for c in range(cols):
            total += x[first + r * cols + c]
        for c in range(cols):
            x[first + r * cols + c] = total / cols


def _column_mean(x: Array, first: int, rows: int, cols: int) -> None:
    sums = np.zeros(cols)
    for r in range(rows):
        for c in range(cols):
            sums[c] += x[first + r * cols + c]
    for r in range(rows):
        for c in range(cols):
            x[first + r * cols + c] = sums[c] / rows


def _newton_schulz(x: Array, first: int, rows: int, cols: int) -> None:
    # The matrix is `length` vectors of n numbers, with n the smaller side: (XXᵀ)X = X(XᵀX). gram and mix are
    # symmetric, so each inner loop runs along one of their rows.
    n = min(rows, cols)
    length = max(rows, cols)
    near = cols if rows <= cols else 1  # distance between numbers of a vector
    along = 1 if rows <= cols else cols  # distance between vectors
    gram = np.empty((n, n))
    mix = np.empty((n, n))
    old = np.empty(n)
    new = np.empty(n)
    for _ in range(5):
        gram[:] = 0.0
        for k in range(length):
            for i in range(n):
                old[i] = x[first + i * near + k * along]
            for i in range(n):
                for j in range(n):
                    gram[i, j] += old[i] * old[j]
        for i in range(n):
            new[:] = 0.0
            for k in range(n):
                for j in range(n):
                    new[j] += gram[i, k] * gram[k, j]
            for j in range(n):
                mix[i, j] = NS_B * gram[i, j] + NS_C * new[j]
        for k in range(length):
            for i in range(n):
                old[i] = x[first + i * near + k * along]
            new[:] = 0.0
            for j in range(n):
                for i in range(n):
                    new[i] += mix[j, i] * old[j]
            for i in range(n):
                x[first + i * near + k * along] = NS_A * old[i] + new[i]


@dataclass(frozen=True)
class Operation:
    """One operation over a block: its loops, and whether its result is one number for the block.

    People read `symbols`, in which {} is its argument, or `numbers`, in which {} is the argument at one coordinate.
    """

    loops: Callable[..., object]
    scalar: bool
    symbols: str
    numbers: str


#: Every operation, by the name that rules call.
OPERATIONS = {
    "norm": Operation(_norm, True, "√Σ{}²", "√(… + {}² + …)"),
    "rms": Operation(_rms, True, "√(Σ{}²/n)", "√((… + {}² + …)/n)"),
    "mean": Operation(_mean, True, "Σ{}/n", "(… + {} + …)/n"),
    "aspect": Operation(_aspect, True, "rows/columns", "rows/columns"),
    "row_mean": Operation(_row_mean, False, "Σⱼ{}/columns", "(… + {} + …)/columns"),
    "column_mean": Operation(_column_mean, False, "Σᵢ{}/rows", "(… + {} + …)/rows"),
    "newton_schulz": Operation(
        _newton_schulz, False, "(3.4445·{0} − 4.775·{0}{0}ᵀ{0} + 2.0315·({0}{0}ᵀ)²{0}) 5×", "(…, {}, …)"
    ),
}


def operation_of(node: ast.expr | None) -> tuple[str, ast.expr] | None:
    """Return (operation, argument) of an expression `operation(…)`, or None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OPERATIONS:
        return node.func.id, node.args[0]
    return None
