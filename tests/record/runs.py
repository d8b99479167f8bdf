"""runs.json: whole closed-loop runs of torch 2.13.0, full batch, from the starts of the file.

python -m tests.record runs
"""

import torch

from tests.record.lbfgs import linear_4_3
from tests.record.surfaces import SURFACES


def record(known):
    """Record every run of `known` anew: the loss that update `at` started from and where it ended."""
    return [_run(old) for old in known]


def _run(old):
    surface = SURFACES.get(old["problem"].get("surface"))
    loss = (lambda p: surface(p[0], p[1])) if surface else linear_4_3()
    theta = torch.tensor(old["theta0"], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, old["class"])([theta], **old["kwargs"])
    losses, points = [], []
    for t in range(1, old["steps"] + 1):
        optimizer.zero_grad()
        value = loss(theta)
        value.backward()
        optimizer.step()
        if t in old["at"]:
            losses.append(value.item())
            points.append(theta.tolist())
    return {**old, "version": torch.__version__, "loss_before": losses, "theta_after": points}
