"""Record what tests/reference/networks.json lacks: gelu, leaky-relu, and the recommender. Needs torch."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ROWS = 8
CASES = [
    ([2, 5, 1], "gelu", "mse"),
    ([3, 6, 4, 3], "gelu", "softmax"),
    ([2, 5, 1], "leaky-relu", "bce"),
    ([3, 6, 4, 2], "leaky-relu", "mae"),
    ([4, 40, 2], "tanh", "bce"),
]
ACTIVATIONS = {"gelu": F.gelu, "leaky-relu": F.leaky_relu, "tanh": torch.tanh}
LOSSES = {
    "mse": F.mse_loss, "mae": F.l1_loss, "bce": F.binary_cross_entropy_with_logits,
    "softmax": lambda z, y: F.cross_entropy(z, y[:, 0].long()),
}  # fmt: skip


def network(theta: Tensor, x: Tensor, sizes: list[int], activation: str) -> Tensor:
    """Return the outputs of a network whose parameters lie as gdtui lays them."""
    p = 0
    for k, (n_in, n_out) in enumerate(pairwise(sizes)):
        weight = theta[p : p + n_in * n_out].reshape(n_out, n_in)
        bias = theta[p + n_in * n_out : p + (n_in + 1) * n_out]
        p += (n_in + 1) * n_out
        x = F.linear(x, weight, bias)
        if k < len(sizes) - 2:
            x = ACTIVATIONS[activation](x)
    return x


def record_network(sizes: list[int], activation: str, loss: str) -> dict[str, Any]:
    """Record the loss and gradient of one network at random parameters."""
    theta = torch.randn(sum((a + 1) * b for a, b in pairwise(sizes)), requires_grad=True)
    x, y = torch.randn(ROWS, sizes[0]), torch.randn(ROWS, sizes[-1])
    if loss == "bce":
        y = (y > 0).double()
    if loss == "softmax":
        y = torch.randint(0, sizes[-1], (ROWS, 1)).double()
    value = LOSSES[loss](network(theta, x, sizes, activation), y)
    value.backward()
    return {
        "sizes": sizes, "activation": activation, "loss": loss, "theta": theta.tolist(), "X": x.tolist(),
        "y": y.tolist(), "value": value.item(), "gradient": theta.grad.tolist(),
    }  # fmt: skip


def record_recommender() -> dict[str, Any]:
    """Record a small recommender (3 users, 4 items, width 2): its loss and dense gradient."""
    user, item, last = nn.Embedding(3, 2), nn.Embedding(4, 2), nn.Linear(4, 1)
    clicks = torch.tensor([[0, 1, 1], [2, 3, 0], [0, 3, 1], [2, 3, 1]])
    z = last(torch.cat((user(clicks[:, 0]), item(clicks[:, 1])), 1))
    value = F.binary_cross_entropy_with_logits(z[:, 0], clicks[:, 2].double())
    value.backward()
    parameters = [user.weight, item.weight, last.weight, last.bias]
    return {
        "tables": [[3, 2], [4, 2]], "layers": [4, 1], "clicks": clicks.tolist(), "value": value.item(),
        "theta": torch.cat([p.flatten() for p in parameters]).tolist(),
        "gradient": torch.cat([p.grad.flatten() for p in parameters]).tolist(),
    }  # fmt: skip


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    made = {
        "version": torch.__version__,
        "networks": [record_network(*case) for case in CASES],
        "recommender": record_recommender(),
    }
    path = Path(__file__).resolve().parent.parent / "reference" / "more_networks.json"
    path.write_text(json.dumps(made) + "\n")
    print(path)
