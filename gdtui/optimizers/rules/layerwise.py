"""LARS and LAMB: each block of parameters steps in proportion to its own norm."""

from numpy import minimum, sqrt

from gdtui.kernel import Array
from gdtui.optimizers.language import Accumulators, Decay, Factor, Momentum, Rate, Small, Velocities, block_optimizer
from gdtui.optimizers.language.block_operations import norm

PLACE = 120


@block_optimizer(
    "lars", "optax",
    title="LARS",
    reference="You, Gitman & Ginsburg 2017, alg. 1; optax.lars",
    teaches="A block moves by a fixed part of its length, however long its gradient is.",
    rate="eta_t",
)  # fmt: skip
def lars(
    theta: Array, g: Array, t: float, v: Velocities,
    lr: Rate = 0.01, momentum: Momentum = 0.9, trust_coefficient: Factor = 0.001, eps: Small = 0.0,
    weight_decay: Factor = 0.0,
) -> Array:  # fmt: skip
    u = g + weight_decay * theta
    theta_norm = norm(theta)
    u_norm = norm(u)
    trust = trust_coefficient * theta_norm / (u_norm + eps) if minimum(theta_norm, u_norm) > 0 else 1.0
    eta_t = lr * trust
    v = momentum * v - eta_t * u
    return theta + v


@block_optimizer(
    "lamb", "optax",
    title="LAMB",
    reference="You et al. 2020, alg. 2; optax.lamb",
    teaches="Adam's step, rescaled so that every block moves by lr of its own length.",
    direction="r",
)  # fmt: skip
def lamb(
    theta: Array, g: Array, t: float, m: Velocities, v: Accumulators,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-6, eps_root: Small = 0.0,
    weight_decay: Factor = 0.0,
) -> Array:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    r = m_hat / (sqrt(v_hat + eps_root) + eps) + weight_decay * theta
    theta_norm = norm(theta)
    r_norm = norm(r)
    trust = theta_norm / r_norm if minimum(theta_norm, r_norm) > 0 else 1.0
    return theta - lr * trust * r
