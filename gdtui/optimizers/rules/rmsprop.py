"""RMSProp: a rate per coordinate, from a moving average of squared gradients."""

from numpy import sqrt

from gdtui.optimizers.language import Accumulator, Decay, Memory, Momentum, Rate, Small, Velocity, optimizer, same_text

PLACE = 30

PLAIN = {"centered": False, "momentum": False}
CENTERED = {"centered": True, "momentum": False}
MOMENTUM = {"centered": False, "momentum": True}
BOTH = {"centered": True, "momentum": True}


@optimizer(
    "rmsprop", "notes", "optax",
    title="RMSProp",
    reference="Hinton 2012, lecture 6e, without an epsilon; inside the root: lecture notes, optax.rmsprop (decay)",
    teaches="AdaGrad that forgets: the rate recovers where gradients have become small.",
    direction="g",
    former="paper",
)  # fmt: skip
def rmsprop(
    theta: float, g: float, t: float, s: Accumulator, lr: Rate = 0.001, beta: Decay = 0.9, eps: Small = 1e-8
) -> float:
    s = beta * s + (1 - beta) * g * g
    return theta - lr * g / sqrt(s + eps)


# PyTorch -----------------------------------------------------------------------------


@optimizer(
    "rmsprop", "pytorch",
    title="RMSProp",
    reference="torch.optim.RMSprop (its alpha is beta here)",
    teaches="epsilon outside the root; a longer memory by default.",
    direction="g",
    options=PLAIN,
)  # fmt: skip
def rmsprop_pytorch(
    theta: float, g: float, t: float, s: Accumulator, lr: Rate = 0.01, beta: Decay = 0.99, eps: Small = 1e-8
) -> float:
    s = beta * s + (1 - beta) * g * g
    return theta - lr * g / (sqrt(s) + eps)


@optimizer(
    "rmsprop", "pytorch",
    title="RMSProp, centered",
    reference="torch.optim.RMSprop(centered=True); Graves 2013, eq. 38-41",
    teaches="Divided by the spread of the gradients, not by their size: steady gradients go further.",
    direction="g",
    options=CENTERED,
)  # fmt: skip
def rmsprop_pytorch_centered(
    theta: float, g: float, t: float, s: Accumulator, g_bar: Memory,
    lr: Rate = 0.01, beta: Decay = 0.99, eps: Small = 1e-8,
) -> float:  # fmt: skip
    s = beta * s + (1 - beta) * g * g
    g_bar = beta * g_bar + (1 - beta) * g
    return theta - lr * g / (sqrt(s - g_bar * g_bar) + eps)


@optimizer(
    "rmsprop", "pytorch",
    title="RMSProp with momentum",
    reference="torch.optim.RMSprop(momentum)",
    teaches="A velocity of gradients that have been scaled already; lr stands outside.",
    options=MOMENTUM,
)  # fmt: skip
def rmsprop_pytorch_momentum(
    theta: float, g: float, t: float, b: Velocity, s: Accumulator,
    lr: Rate = 0.01, beta: Decay = 0.99, momentum: Momentum = 0.9, eps: Small = 1e-8,
) -> float:  # fmt: skip
    s = beta * s + (1 - beta) * g * g
    b = momentum * b + g / (sqrt(s) + eps)
    return theta - lr * b


@optimizer(
    "rmsprop", "pytorch",
    title="RMSProp, centered, with momentum",
    reference="torch.optim.RMSprop(centered=True, momentum)",
    teaches="A velocity of gradients divided by their spread.",
    options=BOTH,
)  # fmt: skip
def rmsprop_pytorch_centered_momentum(
    theta: float, g: float, t: float, b: Velocity, s: Accumulator, g_bar: Memory,
    lr: Rate = 0.01, beta: Decay = 0.99, momentum: Momentum = 0.9, eps: Small = 1e-8,
) -> float:  # fmt: skip
    s = beta * s + (1 - beta) * g * g
    g_bar = beta * g_bar + (1 - beta) * g
    b = momentum * b + g / (sqrt(s - g_bar * g_bar) + eps)
    return theta - lr * b


# Keras -------------------------------------------------------------------------------


same_text(
    rmsprop, "keras",
    reference="keras.optimizers.RMSprop (its rho is beta here)",
    teaches="epsilon inside the root, and ten times as large.",
    options=PLAIN,
    eps=1e-7,
)  # fmt: skip


@optimizer(
    "rmsprop", "keras",
    title="RMSProp, centered",
    reference="keras.optimizers.RMSprop(centered=True)",
    teaches="Divided by the spread of the gradients, not by their size: steady gradients go further.",
    direction="g",
    options=CENTERED,
)  # fmt: skip
def rmsprop_keras_centered(
    theta: float, g: float, t: float, s: Accumulator, g_bar: Memory,
    lr: Rate = 0.001, beta: Decay = 0.9, eps: Small = 1e-7,
) -> float:  # fmt: skip
    s = beta * s + (1 - beta) * g * g
    g_bar = beta * g_bar + (1 - beta) * g
    return theta - lr * g / sqrt(s - g_bar * g_bar + eps)


@optimizer(
    "rmsprop", "keras",
    title="RMSProp with momentum",
    reference="keras.optimizers.RMSprop(momentum)",
    teaches="lr is inside the velocity: a change of it takes effect slowly.",
    rate="eta_t",
    options=MOMENTUM,
)  # fmt: skip
def rmsprop_keras_momentum(
    theta: float, g: float, t: float, b: Velocity, s: Accumulator,
    lr: Rate = 0.001, beta: Decay = 0.9, momentum: Momentum = 0.9, eps: Small = 1e-7,
) -> float:  # fmt: skip
    s = beta * s + (1 - beta) * g * g
    eta_t = lr / sqrt(s + eps)
    b = momentum * b + eta_t * g
    return theta - b


@optimizer(
    "rmsprop", "keras",
    title="RMSProp, centered, with momentum",
    reference="keras.optimizers.RMSprop(centered=True, momentum)",
    teaches="A velocity of gradients divided by their spread, lr inside.",
    rate="eta_t",
    options=BOTH,
)  # fmt: skip
def rmsprop_keras_centered_momentum(
    theta: float, g: float, t: float, b: Velocity, s: Accumulator, g_bar: Memory,
    lr: Rate = 0.001, beta: Decay = 0.9, momentum: Momentum = 0.9, eps: Small = 1e-7,
) -> float:  # fmt: skip
    s = beta * s + (1 - beta) * g * g
    g_bar = beta * g_bar + (1 - beta) * g
    eta_t = lr / sqrt(s - g_bar * g_bar + eps)
    b = momentum * b + eta_t * g
    return theta - b
