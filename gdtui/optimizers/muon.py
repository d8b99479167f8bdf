"""Muon: momentum whose singular values are all made equal."""

from numpy import maximum, sqrt

from gdtui.kernel import Array
from gdtui.optimizers.blocks import aspect, block_optimizer, newton_schulz, norm
from gdtui.optimizers.roles import Decay, Factor, Rate, Small, Velocities


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
