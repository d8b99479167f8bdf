"""Numbers and names as people read them."""

from __future__ import annotations

import math

SUPERSCRIPT = str.maketrans("0123456789-.t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·ᵗ")
SUBSCRIPT = str.maketrans("0123456789t", "₀₁₂₃₄₅₆₇₈₉ₜ")

#: How the names of rules are written on paper. Others: a trailing digit becomes an index.
SYMBOLS = {
    "theta": "θ", "lr": "η", "eps": "ε", "momentum": "μ", "dampening": "τ", "rho": "ρ", "lr_decay": "λ",
    "alpha": "α", "beta": "β", "beta1": "β₁", "beta2": "β₂", "beta3": "β₃", "m_hat": "m̂", "v_hat": "v̂",
    "g_bar": "ḡ", "initial_accumulator": "G₀", "weight_decay": "λ", "effective_lr": "effective η", "eta_t": "ηₜ",
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


def number(value: float, digits: int = 4) -> str:
    """Return a number in at most `digits` significant digits: 0.05, −3.892, 1.2e-3, nan."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 10**6:
        text = f"{size:.{digits}g}"
        if "e" in text:
            text = f"{size:.0f}"
    else:
        mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        text = f"{mantissa}e{int(exponent)}"
    return ("−" if value < 0 else "") + text
