"""The engine, measured beside the same loop in C and, where it is installed, beside torch."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from gdtui.objectives.specs import DatasetSpec, ObjectiveSpec, Specification
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.members import Members
from gdtui.simulation.fields.running import Built, Field
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import Sampling

ROSENBROCK = Built(ObjectiveSpec())

C_LOOP = r"""
#include <math.h>
void run(double *theta, long n, double lr, double b1, double b2, double eps) {
    double m[2] = {0, 0}, v[2] = {0, 0}, g[2];
    for (long t = 1; t <= n; t++) {
        double x = theta[0], y = theta[1], a = 1 - x, b = y - x * x;
        g[0] = -2 * a - 400 * x * b;
        g[1] = 200 * b;
        for (int i = 0; i < 2; i++) {
            m[i] = b1 * m[i] + (1 - b1) * g[i];
            v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
            double mh = m[i] / (1 - pow(b1, t)), vh = v[i] / (1 - pow(b2, t));
            theta[i] -= lr * mh / (sqrt(vh) + eps);
        }
    }
}
"""


def per_update(act: Callable[[int], None], n: int, tries: int = 5) -> float:
    """Return the median of microseconds an update."""
    act(min(n, 100))
    times = []
    for _ in range(tries):
        begun = time.perf_counter()
        act(n)
        times.append((time.perf_counter() - begun) / n * 1e6)
    return statistics.median(times)


def lane(objective: Specification, spec: Lane) -> Callable[[int], None]:
    """Return what advances a lane without recording, as a long run between two frames does."""

    run = LaneRun(spec, objective.build(), 0)

    def act(n: int) -> None:
        run.reset()
        run.position = n
        run.make_updates(n, record=0)

    return act


def adam_in_c() -> Callable[[int], None] | None:
    """Return Adam on Rosenbrock in C, or None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    folder = Path(tempfile.mkdtemp())
    (folder / "loop.c").write_text(C_LOOP)
    library = folder / "loop.so"
    flags = ["-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(folder / "loop.c"), "-lm"]
    subprocess.run([compiler, *flags], check=True)
    run = ctypes.CDLL(str(library)).run
    double, vector = ctypes.c_double, ctypes.c_double * 2

    def act(n: int) -> None:
        run(vector(-1.2, 1.0), ctypes.c_long(n), double(0.05), double(0.9), double(0.999), double(1e-8))

    return act


def torch_available() -> bool:
    """Say whether torch can be measured beside."""
    return importlib.util.find_spec("torch") is not None


def adam_in_torch() -> Callable[[int], None]:
    """Return Adam on Rosenbrock as one writes it with torch."""
    import torch

    def act(n: int) -> None:
        theta = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([theta], lr=0.05)
        for _ in range(n):
            optimizer.zero_grad()
            loss = (1 - theta[0]) ** 2 + 100 * (theta[1] - theta[0] ** 2) ** 2
            loss.backward()
            optimizer.step()

    return act


def linear_in_torch() -> Callable[[int], None]:
    """Return linear-4-3 with batches of 20 through torch's DataLoader."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    data = DatasetSpec("linear-4-3").build().data
    loader = DataLoader(TensorDataset(torch.tensor(data[:, :1]), torch.tensor(data[:, 1:])), 20, shuffle=True)

    def act(n: int) -> None:
        model = torch.nn.Linear(1, 1, dtype=torch.float64)
        optimizer, loss_of = torch.optim.SGD(model.parameters(), lr=0.05), torch.nn.MSELoss()
        made = 0
        while made < n:
            for x, y in loader:
                optimizer.zero_grad()
                loss_of(model(x), y).backward()
                optimizer.step()
                made += 1

    return act


def rows() -> list[tuple[str, float, dict[str, float]]]:
    """Return (what, our microseconds an update, others' by name)."""
    out = []
    ours = lane(ObjectiveSpec(), Lane("a", "adam", settings={"lr": 0.05}))
    others = {}
    in_c = adam_in_c()
    if in_c is not None:
        others["C -O3"] = per_update(in_c, 300_000)
    if torch_available():
        others["torch"] = per_update(adam_in_torch(), 300)
    out.append(("Adam, rosenbrock", per_update(ours, 300_000), others))
    spec = Lane("a", "gd", settings={"lr": 0.05}, sampling=Sampling(20))
    others = {"torch + DataLoader": per_update(linear_in_torch(), 500)} if torch_available() else {}
    ours = lane(ObjectiveSpec("dataset", "linear-4-3"), spec)
    out.append(("gd, linear-4-3, batch 20", per_update(ours, 50_000), others))
    return out


def field_of(threads: int) -> Callable[[int], None]:
    """Return what makes n updates of Adam on Rosenbrock from each of 4096 starts, on so many threads."""
    starts = np.random.default_rng(0).uniform((-2, -1), (2, 3), (4096, 2))

    def act(n: int) -> None:
        field = Field(Members(Lane("a", "adam", settings={"lr": 0.05}), 4096, n, starts=starts), ROSENBROCK)
        if threads == 1:
            field.run()
            return
        with ThreadPoolExecutor(threads) as pool:
            for _part in field.parts(executor=pool, threads=threads):
                pass

    return act


def field_rows() -> list[tuple[str, float]]:
    """Return (what, seconds) of 4096 × 1000 updates: scalar C, one thread, two threads; the best of several tries."""
    acts: dict[str, Callable[[], None]] = {}
    in_c = adam_in_c()
    if in_c is not None:
        acts["C -O3, one after another"] = lambda: [in_c(1000) for _ in range(4096)] and None
    acts["one thread"] = lambda: field_of(1)(1000)
    acts["two threads"] = lambda: field_of(2)(1000)
    best = dict.fromkeys(acts, float("inf"))
    for _ in range(7):  # in turn: another program's load falls on all alike
        for name, act in acts.items():
            begun = time.perf_counter()
            act()
            best[name] = min(best[name], time.perf_counter() - begun)
    return list(best.items())


def memory(updates: int = 1_000_000) -> float:
    """Return the MiB that four recorded lanes of `updates` updates need beyond an idle engine."""
    code = (
        "import resource\nfrom gdtui.session import Session\nfrom gdtui.verbs import Step\n"
        "from gdtui.simulation.defaults import default_experiment\n"
        f"s = Session(default_experiment()); s.apply(Step({updates}))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    import sys

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(np.float64(done.stdout))
