"""Adafactor: for a matrix, the second moment is kept as one number per row and per column."""

from numpy import maximum, minimum, sqrt

from gdtui.kernel import Array
from gdtui.optimizers.language import Accumulators, Factor, Falling, Grow, Memories, Rate, Small, block_optimizer
from gdtui.optimizers.language.block_operations import column_mean, mean, rms, row_mean

PLACE = 130


def adafactor_matrix(
    theta: Array, g: Array, t: float, v: Accumulators, row: Memories, column: Memories,
    lr: Rate = 0.01, beta2_decay: Falling = -0.8, eps1: Small = 2.0**-52, eps2: Small = 1e-3, d: Grow = 1.0,
    weight_decay: Factor = 0.0,
) -> Array:  # fmt: skip
    rate = t**beta2_decay
    theta_rms = rms(theta)
    alpha_t = maximum(eps2, theta_rms) * minimum(lr, 1 / sqrt(t))
    g2_row = row_mean(g * g)
    g2_column = column_mean(g * g)
    row = row + (g2_row - row) * rate
    column = column + (g2_column - column) * rate
    whole = mean(row)
    v = row * column / maximum(whole, eps1)
    u = g / sqrt(maximum(v, eps1 * eps1))
    u_rms = rms(u)
    theta_decayed = theta * (1 - lr * weight_decay)
    return theta_decayed - alpha_t / maximum(1.0, u_rms / d) * u


@block_optimizer(
    "adafactor", "pytorch",
    title="Adafactor",
    reference="Shazeer & Stern 2018, alg. 4 (matrices) and 5 (vectors); torch.optim.Adafactor",
    teaches="Steps in proportion to the parameters' own size, clipped; rows + columns of memory, not rows x columns.",
    direction="u",
    matrices=adafactor_matrix,
)  # fmt: skip
def adafactor(
    theta: Array, g: Array, t: float, v: Accumulators, row: Memories, column: Memories,
    lr: Rate = 0.01, beta2_decay: Falling = -0.8, eps1: Small = 2.0**-52, eps2: Small = 1e-3, d: Grow = 1.0,
    weight_decay: Factor = 0.0,
) -> Array:  # fmt: skip
    rate = t**beta2_decay
    theta_rms = rms(theta)
    alpha_t = maximum(eps2, theta_rms) * minimum(lr, 1 / sqrt(t))
    v = v + (g * g - v) * rate
    u = g / sqrt(maximum(v, eps1 * eps1))
    u_rms = rms(u)
    theta_decayed = theta * (1 - lr * weight_decay)
    return theta_decayed - alpha_t / maximum(1.0, u_rms / d) * u
