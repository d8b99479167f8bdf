"""AdaDelta: the rate is the ratio of two averages, of squared steps and of squared gradients."""

from numpy import sqrt

from gdtui.optimizers.language import Accumulator, Decay, Memory, Rate, Small, optimizer, same_text

PLACE = 40


@optimizer(
    "adadelta", "paper",
    title="AdaDelta",
    reference="Zeiler 2012, alg. 1 (it has no lr: 1)",
    teaches="No learning rate to choose: steps are measured in the size of earlier steps.",
    direction="g",
)  # fmt: skip
def adadelta(
    theta: float, g: float, t: float, E_g2: Accumulator, E_dx2: Memory,
    lr: Rate = 1.0, rho: Decay = 0.95, eps: Small = 1e-6,
) -> float:  # fmt: skip
    E_g2 = rho * E_g2 + (1 - rho) * g * g
    ratio = sqrt(E_dx2 + eps) / sqrt(E_g2 + eps)
    dx = ratio * g
    E_dx2 = rho * E_dx2 + (1 - rho) * dx * dx
    return theta - lr * ratio * g


same_text(
    adadelta, "pytorch",
    reference="torch.optim.Adadelta",
    teaches="The paper's arithmetic with a shorter memory.",
    rho=0.9,
)  # fmt: skip
same_text(
    adadelta, "keras",
    reference="keras.optimizers.Adadelta",
    teaches="The paper's arithmetic, but lr 0.001 by default: a thousandth of the paper's step.",
    lr=0.001, eps=1e-7,
)  # fmt: skip
