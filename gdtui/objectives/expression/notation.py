"""Expressions as people write them: with superscripts, roots, a minus sign, and dots only where they are needed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gdtui.objectives.expression.tree import Node, postorder
from gdtui.text import SUBSCRIPTS, SUPERSCRIPTS

MINUS = "\N{MINUS SIGN}"

#: How tightly a piece of text binds; a piece in a place that needs a tighter one is put in parentheses.
SUM, NEGATION, PRODUCT, QUOTIENT, POWER, ATOM = range(6)
#: Functions whose whole powers are written before the argument: sin²(x).
_POWER_BEFORE_ARGUMENT = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh"})
#: Products written without a dot (2x, xy): how the first factor ends, and how the second one may begin.
_WITHOUT_DOT = {
    "number": ("letter", "name", "group"), "letter": ("letter",), "group": ("letter", "group", "name"),
    "raised": ("letter", "group"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str  # without spaces around + and −
    binding: int
    head: str = "other"  # how it begins and ends: number, letter, name, group, raised, or other
    tail: str = "other"
    spaced: str = ""  # with spaces: only the outermost sum has them

    def within(self, binding: int) -> _Piece:
        """Return the piece, in parentheses if it binds less tightly than `binding`."""
        return self if self.binding >= binding else _Piece(f"({self.text})", ATOM, "group", "group")


def _number(node: Node) -> _Piece:
    if node.symbol:
        kind = "letter" if node.symbol == "pi" else "other"
        return _Piece({"pi": "π"}.get(node.symbol, node.symbol), ATOM, kind, kind)
    mantissa, _, exponent = repr(abs(node.value)).removesuffix(".0").partition("e")
    if exponent:
        ten = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
        piece = _Piece(ten if mantissa == "1" else f"{mantissa}·{ten}", PRODUCT, "number", "raised")
    else:
        piece = _Piece(mantissa, ATOM, "number", "number")
    return _negation(piece) if node.value < 0.0 else piece


def _negation(piece: _Piece) -> _Piece:
    inside = piece.within(PRODUCT)
    return _Piece(f"{MINUS}{inside.text}", NEGATION, inside.head, inside.tail)


def _sum(sign: str, left: _Piece, right: _Piece) -> _Piece:
    if sign == "+" and right.binding == NEGATION:
        sign, right = MINUS, replace(right, text=right.text[1:], binding=PRODUCT)
    if right.text.startswith(MINUS) or (sign == MINUS and right.binding == SUM):
        right = right.within(ATOM)
    spaced = f"{left.spaced or left.text} {sign} {right.spaced or right.text}"
    return _Piece(f"{left.text}{sign}{right.text}", SUM, spaced=spaced)


def _product(left: _Piece, right: _Piece) -> _Piece:
    if left.binding == NEGATION:
        return _negation(_product(replace(left, text=left.text[1:], binding=PRODUCT), right))
    left, right = (side.within(ATOM if side.binding == QUOTIENT else PRODUCT) for side in (left, right))
    dot = "" if right.head in _WITHOUT_DOT.get(left.tail, ()) else "·"
    return _Piece(f"{left.text}{dot}{right.text}", PRODUCT, left.head, right.tail)


def _whole(text: str) -> bool:
    """Say whether an exponent is short and whole enough to be raised."""
    return text.removeprefix(MINUS).isdecimal() and len(text) <= 3


def _power(base: Node, left: _Piece, right: _Piece) -> _Piece:
    raised = right.text.replace(MINUS, "-").translate(SUPERSCRIPTS)
    if _whole(right.text) and base.op in _POWER_BEFORE_ARGUMENT and right.binding == ATOM:
        return _Piece(base.op + raised + left.text.removeprefix(base.op), POWER, "name", "call")
    left = left.within(ATOM)
    if _whole(right.text):
        return _Piece(left.text + raised, POWER, left.head, "raised")
    return _Piece(f"{left.text}^{right.within(ATOM).text}", POWER, left.head)


def _operation(node: Node, args: list[_Piece]) -> _Piece:
    left, right = args[0], args[-1]
    match node.op:
        case "+":
            return _sum("+", left, right)
        case "-":
            return _sum(MINUS, left, right)
        case "*":
            return _product(left, right)
        case "/":
            binding = NEGATION if left.binding == NEGATION else QUOTIENT
            return _Piece(f"{left.within(NEGATION).text}/{right.within(POWER).text}", binding)
        case "^" | "pow0":
            return _power(node.args[0], left, right)
        case "neg":
            return _negation(right)
        case "recip":
            return _Piece(f"1/{right.within(POWER).text}", QUOTIENT)
        case "abs":
            return _Piece(f"|{right.text}|", ATOM)
        case "sqrt":
            return _Piece(f"√{right.within(ATOM).text}", POWER, "name", "call")
    name = "log" if node.op == "log0" else node.op
    return _Piece(f"{name}({', '.join(arg.text for arg in args)})", ATOM, "name", "call")


def pretty(tree: Node) -> str:
    """Return `tree` in mathematical notation, in Unicode, on one line."""
    pieces: dict[Node, _Piece] = {}
    for node in postorder(tree):
        if node.op == "number":
            pieces[node] = _number(node)
        elif node.op == "variable":
            pieces[node] = _Piece(node.symbol.translate(SUBSCRIPTS), ATOM, "letter", "letter")
        else:
            pieces[node] = _operation(node, [pieces[arg] for arg in node.args])
    return pieces[tree].spaced or pieces[tree].text
