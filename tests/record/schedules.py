"""schedules.json: torch.optim.lr_scheduler of torch 2.13.0, the learning rate of each of 60 updates.

python -m tests.record schedules
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.optim import lr_scheduler as schedulers

UPDATES = 60
LR = 0.05

#: (our kind and settings, torch's class, its arguments)
CASES: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"kind": "constant"}, "LambdaLR", {}),
    ({"kind": "step", "every": 7}, "StepLR", {"step_size": 7, "gamma": 0.1}),
    ({"kind": "step", "every": 10, "factor": 0.5}, "StepLR", {"step_size": 10, "gamma": 0.5}),
    ({"kind": "exponential", "factor": 0.97}, "ExponentialLR", {"gamma": 0.97}),
    ({"kind": "cosine", "updates": 60}, "CosineAnnealingLR", {"T_max": 60}),
    ({"kind": "cosine", "updates": 60, "floor": 0.1}, "CosineAnnealingLR", {"T_max": 60, "eta_min": 0.1 * LR}),
    ({"kind": "cosine-restarts", "period": 13}, "CosineAnnealingWarmRestarts", {"T_0": 13}),
    ({"kind": "cosine-restarts", "period": 4, "growth": 2, "floor": 0.1}, "CosineAnnealingWarmRestarts",
     {"T_0": 4, "T_mult": 2, "eta_min": 0.1 * LR}),
    ({"kind": "cosine-restarts", "period": 2, "growth": 3}, "CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 3}),
    ({"kind": "inverse-time", "decay": 0.2}, "LambdaLR", {"decay": 0.2}),
    ({"kind": "warmup-cosine", "updates": 60, "warmup": 10}, "SequentialLR", {"warmup": 10, "T_max": 50}),
    ({"kind": "one-cycle", "updates": 60}, "OneCycleLR", {"max_lr": LR, "total_steps": 60, "cycle_momentum": False}),
    (
        {"kind": "one-cycle", "updates": 60, "rise": 0.5, "initial_divisor": 10, "final_divisor": 100},
        "OneCycleLR",
        {"max_lr": LR, "total_steps": 60, "cycle_momentum": False, "pct_start": 0.5, "div_factor": 10,
         "final_div_factor": 100},
    ),
    ({"kind": "plateau", "patience": 3, "factor": 0.5}, "ReduceLROnPlateau", {"patience": 3, "factor": 0.5}),
    ({"kind": "plateau", "patience": 1, "factor": 0.7, "threshold": 0.05}, "ReduceLROnPlateau",
     {"patience": 1, "factor": 0.7, "threshold": 0.05}),
]  # fmt: skip


def losses() -> list[float]:
    """A loss that falls, stalls and rises again: what a plateau is made of."""
    return [2.0 * math.exp(-k / 15) + 0.3 * math.sin(k / 4) + 1.0 for k in range(UPDATES)]


def scheduler(name: str, optimizer: torch.optim.Optimizer, arguments: dict[str, Any]) -> Any:
    """Make torch's scheduler."""
    if name == "LambdaLR":
        decay = arguments.get("decay", 0.0)
        return schedulers.LambdaLR(optimizer, lambda k: 1.0 / (1.0 + decay * k))
    if name == "SequentialLR":
        warmup = arguments["warmup"]
        climb = schedulers.LinearLR(optimizer, start_factor=1 / warmup, end_factor=1.0, total_iters=warmup - 1)
        fall = schedulers.CosineAnnealingLR(optimizer, T_max=arguments["T_max"])
        return schedulers.SequentialLR(optimizer, [climb, fall], milestones=[warmup])
    return getattr(schedulers, name)(optimizer, **arguments)


def record(_known: Any) -> dict[str, Any]:
    """Record every case."""
    records = []
    for ours, name, arguments in CASES:
        parameter = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([parameter], lr=LR)
        made = scheduler(name, optimizer, arguments)
        rates = []
        for loss in losses():
            rates.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            made.step(loss) if name == "ReduceLROnPlateau" else made.step()
        records.append({"schedule": ours, "class": name, "kwargs": arguments, "lr": rates})
    return {"about": "lr of update t+1", "version": torch.__version__, "lr": LR, "losses": losses(), "records": records}
