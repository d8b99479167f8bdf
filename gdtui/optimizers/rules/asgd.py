"""Averaged SGD: the answer is the average of the parameters, kept beside them."""

from numpy import maximum

from gdtui.optimizers.language import Factor, Memory, Rate, optimizer, starts

PLACE = 100


@optimizer(
    "asgd", "pytorch",
    title="Averaged SGD",
    reference="Polyak & Juditsky 1992; torch.optim.ASGD",
    teaches="Where noise keeps the parameters from settling, their average settles. Averaging begins after t0 updates.",
    direction="g",
    answer="average",
)  # fmt: skip
def asgd(
    theta: float, g: float, t: float, eta: Memory = starts("lr"), average: Memory = starts(0.0),
    lr: Rate = 0.01, lambd: Factor = 1e-4, alpha: Factor = 0.75, t0: Factor = 1e6,
) -> float:  # fmt: skip
    eta_t = eta
    theta_decayed = (1 - lambd * eta_t) * theta
    mu_t = 1 / maximum(1.0, t - 1 - t0)
    theta_new = theta_decayed - eta_t * g
    average = average + mu_t * (theta_new - average) if mu_t < 1 else theta_new
    eta = lr / (1 + lambd * lr * t) ** alpha
    return theta_decayed - eta_t * g
