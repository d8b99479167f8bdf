"""NovoGrad: one second moment for a whole block."""

from numpy import sqrt

from gdtui.kernel import Array
from gdtui.optimizers.language import Accumulators, Decay, Factor, Rate, Small, Velocities, block_optimizer
from gdtui.optimizers.language.block_operations import norm

PLACE = 80


@block_optimizer(
    "novograd", "optax",
    title="NovoGrad",
    reference="Ginsburg et al. 2019, alg. 1; optax.novograd",
    teaches="All coordinates of a block share one divisor: the direction of the gradient is kept.",
    direction="m",
)  # fmt: skip
def novograd(
    theta: Array, g: Array, t: float, m: Velocities, v: Accumulators,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.25, eps: Small = 1e-6, eps_root: Small = 0.0,
    weight_decay: Factor = 0.0,
) -> Array:  # fmt: skip
    g_norm = norm(g)
    beta_t = beta2 if t > 1 else 0.0
    v = beta_t * v + (1 - beta_t) * g_norm * g_norm
    scale = 1 / (sqrt(v + eps_root) + eps)
    m = beta1 * m + scale * g + weight_decay * theta
    return theta - lr * m
