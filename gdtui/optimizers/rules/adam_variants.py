"""Rules like Adam that change what is averaged, or how far the average is trusted."""

from numpy import sign, sqrt

from gdtui.optimizers.language import Accumulator, Decay, Factor, Memory, Rate, Small, Velocity, optimizer, starts

PLACE = 60

# NAdam -----------------------------------------------------------------------------------------


@optimizer(
    "nadam", "pytorch",
    title="NAdam",
    reference="Dozat 2016, alg. 2, with the schedule of its eq. for mu; torch.optim.NAdam",
    teaches="Nesterov's look ahead inside Adam; the momentum itself warms up.",
    direction="m_bar",
)  # fmt: skip
def nadam_pytorch(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator, mu_product: Memory = starts(1.0),
    lr: Rate = 0.002, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, momentum_decay: Factor = 0.004,
) -> float:  # fmt: skip
    mu_t = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu_t
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_bar = mu_next * m / (1 - mu_product * mu_next) + (1 - mu_t) * g / (1 - mu_product)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_bar / (sqrt(v_hat) + eps)


@optimizer(
    "nadam", "keras",
    title="NAdam",
    reference="keras.optimizers.Nadam",
    teaches="The momentum warms up 250 times as fast as PyTorch's.",
    direction="m_bar",
)  # fmt: skip
def nadam_keras(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator, mu_product: Memory = starts(1.0),
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-7,
) -> float:  # fmt: skip
    mu_t = beta1 * (1 - 0.5 * 0.96**t)
    mu_next = beta1 * (1 - 0.5 * 0.96 ** (t + 1))
    mu_product = mu_product * mu_t
    m = m + (g - m) * (1 - beta1)
    v = v + (g * g - v) * (1 - beta2)
    m_bar = mu_next * m / (1 - mu_product * mu_next) + (1 - mu_t) * g / (1 - mu_product)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_bar / (sqrt(v_hat) + eps)


@optimizer(
    "nadam", "optax",
    title="NAdam",
    reference="optax.nadam (its adam with nesterov=True)",
    teaches="No schedule: the look ahead is one more step of the same moving average.",
    direction="m_bar",
)  # fmt: skip
def nadam_optax(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, eps_root: Small = 0.0,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_bar / (sqrt(v_hat + eps_root) + eps)


# RAdam -----------------------------------------------------------------------------------------


@optimizer(
    "radam", "pytorch",
    title="RAdam",
    reference="Liu et al. 2020, alg. 2, where the threshold is rho_t > 4; torch.optim.RAdam, where it is 5",
    teaches="Until v has seen enough gradients to be trusted it is left out: momentum first, Adam later.",
    rate="eta_t",
)  # fmt: skip
def radam(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho_t = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    r2_t = (rho_t - 4) * (rho_t - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho_t)
    eta_t = lr * sqrt(r2_t) * sqrt(1 - beta2**t) / (sqrt(v) + eps) if rho_t > 5 else lr
    return theta - eta_t * m_hat


# AdaBelief -------------------------------------------------------------------------------------


@optimizer(
    "adabelief", "optax",
    title="AdaBelief",
    reference="Zhuang et al. 2020, alg. 2; optax.adabelief",
    teaches="It divides by the distance of the gradient from its moving average: predictable ones make long steps.",
    direction="m_hat",
)  # fmt: skip
def adabelief(
    theta: float, g: float, t: float, m: Velocity, s: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-16, eps_root: Small = 1e-16,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    surprise = g - m
    s = beta2 * s + (1 - beta2) * surprise * surprise + eps_root
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return theta - lr * m_hat / (sqrt(s_hat) + eps)


# Yogi ------------------------------------------------------------------------------------------


@optimizer(
    "yogi", "optax",
    title="Yogi",
    reference="Zaheer et al. 2018, alg. 2; optax.yogi",
    teaches="v moves by an amount that does not depend on v: a burst of gradients is not forgotten at once.",
    direction="m_hat",
)  # fmt: skip
def yogi(
    theta: float, g: float, t: float,
    m: Velocity = starts("initial_accumulator"), v: Accumulator = starts("initial_accumulator"),
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-3,
    initial_accumulator: Factor = 1e-6,
) -> float:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = v - (1 - beta2) * sign(v - g * g) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (sqrt(v_hat) + eps)


# Adan ------------------------------------------------------------------------------------------


@optimizer(
    "adan", "optax",
    title="Adan",
    reference="Xie et al. 2022, alg. 1; optax.adan",
    teaches="It also averages how the gradient changes: Nesterov's look ahead without a second evaluation.",
    direction="u",
)  # fmt: skip
def adan(
    theta: float, g: float, t: float, m: Velocity, v: Memory, n: Accumulator, g_prev: Memory,
    lr: Rate = 0.001, beta1: Decay = 0.98, beta2: Decay = 0.92, beta3: Decay = 0.99,
    eps: Small = 1e-8, eps_root: Small = 1e-8, weight_decay: Factor = 0.0,
) -> float:  # fmt: skip
    change = g - g_prev if t > 1 else 0.0
    ahead = g + (1 - beta2) * change
    g_prev = g
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * ahead * ahead
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    n_hat = n / (1 - beta3**t)
    u = m_hat + (1 - beta2) * v_hat
    theta_decayed = theta - lr * weight_decay * theta
    return theta_decayed - lr * u / (sqrt(n_hat + eps_root) + eps)
