"""Adam, and rules that differ from it in one place: the maximum, the decay, the norm."""

from numpy import maximum, sqrt

from gdtui.optimizers.language import (
    Accumulator,
    Decay,
    Factor,
    Memory,
    Rate,
    Small,
    Velocity,
    optimizer,
    same_text,
    starts,
)  # fmt: skip

PLACE = 50

# Adam ------------------------------------------------------------------------------------------


@optimizer(
    "adam", "paper", "pytorch",
    title="Adam",
    reference="Kingma & Ba 2015, alg. 1; torch.optim.Adam",
    teaches="A moving average of gradients over the root of one of their squares, both corrected for starting at 0.",
    direction="m_hat",
    options={"bias_correction": True},
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
    teaches="Both corrections go into the rate, so epsilon weighs more in the first updates: as if over √(1−β₂ᵗ).",
    direction="m",
    options={"bias_correction": True},
)  # fmt: skip
def adam_keras(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-7,
) -> float:  # fmt: skip
    eta_t = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = m + (g - m) * (1 - beta1)
    v = v + (g * g - v) * (1 - beta2)
    return theta - eta_t * m / (sqrt(v) + eps)


@optimizer(
    "adam", "optax",
    title="Adam",
    reference="optax.adam",
    teaches="A second epsilon under the root; 0 by default, and then it is the paper's Adam.",
    direction="m_hat",
)  # fmt: skip
def adam_optax(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, eps_root: Small = 0.0,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (sqrt(v_hat + eps_root) + eps)


@optimizer(
    "adam", "paper", "pytorch",
    title="Adam without bias correction",
    reference="Kingma & Ba 2015, section 6.4",
    teaches="v starts at 0 and needs 1/(1-beta2) updates to fill: the first steps are far too long.",
    direction="m",
    options={"bias_correction": False},
)  # fmt: skip
def adam_uncorrected(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return theta - lr * m / (sqrt(v) + eps)


same_text(
    adam_uncorrected, "keras",
    reference="Kingma & Ba 2015, section 6.4, with Keras's epsilon",
    teaches="v starts at 0 and needs 1/(1-beta2) updates to fill: the first steps are far too long.",
    eps=1e-7,
)  # fmt: skip


@optimizer(
    "adam", "pytorch",
    title="Adam for sparse gradients",
    reference="torch.optim.SparseAdam",
    teaches="Where there is no gradient nothing moves and nothing is forgotten; dense Adam goes on by its momentum.",
    rate="eta_t",
    options={"bias_correction": True, "sparse": True},
)  # fmt: skip
def adam_sparse(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8,
) -> float:  # fmt: skip
    m = m + (g - m) * (1 - beta1) if g != 0 else m
    v = v + (g * g - v) * (1 - beta2) if g != 0 else v
    eta_t = lr * sqrt(1 - beta2**t) / (1 - beta1**t) / (sqrt(v) + eps) if g != 0 else 0.0
    return theta - eta_t * m


# AMSGrad ---------------------------------------------------------------------------------------


@optimizer(
    "amsgrad", "pytorch",
    title="AMSGrad",
    reference="Reddi, Kale & Kumar 2018, alg. 2; torch.optim.Adam(amsgrad=True): the maximum of the raw v",
    teaches="The divisor never falls, so a rate that has shrunk stays shrunk. The paper corrects neither m nor v.",
    direction="m_hat",
)  # fmt: skip
def amsgrad_pytorch(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator, v_max: Memory,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    v_max = maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    return theta - lr * m_hat / (sqrt(v_hat) + eps)


@optimizer(
    "amsgrad", "optax",
    title="AMSGrad",
    reference="optax.amsgrad: the maximum of the corrected v",
    teaches="The first v-hat is the largest for long: one steep start holds the rate down.",
    direction="m_hat",
)  # fmt: skip
def amsgrad_optax(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator, v_max: Memory,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, eps_root: Small = 0.0,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    v_max = maximum(v_max, v_hat)
    return theta - lr * m_hat / (sqrt(v_max + eps_root) + eps)


# AdamW -----------------------------------------------------------------------------------------


@optimizer(
    "adamw", "pytorch",
    title="AdamW",
    reference="torch.optim.AdamW; Loshchilov & Hutter 2019, alg. 2, with the decay times lr",
    teaches="Weights decay by themselves: the decay does not pass through the accumulator.",
    direction="m_hat",
)  # fmt: skip
def adamw_pytorch(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, weight_decay: Factor = 0.01,
) -> float:  # fmt: skip
    theta_decayed = theta * (1 - lr * weight_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta_decayed - lr * m_hat / (sqrt(v_hat) + eps)


@optimizer(
    "adamw", "paper",
    title="AdamW",
    reference="Loshchilov & Hutter 2019, alg. 2; eta_t is their schedule multiplier, lr over the lr of the start",
    teaches="The decay goes with the schedule alone: another lr does not change it. PyTorch's is lr times as strong.",
    direction="m_hat",
)  # fmt: skip
def adamw(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator, alpha: Memory = starts("lr"),
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, weight_decay: Factor = 1e-5,
) -> float:  # fmt: skip
    eta_t = lr / alpha if alpha > 0 else 1.0
    theta_decayed = theta * (1 - eta_t * weight_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta_decayed - lr * m_hat / (sqrt(v_hat) + eps)


@optimizer(
    "adamw", "keras",
    title="AdamW",
    reference="keras.optimizers.AdamW",
    teaches="Keras's Adam with a decay that does not pass through the accumulator.",
    direction="m",
)  # fmt: skip
def adamw_keras(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-7, weight_decay: Factor = 0.004,
) -> float:  # fmt: skip
    theta_decayed = theta - theta * weight_decay * lr
    eta_t = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = m + (g - m) * (1 - beta1)
    v = v + (g * g - v) * (1 - beta2)
    return theta_decayed - eta_t * m / (sqrt(v) + eps)


@optimizer(
    "adamw", "optax",
    title="AdamW",
    reference="optax.adamw",
    teaches="The same decay, a hundredth of PyTorch's by default, and a second epsilon under the root.",
    direction="m_hat",
)  # fmt: skip
def adamw_optax(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, eps_root: Small = 0.0,
    weight_decay: Factor = 1e-4,
) -> float:  # fmt: skip
    theta_decayed = theta - lr * weight_decay * theta
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta_decayed - lr * m_hat / (sqrt(v_hat + eps_root) + eps)


# AdaMax ----------------------------------------------------------------------------------------


@optimizer(
    "adamax", "pytorch",
    title="AdaMax",
    reference="Kingma & Ba 2015, alg. 2; torch.optim.Adamax",
    teaches="The largest gradient lately in place of the root of a mean square: no second correction needed.",
    direction="m",
)  # fmt: skip
def adamax_pytorch(
    theta: float, g: float, t: float, m: Velocity, u: Accumulator,
    lr: Rate = 0.002, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8,
) -> float:  # fmt: skip
    eta_t = lr / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * g
    u = maximum(beta2 * u, abs(g) + eps)
    return theta - eta_t * m / u


@optimizer(
    "adamax", "keras",
    title="AdaMax",
    reference="keras.optimizers.Adamax",
    teaches="epsilon stands in the divisor, not in the memory.",
    direction="m",
)  # fmt: skip
def adamax_keras(
    theta: float, g: float, t: float, m: Velocity, u: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-7,
) -> float:  # fmt: skip
    m = m + (g - m) * (1 - beta1)
    u = maximum(beta2 * u, abs(g))
    return theta - lr * m / ((1 - beta1**t) * (u + eps))
