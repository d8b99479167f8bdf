"""Optimizers that give each coordinate a rate of its own, from the gradients it has seen."""

from numpy import sqrt

from gdtui.optimizers.base import optimizer
from gdtui.optimizers.roles import Accumulator, Decay, Factor, Rate, Small, Velocity, starts

# AdaGrad ---------------------------------------------------------------------------------------


@optimizer(
    "adagrad", "paper",
    title="AdaGrad",
    reference="Duchi, Hazan & Singer 2011, eq. 1, epsilon inside the root",
    teaches="Steep coordinates slow down fast, flat ones slowly; every rate only ever falls.",
    direction="g",
)  # fmt: skip
def adagrad(theta: float, g: float, t: float, G: Accumulator, lr: Rate = 0.01, eps: Small = 1e-8) -> float:
    G = G + g * g
    return theta - lr * g / sqrt(G + eps)


@optimizer(
    "adagrad", "pytorch",
    title="AdaGrad",
    reference="torch.optim.Adagrad",
    teaches="epsilon outside the root, and a decay of lr of its own.",
    direction="g",
)  # fmt: skip
def adagrad_pytorch(
    theta: float, g: float, t: float, G: Accumulator = starts("initial_accumulator"),
    lr: Rate = 0.01, eps: Small = 1e-10, lr_decay: Factor = 0.0, initial_accumulator: Factor = 0.0,
) -> float:  # fmt: skip
    G = G + g * g
    eta_t = lr / (1 + (t - 1) * lr_decay)
    return theta - eta_t * g / (sqrt(G) + eps)


@optimizer(
    "adagrad", "keras",
    title="AdaGrad",
    reference="keras.optimizers.Adagrad",
    teaches="The accumulator starts at 0.1, so that the first steps are not the longest.",
    direction="g",
)  # fmt: skip
def adagrad_keras(
    theta: float, g: float, t: float, G: Accumulator = starts("initial_accumulator"),
    lr: Rate = 0.001, eps: Small = 1e-7, initial_accumulator: Factor = 0.1,
) -> float:  # fmt: skip
    G = G + g * g
    return theta - lr * g / sqrt(G + eps)


# RMSProp ---------------------------------------------------------------------------------------


@optimizer(
    "rmsprop", "paper",
    title="RMSProp",
    reference="Hinton, Neural Networks for Machine Learning 2012, lecture 6e",
    teaches="AdaGrad that forgets: the rate recovers where gradients have become small.",
    direction="g",
)  # fmt: skip
def rmsprop(
    theta: float, g: float, t: float, s: Accumulator, lr: Rate = 0.001, beta: Decay = 0.9, eps: Small = 1e-8
) -> float:
    s = beta * s + (1 - beta) * g * g
    return theta - lr * g / sqrt(s + eps)


@optimizer(
    "rmsprop", "pytorch",
    title="RMSProp",
    reference="torch.optim.RMSprop (its alpha is beta here)",
    teaches="epsilon outside the root; a longer memory by default.",
    direction="g",
)  # fmt: skip
def rmsprop_pytorch(
    theta: float, g: float, t: float, s: Accumulator, lr: Rate = 0.01, beta: Decay = 0.99, eps: Small = 1e-8
) -> float:
    s = beta * s + (1 - beta) * g * g
    return theta - lr * g / (sqrt(s) + eps)


@optimizer(
    "rmsprop", "keras",
    title="RMSProp",
    reference="keras.optimizers.RMSprop (its rho is beta here)",
    teaches="epsilon inside the root, and ten times as large.",
    direction="g",
)  # fmt: skip
def rmsprop_keras(
    theta: float, g: float, t: float, s: Accumulator, lr: Rate = 0.001, beta: Decay = 0.9, eps: Small = 1e-7
) -> float:
    s = beta * s + (1 - beta) * g * g
    return theta - lr * g / sqrt(s + eps)


# Adam ------------------------------------------------------------------------------------------


@optimizer(
    "adam", "paper", "pytorch",
    title="Adam",
    reference="Kingma & Ba 2015, alg. 1; torch.optim.Adam",
    teaches="A moving average of gradients over the root of one of their squares, both corrected for starting at 0.",
    direction="m_hat",
)  # fmt: skip
def adam(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (sqrt(v_hat) + eps)


@optimizer(
    "adam", "keras",
    title="Adam",
    reference="keras.optimizers.Adam; Kingma & Ba 2015, end of section 2, with their epsilon-hat",
    teaches="Both corrections go into the rate, so epsilon weighs less in the first updates.",
    direction="m",
)  # fmt: skip
def adam_keras(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-7,
) -> float:  # fmt: skip
    eta_t = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = m + (g - m) * (1 - beta1)
    v = v + (g * g - v) * (1 - beta2)
    return theta - eta_t * m / (sqrt(v) + eps)
