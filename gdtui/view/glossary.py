"""The words of the screen and its regions, each explained in one short sentence."""

from __future__ import annotations

from gdtui.text import N_

#: Region → what it shows.
REGIONS = {
    N_("top line"): N_("the objective, how many updates have been made, running or paused"),
    N_("picture"): N_("the loss surface with a path for each lane, or the data with what is fitted"),
    N_("charts"): N_("one quantity each, all lanes on it"),
    N_("timeline"): N_("◉ now, ━ made, ─ taken back, △ edit, ◇ mark, ✗ diverged, ✓ converged or ended, ┴ epoch"),
    N_("lanes"): N_("a row for each optimizer: its settings, its numbers, whether it still goes"),
    N_("this update"): N_("the rule of the selected lane with the numbers of its last update"),
    N_("message"): N_("what went wrong, or what the selected lane is doing and why"),
}
#: Word or symbol → what it means.
TERMS = {
    N_("lane"): N_("one optimizer with its settings, on the same objective as the others"),
    N_("dialect"): N_("the rule as one library or paper writes it"),
    N_("objective"): N_("what is minimised: a surface, a formula, or the loss of a model on data"),
    N_("tape"): N_("gradients given one after the other, in place of an objective"),
    N_("update"): N_("one application of the rule: it changes all parameters at once"),
    N_("sampling"): N_("which rows of the data make the gradient: all, one, or a batch"),
    N_("epoch"): N_("one pass over all training rows"),
    N_("evals"): N_("how often the loss or its gradient has been computed"),
    "θ": N_("the parameters; θ₀ is where they start"),
    "g": N_("the gradient of the loss at θ: the direction of steepest ascent"),
    "‖g‖ ‖v‖": N_("the length of a vector: the root of the sum of its squares"),
    N_("step"): N_("‖Δθ‖, how far the last update has moved the parameters"),
    N_("lr"): N_("the learning rate, η in the rules"),
    N_("velocity"): N_("the average or sum of gradients that the rule moves along, v or m"),
    N_("accumulator"): N_("the average or sum of squared gradients that the rule divides by"),
    N_("eff. rate"): N_("the learning rate that each parameter gets after that division"),
    "m̂ v̂": N_("averages corrected for their start at zero"),
    "λmax": N_("the largest curvature here: gradient descent diverges where lr is above 2/λmax"),
    "κ": N_("the condition number λmax/λmin, how narrow a valley is; in LARS the trust coefficient"),
    N_("loss"): N_("the value of the objective; on data, the mean over all rows"),
}
