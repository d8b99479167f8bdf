"""FTRL: the minimiser of all linearised losses so far, with an l1 term that makes zeros."""

from numpy import maximum, minimum

from gdtui.optimizers.language import Accumulator, Factor, Falling, Memory, Rate, optimizer, starts

PLACE = 110


@optimizer(
    "ftrl", "keras",
    title="FTRL-Proximal",
    reference="McMahan et al. 2013, alg. 1; keras.optimizers.Ftrl",
    teaches="The parameters are worked out anew from two sums; where the start left no trace in z it is forgotten.",
    rate="eta_t",
)  # fmt: skip
def ftrl(
    theta: float, g: float, t: float, G: Accumulator = starts("initial_accumulator"), z: Memory = starts(0.0),
    lr: Rate = 0.001, l1: Factor = 0.0, l2: Factor = 0.0, lr_power: Falling = -0.5, initial_accumulator: Factor = 0.1,
) -> float:  # fmt: skip
    root_before = G ** (-lr_power)
    G = G + g * g
    root = G ** (-lr_power)
    z = z + g - (root - root_before) / lr * theta
    z_kept = z - minimum(maximum(z, -l1), l1)
    eta_t = 1 / (root / lr + 2 * l2)
    return -eta_t * z_kept
