"""The names of rules as papers write them."""

from __future__ import annotations

import unicodedata

from gdtui.text import N_, SUBSCRIPTS

#: Names with a symbol of their own; `symbol` derives the others.
SYMBOLS = {
    "theta": "θ", "alpha": "α", "beta": "β", "eta": "η′", "lr": "η", "eps": "ε", "eps_root": "ε′", "momentum": "μ",
    "mu": "μ", "rho": "ρ", "dampening": "τ", "lr_decay": "δ", "weight_decay": "λ", "momentum_decay": "ψ",
    "effective_lr": N_("effective η"), "initial_accumulator": "G₀", "clip_norm": "c", "clip_value": "c′",
    "theta_decayed": "θ̃", "theta_new": "θ⁺", "average": "θ̄", "E_g2": "E[g²]", "E_dx2": "E[Δ²]", "dx": "Δ",
    "mu_next": "μₜ₊₁", "mu_product": "Πμ", "rho_inf": "ρ∞", "r2_t": "rₜ²", "v_max": "v⁺", "lambd": "ℓ",
    "eta_t": "ηₜ", "eta_plus": "η⁺", "eta_minus": "η⁻", "step": "Δ", "step_min": "Δmin", "step_max": "Δmax",
    "lr_power": "p", "l1": "λ₁", "l2": "λ₂", "root_before": "G₋⁻ᵖ", "root": "G⁻ᵖ", "z_kept": "z̃", "m_norm": "‖m̄‖",
    "trust_coefficient": "κ", "trust": "φ", "beta2_decay": "γ", "rate": "ρₜ", "g2_row": "r̂", "g2_column": "ĉ",
    "row": "r", "column": "c", "whole": "r̄", "lam": "λ", "damping": "β", "slope": "gᵀd", "shrink": "ρ",
    "curvature": "yᵀs", "B_diag": "diag B", "H_diag": "diag H", "lambda_max": "λmax", "lr_max": "ηmax",
    "weight_sum": "Σw", "weight": "w", "bound": "c", "quotient": "g/√v", "slow": "φ", "sam_rho": "ρ",
    "lookahead_alpha": "α", "average_decay": "β",
}  # fmt: skip
#: How the symbol of a name is made from that of its stem.
ENDINGS = {"hat": "{}\N{COMBINING CIRCUMFLEX ACCENT}", "bar": "{}\N{COMBINING MACRON}", "norm": "‖{}‖",
           "rms": "rms({})", "prev": "{}₋"}  # fmt: skip


#: What a rule's own settings do; `shared_settings.COMMON` says it of the others.
MEANINGS = {
    "lr": N_("the learning rate: how far a step goes"),
    "momentum": N_("the share of the velocity that is kept in each update; its memory is 1/(1−μ) updates"),
    "beta": N_("the share of the average that is kept in each update; its memory is 1/(1−β) updates"),
    "beta1": N_("the share of the first moment that is kept in each update; its memory is 1/(1−β₁) updates"),
    "beta2": N_("the share of the second moment that is kept in each update; its memory is 1/(1−β₂) updates"),
    "beta3": N_("the share of the average of gradient differences that is kept in each update"),
    "rho": N_("the share of the average that is kept in each update; its memory is 1/(1−ρ) updates"),
    "dampening": N_("the share of the gradient that does not enter the velocity"),
    "eps": N_("a small number added to the denominator: no division by 0, and a bound on the step"),
    "eps_root": N_("a small number added under the root"),
    "weight_decay": N_("how strongly parameters are pulled towards 0"),
    "lr_decay": N_("how fast the learning rate falls: lr / (1 + decay × updates)"),
    "initial_accumulator": N_("what the accumulator starts with"),
    "momentum_decay": N_("how fast the schedule of β₁ approaches its end"),
    "eta_plus": N_("the factor by which a step grows while the sign of the gradient stays"),
    "eta_minus": N_("the factor by which a step shrinks when the sign of the gradient changes"),
    "step_min": N_("the smallest step"), "step_max": N_("the largest step"),
    "lambd": N_("how strongly the learning rate and the parameters decay"),
    "alpha": N_("the power with which the learning rate decays"),
    "t0": N_("the update from which parameters are averaged"),
    "l1": N_("the weight of Σ|θ|: it sets small parameters to 0"), "l2": N_("the weight of Σθ²"),
    "lr_power": N_("the power of the accumulator by which the learning rate is divided, negative"),
    "trust_coefficient": N_("the length of a step relative to the length of the layer's weights"),
    "beta2_decay": N_("the power with which the memory of the second moment grows"),
    "eps1": N_("a small number added to squared gradients"), "eps2": N_("the smallest scale of the parameters"),
    "d": N_("the largest root mean square of a step before it is scaled"),
    "damping": N_("what is added to the curvature's diagonal: more makes the step more like gradient descent"),
    "c1": N_("how much the line search asks the loss to fall (Armijo)"),
    "c2": N_("how flat the line search asks the slope to become (Wolfe)"),
    "shrink": N_("the factor by which the line search shortens a step that fails"),
    "max_eval": N_("the most evaluations in one update"), "max_iter": N_("the most inner iterations in one update"),
    "restart": N_("the updates after which the direction is that of the gradient again"),
    "tolerance_grad": N_("the largest coordinate of the gradient at which it stops"),
    "tolerance_change": N_("the smallest change of the loss or of the parameters at which it goes on"),
    "history_size": N_("how many pairs of steps and gradient changes it keeps"),
}  # fmt: skip


def symbol(name: str) -> str:
    """Return a name as papers write it: beta1 → β₁, m_hat → m̂, theta_norm → ‖θ‖, eta_t → ηₜ."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    stem, _bar, end = name.rpartition("_")
    if stem and end in ENDINGS:
        return unicodedata.normalize("NFC", ENDINGS[end].format(symbol(stem)))
    if stem and (end.isdigit() or end == "t"):
        return symbol(stem) + end.translate(SUBSCRIPTS)
    stem = name.rstrip("0123456789")
    return (symbol(stem) if stem != name else name) + name[len(stem) :].translate(SUBSCRIPTS)
