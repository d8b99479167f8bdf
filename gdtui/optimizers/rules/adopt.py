"""ADOPT: Adam whose second moment does not hold the gradient that it divides."""

from numpy import maximum, minimum, sqrt

from gdtui.optimizers.language import Accumulator, Decay, Rate, Small, Velocity, optimizer

PLACE = 62


@optimizer(
    "adopt", "optax",
    title="ADOPT",
    reference="Taniguchi et al. 2024, alg. 2, its gradient clipped to (t-1)^0.25; optax.contrib.adopt",
    teaches="It divides each gradient by the root of v before that gradient enters v, and averages the quotients: "
    "unlike Adam it converges for any beta2. The first update only fills v.",
)  # fmt: skip
def adopt(
    theta: float, g: float, t: float, m: Velocity, v: Accumulator,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.9999, eps: Small = 1e-6,
) -> float:  # fmt: skip
    bound = (t - 1) ** 0.25
    quotient = g / maximum(sqrt(v), eps)
    u = minimum(maximum(quotient, -bound), bound)
    m = beta1 * m + (1 - beta1) * u if t > 1 else 0.0
    v = beta2 * v + (1 - beta2) * g * g if t > 1 else g * g
    return theta - lr * m
