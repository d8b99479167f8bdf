"""The words of the screen and its regions, each explained in one short sentence."""

from __future__ import annotations

from gdtui.text import _

#: Region → what it shows.
REGIONS = {
    _("top line"): _("the objective, how many updates have been made, running or paused"),
    _("picture"): _("the loss surface with a path for each lane, or the data with what is fitted"),
    _("charts"): _("one quantity each, all lanes on it"),
    _("timeline"): _("◉ now, ━ made, ─ taken back, △ edit, ◇ mark, ✗ diverged, ✓ converged or ended, ┴ epoch"),
    _("lanes"): _("a row for each optimizer: its settings, its numbers, whether it still goes"),
    _("this update"): _("the rule of the selected lane with the numbers of its last update"),
    _("message"): _("what went wrong, or what the selected lane is doing and why"),
}
#: Word or symbol → what it means.
TERMS = {
    _("lane"): _("one optimizer with its settings, on the same objective as the others"),
    _("dialect"): _("the rule as one library or paper writes it"),
    _("objective"): _("what is minimised: a surface, a formula, or the loss of a model on data"),
    _("tape"): _("gradients given one after the other, in place of an objective"),
    _("update"): _("one application of the rule: it changes all parameters at once"),
    _("sampling"): _("which rows of the data make the gradient: all, one, or a batch"),
    _("epoch"): _("one pass over all training rows"),
    _("evals"): _("how often the loss or its gradient has been computed"),
    "θ": _("the parameters; θ₀ is where they start"),
    "g": _("the gradient of the loss at θ: the direction of steepest ascent"),
    "‖g‖ ‖v‖": _("the length of a vector: the root of the sum of its squares"),
    _("step"): _("‖Δθ‖, how far the last update has moved the parameters"),
    _("lr"): _("the learning rate, η in the rules"),
    _("velocity"): _("the average or sum of gradients that the rule moves along, v or m"),
    _("accumulator"): _("the average or sum of squared gradients that the rule divides by"),
    _("eff. rate"): _("the learning rate that each parameter gets after that division"),
    "m̂ v̂": _("averages corrected for their start at zero"),
    "λmax": _("the largest curvature here: gradient descent diverges where lr is above 2/λmax"),
    "κ": _("the condition number λmax/λmin, how narrow a valley is; in LARS the trust coefficient"),
    _("loss"): _("the value of the objective; on data, the mean over all rows"),
}
