"""The names of rules as papers write them."""

from __future__ import annotations

SUPERSCRIPT = str.maketrans("0123456789+-.t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻·ᵗ")
SUBSCRIPT = str.maketrans("0123456789t", "₀₁₂₃₄₅₆₇₈₉ₜ")

#: Names that are not written as they are. In all others a trailing digit becomes an index.
SYMBOLS = {
    "theta": "θ", "lr": "η", "eps": "ε", "momentum": "μ", "dampening": "τ", "rho": "ρ", "lr_decay": "δ",
    "alpha": "α", "beta": "β", "beta1": "β₁", "beta2": "β₂", "beta3": "β₃", "m_hat": "m̂", "v_hat": "v̂",
    "g_bar": "ḡ", "initial_accumulator": "G₀", "weight_decay": "λ", "effective_lr": "effective η", "eta_t": "ηₜ",
    "theta_decayed": "θ̃", "theta_new": "θ⁺", "average": "θ̄", "E_g2": "E[g²]", "E_dx2": "E[Δ²]", "dx": "Δ", "m_bar": "m̄",
    "s_hat": "ŝ", "n_hat": "n̂", "mu_t": "μₜ", "mu_next": "μₜ₊₁", "mu_product": "Πμ", "momentum_decay": "ψ",
    "rho_inf": "ρ∞", "r2_t": "rₜ²", "eps_root": "ε′", "v_max": "v⁺", "lambd": "ℓ", "eta": "η′", "eta_plus": "η⁺",
    "eta_minus": "η⁻", "step": "Δ", "step_min": "Δmin", "step_max": "Δmax", "g_prev": "g₋",
    "lr_power": "p", "l1": "λ₁", "l2": "λ₂", "root_before": "G₋⁻ᵖ", "root": "G⁻ᵖ", "z_kept": "z̃",
    "theta_norm": "‖θ‖", "g_norm": "‖g‖", "r_norm": "‖r‖", "u_norm": "‖u‖", "theta_rms": "rms(θ)",
    "u_rms": "rms(u)", "trust_coefficient": "κ", "trust": "φ", "beta2_decay": "γ", "rate": "ρₜ", "alpha_t": "αₜ",
    "beta_t": "βₜ", "eps1": "ε₁", "eps2": "ε₂", "g2_row": "r̂", "g2_column": "ĉ", "row": "r", "column": "c",
    "whole": "r̄", "lam": "λ", "damping": "β", "slope": "gᵀd", "shrink": "ρ", "curvature": "yᵀs", "B_diag": "diag B",
    "H_diag": "diag H", "clip_norm": "c", "clip_value": "c′", "m_norm": "‖m̄‖", "lambda_max": "λmax",
}  # fmt: skip


def symbol(name: str) -> str:
    """Return a name as the papers write it: beta1 → β₁, m_hat → m̂."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    stem, _, tail = name.rpartition("_")
    if stem and (tail.isdigit() or tail == "t"):
        return symbol(stem) + tail.translate(SUBSCRIPT)
    stem = name.rstrip("0123456789")
    return stem + name[len(stem) :].translate(SUBSCRIPT)
