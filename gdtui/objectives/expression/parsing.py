"""Reads one line of mathematics safely into a tree.

The text is never evaluated. It is first split into numbers, known names and operators; anything else is refused with
its column. Python's own parser sees only arithmetic of bounded size and depth, and its syntax tree is then walked with
a whitelist.
"""

from __future__ import annotations

import ast
import math
import re
from typing import NamedTuple, TypeAlias

from gdtui.errors import ExpressionError
from gdtui.objectives.expression.functions import CALLABLE, fold
from gdtui.objectives.expression.tree import Node, number, raw, variable
from gdtui.text import _, cut, nearest

LONGEST = 1000
DEEPEST = 40
MOST_NODES = 400
MOST_VARIABLES = 16

CONSTANTS = {"pi": math.pi, "e": math.e}
_NUMBERED = tuple(f"x{i}" for i in range(1, MOST_VARIABLES + 1))
_TOKEN = re.compile(
    r" +"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<operator>\*\*|[-+*/^(),])"
)
_SYNONYMS = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "absolute": "abs",
    "fabs": "abs", "maximum": "max", "minimum": "min", "sgn": "sign", "pow": "^", "power": "^",
}  # fmt: skip
_BINARY: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


class _Token(NamedTuple):
    kind: str  # number, name, operator, or end
    text: str
    column: int


def _unknown(name: str, column: int, text: str, known: list[str]) -> ExpressionError:
    shown = cut(name, 21)
    if name in _SYNONYMS and (_SYNONYMS[name] == "^" or _SYNONYMS[name] in known):
        message = _("unknown name '{name}', write {meant}")
        return ExpressionError(message.format(name=shown, meant=_SYNONYMS[name]), column, text)
    if re.fullmatch("x[0-9]+", name) and "x1" in known:
        last = max((k for k in known if k in _NUMBERED), key=_NUMBERED.index)
        message = _("unknown name '{name}'; variables are numbered x1 to {last}")
        return ExpressionError(message.format(name=shown, last=last), column, text)
    close = nearest(name[:20].lower(), known)
    if close:
        message = _("unknown name '{name}', did you mean '{meant}'?")
        return ExpressionError(message.format(name=shown, meant=close), column, text)
    variables = [k for k in known if k not in CALLABLE and k not in CONSTANTS]
    if len(variables) > MOST_VARIABLES:
        message = _("unknown name '{name}'; variables are x and y, or x1 to x16")
    else:
        message = _("unknown name '{name}'; variables are {known}")
    return ExpressionError(message.format(name=shown, known=", ".join(variables)), column, text)


def _instead() -> dict[str, str]:
    """Return what to type instead of a character that is not allowed."""
    return {
        "|": _("write abs(…)"), "=": _("leave it out"), "\t": _("use spaces"), "\n": _("one line only"),
        **dict.fromkeys("[]{}", _("use ( )")),
        **{
            character: _("write {}").format(typed)
            for character, typed in {
                "\N{MULTIPLICATION SIGN}": "*", "·": "*", "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "÷": "/",
                "²": "^2", "³": "^3", "π": "pi", "√": "sqrt(…)",
            }.items()
        },
    }  # fmt: skip


def _tokens(text: str, allowed: tuple[str, ...] | None) -> list[_Token]:
    """Split `text` into tokens, with an end mark as the last; refuse other characters and unknown names."""
    known = [*(allowed if allowed is not None else ("x", "y", *_NUMBERED)), *CALLABLE, *CONSTANTS]
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            instead = _instead().get(text[position])
            message = _("{} is not allowed: {}") if instead else _("{} is not allowed in an expression")
            raise ExpressionError(message.format(ascii(text[position]), instead), position + 1, text)
        if match.lastgroup == "name" and match[0] not in known:
            raise _unknown(match[0], position + 1, text, known)
        if match.lastgroup is not None:
            tokens.append(_Token(match.lastgroup, match[0], position + 1))
        if match.lastgroup == "number" and not math.isfinite(float(match[0])):
            raise ExpressionError(_("this number is too large for a float64"), position + 1, text)
        position = match.end()
    tokens.append(_Token("end", "", len(text) + 1))
    return tokens


def _check_neighbours(tokens: list[_Token], text: str) -> None:
    """Refuse two operands or two operators in a row, and functions without parentheses."""
    before = _Token("operator", "(", 0)
    for token in tokens:
        starts = token.kind in ("number", "name") or token.text == "("
        ended = before.kind in ("number", "name") or before.text == ")"
        function = before.kind == "name" and before.text in CALLABLE
        if function and token.text != "(":
            message = _("{} needs its argument in parentheses").format(before.text)
            raise ExpressionError(message, before.column, text)
        if starts and ended and not function:
            missing = _("an operator is missing here; multiplication is written *")
            raise ExpressionError(missing, token.column, text)
        if not starts and not ended and token.text not in ("+", "-"):
            missing = _("a value is missing at the end") if token.kind == "end" else _("a value is missing here")
            raise ExpressionError(missing, token.column, text)
        before = token


def _check_nesting(tokens: list[_Token], text: str) -> None:
    """Refuse unbalanced parentheses and depth beyond `DEEPEST`, before Python's parser sees any.

    Depth counts parentheses, powers and signs; a sum or a product of many terms is flat.
    """
    # each open parenthesis, base and depth around it, and whether it is a function's
    opened: list[tuple[_Token, int, int, bool]] = []
    depth = base = 1
    before = _Token("operator", "(", 0)
    for token in tokens:
        ended = before.kind in ("number", "name") or before.text == ")"
        if token.text == "(":
            opened.append((token, base, depth, before.kind == "name"))
            depth = base = depth + 1
        elif token.text == ")":
            if not opened:
                raise ExpressionError(_("this parenthesis was never opened"), token.column, text)
            _token, base, depth, _function = opened.pop()
        elif token.text == "," and not (opened and opened[-1][3]):
            raise ExpressionError(_("a comma belongs between arguments of a function"), token.column, text)
        elif token.text in ("**", "^") or (token.text in ("+", "-") and not ended):
            depth += 1
        elif token.text in ("+", "-", "*", "/", ","):
            depth = base
        if depth > DEEPEST:
            raise ExpressionError(_("nested more than {} deep").format(DEEPEST), token.column, text)
        before = token
    if opened:
        raise ExpressionError(_("this parenthesis is never closed"), opened[-1][0].column, text)


def _check_size(tokens: list[_Token], text: str) -> None:
    counted = [token for token in tokens if token.text not in ("(", ")", ",", "")]
    if len(counted) > MOST_NODES:
        message = _("more than {} numbers, names and operators").format(MOST_NODES)
        raise ExpressionError(message, counted[MOST_NODES].column, text)


#: A piece of the tree and, where it has no variables, its value.
_Read: TypeAlias = tuple[Node, float | None]


class _Reader:
    """Builds a tree of nodes from Python's syntax tree, which contains only arithmetic by now."""

    def __init__(self, tokens: list[_Token], text: str) -> None:
        self.text = text
        self.columns: list[int] = []
        self.python = ""
        for kind, word, column in tokens:
            part = repr(float(word)) if kind == "number" else word.replace("^", "**")
            self.python += part
            self.columns += [column] * len(part)

    def error(self, message: str, at: ast.expr) -> ExpressionError:
        return ExpressionError(message, self.columns[at.col_offset], self.text)

    def read(self) -> Node:
        return self.chain(ast.parse(self.python, mode="eval").body)[0]

    def chain(self, at: ast.expr) -> _Read:
        """Read a sum or a product of any length without recursion."""
        links: list[ast.BinOp] = []
        while isinstance(at, ast.BinOp) and type(at.op) in _BINARY:
            links.append(at)
            at = at.left
        result = self.operand(at)
        for link in reversed(links):
            op, right = _BINARY[type(link.op)], self.chain(link.right)
            if op == "/" and right[1] == 0.0:
                raise self.error(_("division by zero"), link.right)
            result = self.join(op, (result, right), link)
        return result

    def operand(self, at: ast.expr) -> _Read:
        match at:
            case ast.Constant(value=float(value)):
                return number(value), value
            case ast.Name(id=name):
                known = CONSTANTS.get(name)
                return (variable(name) if known is None else number(known, name)), known
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return self.chain(inner)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.join("neg", (self.chain(inner),), at)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in CALLABLE:
                wanted = CALLABLE[name][1]
                if len(args) != wanted:
                    one, several = (
                        _("{name} takes 1 argument, not {given}"),
                        _("{name} takes {wanted} arguments, not {given}"),
                    )
                    message = one if wanted == 1 else several
                    raise self.error(message.format(name=name, wanted=wanted, given=len(args)), at)
                return self.join(name, tuple(self.chain(arg) for arg in args), at)
            case _:
                raise self.error(_("this is not part of an expression"), at)

    def join(self, op: str, args: tuple[tuple[Node, float | None], ...], at: ast.expr) -> _Read:
        node = raw(op, *(arg for arg, _value in args))
        values = tuple(value for _node, value in args if value is not None)
        if len(values) < len(args):
            return node, None
        value = fold(op, values)
        if not math.isfinite(value):
            raise self.error(_("this constant is not a finite number"), at)
        return node, value


def _variables(tokens: list[_Token], text: str) -> tuple[str, ...]:
    """Return the variables that `tokens` use: ``("x",)``, ``("x", "y")`` or ``("x1", …, "xn")``."""
    used = {token.text: token.column for token in reversed(tokens) if token.text in ("x", "y", *_NUMBERED)}
    if not used:
        raise ExpressionError(_("there is no variable in it: use x, or x and y, or x1 to x16"), 1, text)
    numbered = [name for name in used if name in _NUMBERED]
    if not numbered:
        return ("x", "y") if "y" in used else ("x",)
    if len(numbered) < len(used):
        column = used["x"] if "x" in used else used["y"]
        raise ExpressionError(_("x and y do not mix with x1, x2, …"), column, text)
    last = max(numbered, key=_NUMBERED.index)
    names = _NUMBERED[: _NUMBERED.index(last) + 1]
    missing = next((name for name in names if name not in used), None)
    if missing is not None:
        message = _("{last} is used but {missing} is not: number variables from x1 on")
        raise ExpressionError(message.format(last=last, missing=missing), used[last], text)
    return names


def read(text: str, variables: tuple[str, ...] | None = None) -> tuple[Node, tuple[str, ...]]:
    """Return the tree of `text` as written, and its variables; raise `ExpressionError` if it is no expression."""
    if len(text) > LONGEST:
        raise ExpressionError(_("longer than {} characters").format(LONGEST), LONGEST + 1, text)
    tokens = _tokens(text, variables)
    _check_size(tokens, text)
    _check_nesting(tokens, text)
    _check_neighbours(tokens, text)
    found = _variables(tokens, text) if variables is None else variables
    try:
        return _Reader(tokens, text).read(), found
    except (SyntaxError, RecursionError, MemoryError) as problem:  # a caller deep in its stack
        raise ExpressionError(_("too complicated to read"), 1, text) from problem
