"""networks.json, more_networks.json: losses and gradients of small models, from autograd of torch 2.13.0.

python -m tests.record networks more_networks
"""

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

ROWS = 8
#: What networks.json lacks: sizes, activation, loss; at random parameters and rows.
MORE = [
    ([2, 5, 1], "gelu", "mse"),
    ([3, 6, 4, 3], "gelu", "softmax"),
    ([2, 5, 1], "leaky-relu", "bce"),
    ([3, 6, 4, 2], "leaky-relu", "mae"),
    ([4, 40, 2], "tanh", "bce"),
]
ACTIVATIONS = {
    "identity": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "gelu": F.gelu,
    "leaky-relu": F.leaky_relu,
}  # fmt: skip
LOSSES = {
    "mse": F.mse_loss, "mae": F.l1_loss, "huber": F.smooth_l1_loss, "bce": F.binary_cross_entropy_with_logits,
    "softmax": lambda z, y: F.cross_entropy(z, y[:, 0].long()),
}  # fmt: skip


def network(theta, x, sizes, activation):
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


def record(known):
    """Record every model of `known` at its own parameters and rows."""
    return [
        _model(r["sizes"], r["activation"], r["loss"], *(_tensor(r[k]) for k in ("theta", "X", "y"))) for r in known
    ]


def record_more(_known):
    """Record `MORE` and a small recommender, at parameters drawn by torch."""
    torch.manual_seed(0)
    networks = [_model(sizes, activation, loss, *_draw(sizes, loss)) for sizes, activation, loss in MORE]
    return {"version": torch.__version__, "networks": networks, "recommender": _recommender()}


def _tensor(numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def _draw(sizes, loss):
    theta = torch.randn(sum((a + 1) * b for a, b in pairwise(sizes)), dtype=torch.float64)
    x = torch.randn(ROWS, sizes[0], dtype=torch.float64)
    y = torch.randn(ROWS, sizes[-1], dtype=torch.float64)
    if loss == "bce":
        y = (y > 0).double()
    if loss == "softmax":
        y = torch.randint(0, sizes[-1], (ROWS, 1)).double()
    return theta, x, y


def _model(sizes, activation, loss, theta, x, y):
    theta.requires_grad_()
    value = LOSSES[loss](network(theta, x, sizes, activation), y)
    value.backward()
    return {
        "sizes": sizes, "activation": activation, "loss": loss, "theta": theta.tolist(), "X": x.tolist(),
        "y": y.tolist(), "value": value.item(), "gradient": theta.grad.tolist(),
    }  # fmt: skip


def _recommender():
    """3 users, 4 items, width 2: the loss and the dense gradient."""
    double = {"dtype": torch.float64}
    user, item, last = nn.Embedding(3, 2, **double), nn.Embedding(4, 2, **double), nn.Linear(4, 1, **double)
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
