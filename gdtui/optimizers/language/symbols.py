"""The names of rules as papers write them."""

from __future__ import annotations

import unicodedata

SUPERSCRIPT = str.maketrans("0123456789+-.t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻·ᵗ")
SUBSCRIPT = str.maketrans("0123456789t", "₀₁₂₃₄₅₆₇₈₉ₜ")

#: Names with a symbol of their own; `symbol` derives the others.
SYMBOLS = {
    "theta": "θ", "alpha": "α", "beta": "β", "eta": "η′", "lr": "η", "eps": "ε", "eps_root": "ε′", "momentum": "μ",
    "mu": "μ", "rho": "ρ", "dampening": "τ", "lr_decay": "δ", "weight_decay": "λ", "momentum_decay": "ψ",
    "effective_lr": "effective η", "initial_accumulator": "G₀", "clip_norm": "c", "clip_value": "c′",
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


def symbol(name: str) -> str:
    """Return a name as papers write it: beta1 → β₁, m_hat → m̂, theta_norm → ‖θ‖, eta_t → ηₜ."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    stem, _, end = name.rpartition("_")
    if stem and end in ENDINGS:
        return unicodedata.normalize("NFC", ENDINGS[end].format(symbol(stem)))
    if stem and (end.isdigit() or end == "t"):
        return symbol(stem) + end.translate(SUBSCRIPT)
    stem = name.rstrip("0123456789")
    return (symbol(stem) if stem != name else name) + name[len(stem) :].translate(SUBSCRIPT)
