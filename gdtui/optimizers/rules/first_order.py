"""Descent along the gradient, or along a moving average of it."""

from gdtui.optimizers.language import Momentum, Number, Rate, Velocity, optimizer, same_text

PLACE = 10


@optimizer(
    "gd", "plain", "keras", "optax",
    title="Gradient descent",
    reference="Cauchy 1847; keras.optimizers.SGD, optax.sgd",
    teaches="The step is as long as the gradient is steep, times lr.",
    direction="g",
    stable_below="2 / lambda_max",
)  # fmt: skip
def gd(theta: float, g: float, t: float, lr: Rate = 0.01) -> float:
    return theta - lr * g


same_text(
    gd, "pytorch",
    reference="torch.optim.SGD",
    teaches="The same step; only clipping and decay, where asked for, are each library's own.",
    lr=0.001,
)  # fmt: skip


@optimizer(
    "momentum", "classical", "keras",
    title="Momentum",
    reference="Polyak 1964; Sutskever et al. 2013, eq. 1-2; keras.optimizers.SGD(momentum)",
    teaches="Gradients that agree build speed, gradients that alternate cancel. lr is inside v.",
    stable_below="2 * (1 + momentum) / lambda_max",
)  # fmt: skip
def momentum_classical(
    theta: float, g: float, t: float, v: Velocity, lr: Rate = 0.01, momentum: Momentum = 0.9
) -> float:
    v = momentum * v - lr * g
    return theta + v


@optimizer(
    "momentum", "pytorch", "optax",
    title="Momentum",
    reference="torch.optim.SGD(momentum, dampening); optax.sgd(momentum), which has no dampening",
    teaches="lr stands outside v: change it, and the whole velocity obeys at once.",
    direction="v",
    stable_below="2 * (1 + momentum) / ((1 - dampening) * lambda_max)",
)  # fmt: skip
def momentum_pytorch(
    theta: float, g: float, t: float, v: Velocity,
    lr: Rate = 0.001, momentum: Momentum = 0.9, dampening: Number = 0.0,
) -> float:  # fmt: skip
    v = momentum * v + (1 - dampening) * g if t > 1 else g
    return theta - lr * v


@optimizer(
    "momentum", "ema",
    title="Momentum",
    reference="Kingma & Ba 2015, alg. 1 without its second moment and correction",
    teaches="v is a moving average of gradients: as long as one gradient, not 1/(1-beta) of them.",
    direction="v",
    stable_below="2 * (1 + beta) / ((1 - beta) * lambda_max)",
)  # fmt: skip
def momentum_ema(theta: float, g: float, t: float, v: Velocity, lr: Rate = 0.01, beta: Momentum = 0.9) -> float:
    v = beta * v + (1 - beta) * g
    return theta - lr * v


# Nesterov --------------------------------------------------------------------------------------


@optimizer(
    "nesterov", "classical", "keras",
    title="Nesterov momentum",
    reference="Nesterov 1983; Sutskever et al. 2013, eq. 3-4, rewritten; keras.optimizers.SGD(nesterov=True)",
    teaches="It steps to where the velocity is about to carry it: it brakes one update earlier.",
    stable_below="2 * (1 + momentum) / ((1 + 2 * momentum) * lambda_max)",
)  # fmt: skip
def nesterov_classical(
    theta: float, g: float, t: float, v: Velocity, lr: Rate = 0.01, momentum: Momentum = 0.9
) -> float:
    v = momentum * v - lr * g
    return theta + momentum * v - lr * g


@optimizer(
    "nesterov", "pytorch",
    title="Nesterov momentum",
    reference="torch.optim.SGD(momentum, nesterov=True)",
    teaches="The same look ahead with lr outside v.",
    direction="ahead",
    stable_below="2 * (1 + momentum) / ((1 + 2 * momentum) * lambda_max)",
)  # fmt: skip
def nesterov_pytorch(
    theta: float, g: float, t: float, v: Velocity, lr: Rate = 0.001, momentum: Momentum = 0.9
) -> float:
    v = momentum * v + g
    ahead = g + momentum * v
    return theta - lr * ahead
