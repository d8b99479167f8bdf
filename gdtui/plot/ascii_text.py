"""Mathematics spelled in ASCII.

`0.9·g²` becomes `0.9*g^2`, `θ ← θ − η·m̂/(√v̂+ε)` becomes `theta <- theta - eta*m_hat/(sqrt(v_hat)+eps)`. Widths
change, so a text must be spelled before it is measured.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

#: One character for one, for characters that are alone in a cell.
GLYPHS = {
    **dict(zip("●▲■◆★✚▼◉", "o^#%*+v@", strict=True)),
    **dict(zip("✕×✗✓○◇□△•▸▮⋮…", "xxx+OoO^.>|:.", strict=True)),
    **dict(zip("→↗↑↖←↙↓↘", ">/^\\</v\\", strict=True)),
    **dict(zip("│┤┼├─━└┴┬┈", "||++-=+++.", strict=True)),
    "◐": "%",
    **dict(zip("·÷−–—‖∇∂²θβηε", "*/---|Vd2qbne", strict=True)),
}
_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"}
_WORDS = {
    **{glyph: GLYPHS[glyph] for glyph in GLYPHS if glyph not in "→←…‖∇²θβηε"},
    "→": "->", "←": "<-", "↦": "|->", "…": "...", "‖": "||", "∇": "grad ", "Σ": "sum ", "∞": "inf", "′": "'", "ℓ": "l",
    "⌊": "floor(", "⌋": ")", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~=", "±": "+/-", "∈": " in ", "°": "deg",
    "⊙": ".*", **_FRACTIONS, "⏎": "Enter", "⌫": "Backspace",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ",
    "\u2011": "-",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta", "Π": "prod", "Λ": "Lambda", "Ω": "Omega",
    "Φ": "Phi",
}  # fmt: skip
_MARKS = {"\u0302": "_hat", "\u0304": "_bar", "\u0303": "_tilde"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻·ᵗⁱᵖᵀ", "0123456789+-.tipT")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₜₖⱼᵢₙ", "0123456789+-tkjin")

# Patterns as texts: Python compiles one when it is first used, which most commands never do.
_SEPARATOR = r"(?<=\s)·(?=\s)"
#: Letters whose mark is part of the mathematics; on other letters it is dropped.
_MARKED = "[ŷŝĉĝŵĥẑḡ]"
_MARK = "[\u0302\u0304\u0303]"
_POWER = r"([⁰¹²³⁴-⁹ᵗⁱᵖᵀ⁺⁻]+(?:·[⁰¹²³⁴-⁹]+)?)(?=(.?))"
_INDEX = "[₀-₉₊₋ₜₖⱼᵢₙ]+"
_FRACTION = rf"(\d?)([{''.join(_FRACTIONS)}])(?=(.?))"
_ROOT = r"(?<=[\w)])√"
_ROOT_OF = r"√(sum \S+|\w[\w.']*(?:\[[^\]]*\])?|\|\|[^|]*\|\|)"


def _power(found: re.Match[str]) -> str:
    text, after = re.sub("(?<=.)T$", "^T", found[1].translate(_RAISED)), found[2]  # transposed: W^2^T
    if text in ("+", "-"):
        return {"+": "_plus", "-": "_minus"}[text]
    if "+" in text or "-" in text[1:]:
        text = f"({text})"
    return f"^{text}" + ("*" if after.isalnum() or after == "(" else "")


def _index(found: re.Match[str]) -> str:
    text = found[0].translate(_LOWERED)
    if text.isdigit():
        return text
    if text == "-":
        return "_prev"
    return f"_({text})" if "+" in text or "-" in text else f"_{text}"


def _fraction(found: re.Match[str]) -> str:
    whole, fraction, after = found[1], _FRACTIONS[found[2]], found[3]
    if after in tuple("⁰¹²³⁴ᵗ") or found.string[: found.start()].endswith("^"):
        return f"{whole}({fraction})"
    return (f"{whole} " if whole else "") + fraction + ("*" if after.isalpha() or after in ("(", "‖") else "")


def _greek(text: str) -> str:
    out: list[str] = []
    for place, char in enumerate(text):
        name = _GREEK.get(char)
        if name is None:
            out.append(char)
            continue
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        times = "*" if before.isdigit() or before == ")" else ""
        opens = after == "‖" and text[:place].count("‖") % 2 == 0
        joint = "_" if after.isalpha() or after == "∞" else "*" if opens else ""
        if char == "π" and (after.isalpha() or after == "("):
            joint = "*"
        out.append(times + name + joint)
    return "".join(out)


def to_glyphs(text: str) -> str:
    """Return a drawing's characters in ASCII, cell for cell; ? stands for an unknown one."""
    return text if text.isascii() else "".join(map(_glyph, text))


def _glyph(char: str) -> str:
    unknown = "? " if unicodedata.east_asian_width(char) in "WF" else "?"
    return char if char.isascii() else GLYPHS.get(char, unknown)


@lru_cache(maxsize=4096)
def _spelled(text: str) -> str:
    if len(text) == 1 and text in "→←":
        return GLYPHS[text]
    text = re.sub(_SEPARATOR, "|", text)
    text = re.sub(_MARKED, lambda found: unicodedata.normalize("NFD", found[0]), text)
    text = re.sub(_FRACTION, _fraction, text)
    text = re.sub(_MARK, lambda found: _MARKS[found[0]], text)
    text = _greek(re.sub(_INDEX, _index, re.sub(_POWER, _power, text)))
    text = "".join(_WORDS.get(c, c) for c in text)
    text = re.sub(_ROOT_OF, r"sqrt(\1)", re.sub(_ROOT, "*√", text)).replace("√", "sqrt")
    return to_glyphs("".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)))


def to_ascii(text: str) -> str:
    """Return a text in ASCII; it may become longer."""
    return text if text.isascii() else _spelled(text)


_plain: ContextVar[bool] = ContextVar("plain", default=False)


@contextmanager
def writing(*, plain: bool) -> Iterator[None]:
    """Within this context, measure and write texts as they are spelled in ASCII (or in Unicode)."""
    token = _plain.set(plain)
    try:
        yield
    finally:
        _plain.reset(token)


def spelled(text: str) -> str:
    """Return a text as the present context spells it."""
    return to_ascii(text) if _plain.get() else text
