"""lbfgs.json: torch.optim.LBFGS of torch 2.13.0, the parameters after each of 30 calls of step(closure).

python -m tests.record lbfgs
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tests.record.surfaces import SURFACES

STEPS = 30
Loss = Callable[[torch.Tensor], torch.Tensor]


def linear_4_3() -> Loss:
    """Return the mean squared error of y = w·x + b on the data of the dataset of that name."""
    random = np.random.RandomState(0)
    x = 2 * random.rand(100, 1)
    y = 4 + 3 * x + random.randn(100, 1)
    inputs, targets = torch.from_numpy(x[:, 0]), torch.from_numpy(y[:, 0])
    return lambda p: torch.mean((p[0] * inputs + p[1] - targets) ** 2)


#: (kind, name, where it starts, the loss in torch)
OBJECTIVES: list[tuple[str, str, list[float], Loss]] = [
    ("surface", "rosenbrock", [-1.2, 1.0], lambda p: SURFACES["rosenbrock"](p[0], p[1])),
    ("surface", "beale", [3.0, 4.0], lambda p: SURFACES["beale"](p[0], p[1])),
    ("surface", "himmelblau", [0.0, 0.0], lambda p: SURFACES["himmelblau"](p[0], p[1])),
    ("surface", "ravine", [-7.0, 2.0], lambda p: SURFACES["ravine"](p[0], p[1])),
    ("dataset", "linear-4-3", [0.0, 0.0], linear_4_3()),
    # the first step of length 1 ends beyond x = 0, where there is no number
    ("expression", "10*x - log(x) + (x*y)^2", [0.3, 2.0],
     lambda p: 10 * p[0] - torch.log(p[0]) + (p[0] * p[1]) ** 2),
]  # fmt: skip

#: torch's arguments: the rate, and what one step(closure) may do. max_eval as torch has it at max_iter = 20.
SETTINGS: list[dict[str, Any]] = [
    {"lr": lr, "max_iter": max_iter, "max_eval": 25, "strong_wolfe": strong_wolfe}
    for strong_wolfe in (False, True)
    for max_iter in (1, 20)
    for lr in (1.0, 0.1)
] + [
    {"lr": 1.0, "max_iter": 1, "max_eval": 25, "strong_wolfe": True, "history_size": 2},
    {"lr": 1.0, "max_iter": 20, "max_eval": 25, "strong_wolfe": True, "tolerance_grad": 0.1, "tolerance_change": 1e-3},
]


def run(start: list[float], loss: Loss, settings: dict[str, Any]) -> dict[str, Any]:
    """Return parameters, calls of the closure and iterations after each step."""
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    arguments = {key: value for key, value in settings.items() if key != "strong_wolfe"}
    search = "strong_wolfe" if settings["strong_wolfe"] else None
    optimizer = torch.optim.LBFGS([theta], line_search_fn=search, **arguments)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(theta)
        value.backward()
        return value

    points, evaluations, iterations = [], [], []
    raised = ""
    for _ in range(STEPS):
        try:
            optimizer.step(closure)
        except IndexError as error:  # torch's search, at a value that is no number
            raised = repr(error)
            break
        state = optimizer.state[theta]
        points.append(theta.tolist())
        evaluations.append(state["func_evals"])
        iterations.append(state["n_iter"])
    return {"theta": points, "evaluations": evaluations, "iterations": iterations, "raised": raised}


def spread(start: list[float], loss: Loss, settings: dict[str, Any], theta: list[list[float]]) -> list[float]:
    """Return how far torch is from itself, relatively, when a coordinate of the start moves by one ulp (of 1 at least).

    Where this is large no other arithmetic can be in step: it is the run's own chaos.
    """
    worst = np.zeros(len(theta))
    for i in range(len(start)):
        for way in (-1.0, 1.0):
            moved = list(start)
            moved[i] += way * float(np.spacing(max(1.0, abs(moved[i]))))
            other, here = np.array(run(moved, loss, settings)["theta"]), np.array(theta)
            if len(other) != len(here) or not len(here):
                continue
            with np.errstate(all="ignore"):
                error = np.where(other == here, 0.0, np.abs(other - here) / np.abs(here))
            worst = np.maximum(worst, np.nan_to_num(error.max(axis=1), nan=0.0))
    return worst.tolist()


def recording(kind: str, name: str, start: list[float], loss: Loss, settings: dict[str, Any]) -> dict[str, Any]:
    """Return one recorded run."""
    made = run(start, loss, settings)
    ulp = [float(f"{v:.1e}") for v in spread(start, loss, settings, made["theta"])]
    return {"kind": kind, "name": name, "start": start, "settings": settings, **made, "spread": ulp}


def record(_known: Any) -> dict[str, Any]:
    """Record every objective with every settings."""
    torch.set_num_threads(1)
    records = [
        recording(kind, name, start, loss, settings) for kind, name, start, loss in OBJECTIVES for settings in SETTINGS
    ]
    about = (
        "theta after each step(closure); evaluations, iterations: torch's state func_evals, n_iter; "
        "spread: relative change of theta when the start moves by one ulp"
    )
    return {"about": about, "version": torch.__version__, "records": records}
