"""AdaGrad: a rate per coordinate, from the sum of all squared gradients."""

from numpy import sqrt

from gdtui.optimizers.language import Accumulator, Factor, Rate, Small, optimizer, starts

PLACE = 20


@optimizer(
    "adagrad", "notes",
    title="AdaGrad",
    reference="as lecture notes write it, epsilon inside the root; Duchi, Hazan & Singer 2011, fig. 1, has it outside",
    teaches="Steep coordinates slow down fast, flat ones slowly; every rate only ever falls.",
    direction="g",
    former="paper",
)  # fmt: skip
def adagrad(theta: float, g: float, t: float, G: Accumulator, lr: Rate = 0.01, eps: Small = 1e-8) -> float:
    G = G + g * g
    return theta - lr * g / sqrt(G + eps)


@optimizer(
    "adagrad", "pytorch",
    title="AdaGrad",
    reference="torch.optim.Adagrad; without lr_decay Duchi, Hazan & Singer 2011, fig. 1 (eps is their delta)",
    teaches="epsilon outside the root, and a decay of lr of its own.",
    direction="g",
)  # fmt: skip
def adagrad_pytorch(
    theta: float, g: float, t: float, G: Accumulator = starts("initial_accumulator"),
    lr: Rate = 0.01, eps: Small = 1e-10, lr_decay: Factor = 0.0, initial_accumulator: Factor = 0.0,
) -> float:  # fmt: skip
    G = G + g * g
    eta_t = lr / (1 + (t - 1) * lr_decay)
    return theta - eta_t * g / (sqrt(G) + eps)


@optimizer(
    "adagrad", "keras",
    title="AdaGrad",
    reference="keras.optimizers.Adagrad",
    teaches="The accumulator starts at 0.1, so that the first steps are not the longest.",
    direction="g",
)  # fmt: skip
def adagrad_keras(
    theta: float, g: float, t: float, G: Accumulator = starts("initial_accumulator"),
    lr: Rate = 0.001, eps: Small = 1e-7, initial_accumulator: Factor = 0.1,
) -> float:  # fmt: skip
    G = G + g * g
    return theta - lr * g / sqrt(G + eps)
