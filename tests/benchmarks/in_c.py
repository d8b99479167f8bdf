"""The same arithmetic as plain loops in C, compiled with -O3."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

#: Adam on Rosenbrock, with its powers where the rule has them: at each coordinate; with -DHOISTED once an update.
ROSENBROCK = r"""
#include <math.h>
void run(double *theta, long n, double lr, double b1, double b2, double eps) {
    double m[2] = {0, 0}, v[2] = {0, 0}, g[2];
    for (long t = 1; t <= n; t++) {
        double x = theta[0], y = theta[1], a = 1 - x, b = y - x * x;
        g[0] = -2 * a - 400 * x * b;
        g[1] = 200 * b;
#ifdef HOISTED
        double c1 = 1 - pow(b1, t), c2 = 1 - pow(b2, t);
#else
#define c1 (1 - pow(b1, t))
#define c2 (1 - pow(b2, t))
#endif
        for (int i = 0; i < 2; i++) {
            m[i] = b1 * m[i] + (1 - b1) * g[i];
            v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
            double mh = m[i] / c1, vh = v[i] / c2;
            theta[i] -= lr * mh / (sqrt(vh) + eps);
        }
    }
}
"""
#: The same as a program: 5·10⁶ updates.
PROGRAM = ROSENBROCK + (
    "int main() { double theta[2] = {-1.2, 1}; run(theta, 5000000, .05, .9, .999, 1e-8); return theta[0] > 2; }"
)
#: Gradient descent on a line through rows of (x, y), batches of 20, shuffled anew in each epoch.
LINE = r"""
#include <stdint.h>
void run(const double *data, double *theta, long n) {
    static long order[100];
    const long rows = 100, batch = 20;
    uint64_t s = 88172645463325252ull;
    for (long i = 0; i < rows; i++) order[i] = i;
    for (long t = 0, at = 0; t < n; t++, at = at + batch < rows ? at + batch : 0) {
        if (at == 0)
            for (long i = rows - 1; i > 0; i--) {  // Fisher & Yates by Marsaglia's xorshift
                s ^= s << 13; s ^= s >> 7; s ^= s << 17;
                long j = (long)(((s >> 32) * (uint64_t)(i + 1)) >> 32), kept = order[i];
                order[i] = order[j]; order[j] = kept;
            }
        double loss = 0, gw = 0, gb = 0;
        for (long r = 0; r < batch; r++) {
            const double *row = data + 2 * order[at + r];
            double e = theta[1] + theta[0] * row[0] - row[1], d = 2 * e / batch;
            loss += e * e; gw += d * row[0]; gb += d;
        }
        theta[0] -= .05 * gw; theta[1] -= .05 * gb;
        volatile double kept = loss; (void) kept;
    }
}
"""
#: A classifier 10 → 50 → 1 with relu and cross-entropy, batches of 32 of 1024 rows, by Adam.
CLASSIFIER = r"""
#include <math.h>
#include <string.h>
void run(const double *data, double *theta, long n) {
    static double g[601], m[601], v[601];
    memset(m, 0, sizeof m); memset(v, 0, sizeof v);
    double *w1 = theta, *b1 = theta + 500, *w2 = theta + 550, *b2 = theta + 600;
    for (long t = 1; t <= n; t++) {
        memset(g, 0, sizeof g);
        for (int r = 0; r < 32; r++) {
            const double *x = data + ((t * 32 + r) % 1024) * 11;
            double h[50], z = *b2;
            for (int j = 0; j < 50; j++) {
                double a = b1[j];
                for (int i = 0; i < 10; i++) a += w1[j * 10 + i] * x[i];
                h[j] = a > 0 ? a : 0;
                z += w2[j] * h[j];
            }
            double d = (1 / (1 + exp(-z)) - x[10]) / 32;
            g[600] += d;
            for (int j = 0; j < 50; j++) {
                g[550 + j] += d * h[j];
                double e = h[j] > 0 ? d * w2[j] : 0;
                g[500 + j] += e;
                for (int i = 0; i < 10; i++) g[j * 10 + i] += e * x[i];
            }
        }
        double c1 = 1 - pow(.9, t), c2 = 1 - pow(.999, t);
        for (int i = 0; i < 601; i++) {
            m[i] = .9 * m[i] + .1 * g[i];
            v[i] = .999 * v[i] + .001 * g[i] * g[i];
            theta[i] -= .001 * (m[i] / c1) / (sqrt(v[i] / c2) + 1e-8);
        }
    }
}
"""
#: The network 2 → 4 → 1 of xor, tanh and cross-entropy, by Adam on all four rows.
XOR = r"""
#include <math.h>
void run(long updates, long runs) {
    static const double X[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, Y[4] = {0, 1, 1, 0};
    for (long q = 0; q < runs; q++) {
        double w[17], g[17], m[17] = {0}, v[17] = {0}, loss = 0;
        for (int i = 0; i < 17; i++) w[i] = sin(1 + i + q);
        for (long t = 1; t <= updates; t++) {
            for (int i = 0; i < 17; i++) g[i] = 0;
            for (int r = 0; r < 4; r++) {
                double a[4], z = w[16];
                for (int j = 0; j < 4; j++) {
                    a[j] = tanh(w[2 * j] * X[r][0] + w[2 * j + 1] * X[r][1] + w[8 + j]);
                    z += w[12 + j] * a[j];
                }
                loss += fmax(z, 0) - z * Y[r] + log1p(exp(-fabs(z)));
                double d = (1 / (1 + exp(-z)) - Y[r]) / 4;
                g[16] += d;
                for (int j = 0; j < 4; j++) {
                    double e = d * w[12 + j] * (1 - a[j] * a[j]);
                    g[12 + j] += d * a[j];
                    g[8 + j] += e; g[2 * j] += e * X[r][0]; g[2 * j + 1] += e * X[r][1];
                }
            }
            double c1 = 1 - pow(.9, t), c2 = 1 - pow(.999, t);
            for (int i = 0; i < 17; i++) {
                m[i] = .9 * m[i] + .1 * g[i];
                v[i] = .999 * v[i] + .001 * g[i] * g[i];
                w[i] -= .05 * (m[i] / c1) / (sqrt(v[i] / c2) + 1e-8);
            }
        }
        volatile double kept = loss; (void) kept;
    }
}
"""


def program(source: str, folder: Path, *flags: str) -> Path | None:
    """Return what a C compiler makes of a source in a folder, None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    (folder / "loop.c").write_text(source)
    made = folder / "loop"
    subprocess.run(
        [compiler, "-O3", "-march=native", *flags, "-o", str(made), str(folder / "loop.c"), "-lm"], check=True
    )
    return made


def _library(source: str) -> ctypes.CDLL | None:
    made = program(source, Path(tempfile.mkdtemp()), "-shared", "-fPIC")
    return None if made is None else ctypes.CDLL(str(made))


def adam() -> Callable[[int], None] | None:
    """Return what makes n updates of Adam on Rosenbrock, or None without a compiler."""
    library = _library(ROSENBROCK)
    if library is None:
        return None
    double, vector = ctypes.c_double, ctypes.c_double * 2

    def act(n: int) -> None:
        library.run(vector(-1.2, 1.0), ctypes.c_long(n), double(0.05), double(0.9), double(0.999), double(1e-8))

    return act


def line() -> Callable[[int], None] | None:
    """Return what makes n updates of a line through 100 points, or None without a compiler."""
    library = _library(LINE)
    if library is None:
        return None
    values = [number for i in range(100) for number in (i / 100, 4 + 3 * i / 100)]
    data, theta = (ctypes.c_double * 200)(*values), (ctypes.c_double * 2)()
    return lambda n: library.run(data, theta, ctypes.c_long(n))


def classifier() -> Callable[[int], None] | None:
    """Return what makes n updates of the classifier, or None without a compiler."""
    library = _library(CLASSIFIER)
    if library is None:
        return None
    values = [((i * 2654435761) % 2**32) / 2**31 - 1 for i in range(1024 * 11)]
    values[10::11] = [float(value > 0) for value in values[10::11]]
    data = (ctypes.c_double * len(values))(*values)
    theta = (ctypes.c_double * 601)(*(value / 4 for value in values[:601]))
    return lambda n: library.run(data, theta, ctypes.c_long(n))


def xor() -> Callable[[int, int], None] | None:
    """Return what makes n updates of so many runs of the network of xor, or None without a compiler."""
    library = _library(XOR)
    if library is None:
        return None
    return lambda updates, runs: library.run(ctypes.c_long(updates), ctypes.c_long(runs))
