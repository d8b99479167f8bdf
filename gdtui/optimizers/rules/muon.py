"""Muon: momentum with all its singular values made equal."""

from numpy import maximum, sqrt

from gdtui.kernel import Array
from gdtui.optimizers.language import Accumulators, Decay, Factor, Rate, Small, Velocities, block_optimizer
from gdtui.optimizers.language.block_operations import aspect, newton_schulz, norm

PLACE = 140


def muon_optax_matrix(
    theta: Array, g: Array, t: float, m: Velocities, v: Accumulators,
    lr: Rate = 0.001, beta: Decay = 0.95, eps: Small = 1e-8, weight_decay: Factor = 0.0,
    beta1: Decay = 0.9, beta2: Decay = 0.999, eps_root: Small = 0.0,
) -> Array:  # fmt: skip
    m = beta * m + (1 - beta) * g
    m_bar = beta * m / (1 - beta ** (t + 1)) + (1 - beta) * g / (1 - beta**t)
    m_norm = norm(m_bar)
    X = m_bar / (m_norm + eps)
    Q = newton_schulz(X)
    shape = aspect(theta)
    eta_t = lr * sqrt(maximum(1.0, shape))
    theta_decayed = theta - lr * weight_decay * theta
    return theta_decayed - eta_t * Q


@block_optimizer(
    "muon", "optax",
    title="Muon",
    reference="optax.contrib.muon: Jordan et al. 2024 on matrices, optax.adamw(nesterov=True) on all else",
    teaches="Matrices step equally far in every direction; biases, which have no directions to even out, go by NAdam.",
    rate="eta_t",
    matrices=muon_optax_matrix,
)  # fmt: skip
def muon_optax(
    theta: Array, g: Array, t: float, m: Velocities, v: Accumulators,
    lr: Rate = 0.001, beta: Decay = 0.95, eps: Small = 1e-8, weight_decay: Factor = 0.0,
    beta1: Decay = 0.9, beta2: Decay = 0.999, eps_root: Small = 0.0,
) -> Array:  # fmt: skip
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    eta_t = lr / (sqrt(v_hat + eps_root) + eps)
    return theta - eta_t * m_bar


@block_optimizer(
    "muon", "pytorch",
    title="Muon",
    reference="Jordan et al. 2024; torch.optim.Muon (which orthogonalises in bfloat16, this in float64)",
    teaches="A matrix steps equally far in every direction it steps in at all, strong or weak. Matrices only.",
    direction="Q",
    matrices_only=True,
)  # fmt: skip
def muon(
    theta: Array, g: Array, t: float, v: Velocities,
    lr: Rate = 0.001, momentum: Decay = 0.95, eps: Small = 1e-7, weight_decay: Factor = 0.1,
) -> Array:  # fmt: skip
    v = v + (g - v) * (1 - momentum)
    u = g + (v - g) * momentum
    u_norm = norm(u)
    X = u / maximum(u_norm, eps)
    Q = newton_schulz(X)
    shape = aspect(theta)
    eta_t = lr * sqrt(maximum(1.0, shape))
    theta_decayed = theta * (1 - lr * weight_decay)
    return theta_decayed - eta_t * Q
