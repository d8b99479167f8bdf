"""Mathematics in ASCII says what it says in Unicode."""

import pytest

from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers import REGISTRY
from gdtui.optimizers.language.symbols import SYMBOLS
from gdtui.plot.ascii_text import to_ascii, to_glyphs, writing
from gdtui.plot.widths import cell_width
from gdtui.view.panels.paper import Paper, clip, pad


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("0.9·0 + 0.1·(−215.6)", "0.9*0 + 0.1*(-215.6)"),
        ("g²", "g^2"),
        ("v ← β₂·v + (1−β₂)·g²", "v <- beta2*v + (1-beta2)*g^2"),
        ("θ ← θ − η·m̂/(√v̂+ε)", "theta <- theta - eta*m_hat/(sqrt(v_hat)+eps)"),
        ("η·√(1−β₂ᵗ)/(1−β₁ᵗ)", "eta*sqrt(1-beta2^t)/(1-beta1^t)"),
        ("μₜ₊₁ − rₜ²", "mu_(t+1) - r_t^2"),
        ("10⁻³ β₁ᵗ⁺¹ u⁰·⁵ u^½", "10^-3 beta1^(t+1) u^0.5 u^(1/2)"),
        ("½(x²+y²) + ½λ‖θ‖²", "1/2*(x^2+y^2) + 1/2*lambda*||theta||^2"),
        ("x²y cos(2πx) gᵀd 2√x", "x^2*y cos(2*pi*x) g^T*d 2*sqrt(x)"),
        ("∂W¹ ‖∂W¹‖ ŷ θ̄ θ̃ g₋ θ⁺ ε′", "dW^1 ||dW^1|| y_hat theta_bar theta_tilde g_prev theta_plus eps'"),
        ("δ¹ = W²ᵀδ² ⊙ σ′(z¹), z·Φ(z)", "delta^1 = W^2^T*delta^2 .* sigma'(z^1), z*Phi(z)"),
        ("βᵗ⁻ⁱ·xᵢ, ¼·½ = ⅛, ⅓ each, 90°", "beta^(t-i)*x_i, 1/4*1/2 = 1/8, 1/3 each, 90deg"),
        ("1½ turns, ≥ 0, ≠, ±1, −∞", "1 1/2 turns, >= 0, !=, +/-1, -inf"),
        ("‖g‖", "||g||"),
        ("lr·factor^⌊k/every⌋", "lr*factor^floor(k/every)"),
        ("▸● adam   ▮▮ paused", ">o adam   || paused"),
        ("going · 2 edits ahead", "going | 2 edits ahead"),
        ("3 → 4 … 9", "3 -> 4 ... 9"),
        ("Lévy – “far”", 'Levy - "far"'),
    ],
)
def test_a_text_is_spelled(text: str, spelled: str) -> None:
    assert to_ascii(text) == spelled
    assert to_ascii(spelled) == spelled


def test_every_rule_surface_and_symbol_can_be_spelled() -> None:
    texts = list(SYMBOLS.values())
    for optimizer in REGISTRY.values():
        for rule in optimizer.rules:
            texts += [f"{line.name} ← {line.symbols}" for line in rule.lines()] + [rule.title, rule.teaches]
    for surface in SURFACES.values():
        texts += [surface.title, surface.expression.pretty, surface.teaches]
    unknown = [text for text in texts if "?" in to_ascii(text)]
    assert unknown == []


def test_a_drawing_keeps_its_cells() -> None:
    assert to_glyphs("●─→✕ 🔎x") == "o->x ? x"


def test_a_column_is_as_wide_as_its_spelling() -> None:
    with writing(plain=True):
        assert cell_width("√v̂") == len("sqrt(v_hat)")
        assert pad("θ", 7) == "theta  "
        assert pad("θ", 7, right=True) == "  theta"
        assert clip("θ ← θ − η·g", 12) == "theta <- ..."
        assert clip("−215.6", 4) == "-21~"
    assert pad("θ", 3) == "θ  "


def test_a_row_has_exactly_its_width_in_ascii() -> None:
    for width in (1, 5, 12, 40):
        row = Paper(width, 1, ascii=True).row([("θ ← θ − η·m̂", "", False), ("  = −1.15", "", True)])
        text = "".join(run.text for run in row)
        assert len(text) == width
        assert text.isascii()
