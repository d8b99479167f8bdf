"""Steps of constant length: only the sign of an average, or of the gradient, counts."""

from numpy import sign

from gdtui.optimizers.language import Decay, Factor, Rate, Velocity, optimizer

PLACE = 70


@optimizer(
    "lion", "optax",
    title="Lion",
    reference="Chen et al. 2023, alg. 2; optax.lion",
    teaches="Every coordinate moves by lr, whatever its gradient; one memory read at two speeds. Weights decay.",
)  # fmt: skip
def lion_optax(
    theta: float, g: float, t: float, m: Velocity,
    lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.99, weight_decay: Factor = 0.001,
) -> float:  # fmt: skip
    c = beta1 * m + (1 - beta1) * g
    m = beta2 * m + (1 - beta2) * g
    theta_decayed = theta - lr * weight_decay * theta
    return theta_decayed - lr * sign(c)


@optimizer(
    "lion", "keras",
    title="Lion",
    reference="keras.optimizers.Lion",
    teaches="The same without decay.",
)  # fmt: skip
def lion_keras(
    theta: float, g: float, t: float, m: Velocity, lr: Rate = 0.001, beta1: Decay = 0.9, beta2: Decay = 0.99
) -> float:
    c = beta1 * m + (1 - beta1) * g
    m = beta2 * m + (1 - beta2) * g
    return theta - lr * sign(c)


@optimizer(
    "signsgd", "optax",
    title="signSGD",
    reference="Bernstein et al. 2018, alg. 1; optax.sign_sgd",
    teaches="Flat or steep, every step is lr: it never settles closer than that.",
)  # fmt: skip
def signsgd(theta: float, g: float, t: float, lr: Rate = 0.01) -> float:
    return theta - lr * sign(g)
