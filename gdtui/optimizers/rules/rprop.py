"""Rprop: a step grows while its gradient keeps its sign and shrinks when the sign turns."""

from numpy import maximum, minimum, sign

from gdtui.optimizers.language import Factor, Grow, Memory, Rate, Shrink, optimizer, starts

PLACE = 90


@optimizer(
    "rprop", "pytorch",
    title="Rprop",
    reference="Riedmiller & Braun 1993; torch.optim.Rprop",
    teaches="Each coordinate has its own step; lr is only the first. Made for full batches: noise turns signs.",
    direction="way",
)  # fmt: skip
def rprop(
    theta: float, g: float, t: float, step: Memory = starts("lr"), g_prev: Memory = starts(0.0),
    lr: Rate = 0.01, eta_minus: Shrink = 0.5, eta_plus: Grow = 1.2, step_min: Factor = 1e-6, step_max: Factor = 50.0,
) -> float:  # fmt: skip
    agree = sign(g * g_prev)
    factor = eta_plus if agree > 0 else (eta_minus if agree < 0 else 1.0)
    step = minimum(maximum(step * factor, step_min), step_max)
    g_prev = 0.0 if agree < 0 else g
    way = sign(g_prev)
    return theta - step * way
