"""Schedule-free learning: gradients are taken at y, between a fast point z and the weighted average x of all z.

θ is y. The answer is x: the column `average_loss` has the loss there.
"""

from numpy import maximum, sqrt

from gdtui.optimizers.language import Accumulator, Decay, Factor, Memory, Rate, Small, optimizer, starts

PLACE = 102


@optimizer(
    "schedule-free-sgd", "schedulefree",
    title="Schedule-free SGD",
    reference="Defazio et al. 2024, eq. 2-5; schedulefree.SGDScheduleFree",
    teaches="An average takes the place of a falling rate. Theta is y, where gradients are taken; the answer is x.",
    answer="x",
)  # fmt: skip
def schedule_free_sgd(
    theta: float, g: float, t: float,
    z: Memory = starts("theta"), x: Memory = starts("theta"), lr_max: Memory = starts(0.0),
    weight_sum: Memory = starts(0.0), lr: Rate = 1.0, momentum: Decay = 0.9,
) -> float:  # fmt: skip
    lr_max = maximum(lr, lr_max)
    weight_sum = weight_sum + lr_max * lr_max
    c_t = lr_max * lr_max / weight_sum if weight_sum > 0 else 0.0
    z = z - lr * g
    x = x + c_t * (z - x)
    return x + (1 - momentum) * (z - x)


@optimizer(
    "schedule-free-adamw", "schedulefree",
    title="Schedule-free AdamW",
    reference="Defazio et al. 2024, alg. 1; schedulefree.AdamWScheduleFree",
    teaches="RMSProp's steps move z, and the average x takes the place of Adam's velocity and of a falling rate. "
    "Theta is y, where gradients are taken; the answer is x.",
    answer="x",
)  # fmt: skip
def schedule_free_adamw(
    theta: float, g: float, t: float,
    v: Accumulator, z: Memory = starts("theta"), x: Memory = starts("theta"), lr_max: Memory = starts(0.0),
    weight_sum: Memory = starts(0.0),
    lr: Rate = 0.0025, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Small = 1e-8, weight_decay: Factor = 0.0,
) -> float:  # fmt: skip
    v = beta2 * v + (1 - beta2) * g * g
    v_hat = v / (1 - beta2**t)
    u = g / (sqrt(v_hat) + eps) + weight_decay * theta
    lr_max = maximum(lr, lr_max)
    weight_sum = weight_sum + lr_max * lr_max
    c_t = lr_max * lr_max / weight_sum if weight_sum > 0 else 0.0
    z = z - lr * u
    x = x + c_t * (z - x)
    return x + (1 - beta1) * (z - x)
