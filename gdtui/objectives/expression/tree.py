"""The tree of an expression: immutable interned nodes, and arithmetic that simplifies as it builds."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from gdtui.objectives.expression.functions import fold


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Node:
    """One node: a number, a variable, or an operation on other nodes. Equal nodes are the same object.

    `op` is ``"number"``, ``"variable"``, one of ``+ - * / ^ neg``, a name of `CALLABLE`, or one of the
    operations that only differentiation introduces: ``recip`` (1/u, but 0 at u = 0), ``pow0`` (u^q, but 0
    where u = 0 and q < 0), ``log0`` (log u, but 0 at u = 0), ``sech`` (1/cosh u). Arithmetic with nodes simplifies.
    """

    op: str
    args: tuple[Node, ...] = ()
    value: float = 0.0
    symbol: str = ""

    def __add__(self, other: Node | float) -> Node:
        u, v = self, _node(other)
        if u.op == v.op == "number":
            return number(u.value + v.value)
        if u is ZERO or v is ZERO:
            return v if u is ZERO else u
        (a, s), (b, t) = _coefficient(u), _coefficient(v)
        if s is t and s.op != "number":
            return number(a + b) * s
        if v.op == "neg" or (v.op == "number" and v.value < 0.0):
            return u - (-v)
        if u.op == "neg":
            return v - u.args[0]
        return raw("+", u, v)

    def __sub__(self, other: Node | float) -> Node:
        u, v = self, _node(other)
        if u.op == v.op == "number":
            return number(u.value - v.value)
        if v is ZERO:
            return u
        if u is ZERO:
            return -v
        (a, s), (b, t) = _coefficient(u), _coefficient(v)
        if s is t and s.op != "number":
            return number(a - b) * s
        if v.op == "neg" or (v.op == "number" and v.value < 0.0):
            return u + (-v)
        return raw("-", u, v)

    def __neg__(self) -> Node:
        if self.op == "number":
            return number(-self.value)
        if self.op == "neg":
            return self.args[0]
        if self.op == "-":
            return raw("-", self.args[1], self.args[0])
        c, rest = _coefficient(self)
        return raw("neg", self) if rest is self else number(-c) * rest

    def __mul__(self, other: Node | float) -> Node:
        """Return u·v: coefficients come first and are merged, equal bases become a power."""
        u, v = self, _node(other)
        if u.op == v.op == "number":
            return number(u.value * v.value)
        if v.op == "number":
            u, v = v, u
        if u is ZERO or v is ZERO:
            return ZERO
        if u is ONE:
            return v
        (a, s), (b, t) = _coefficient(u), _coefficient(v)
        if u.op == "number":
            if u.value == -1.0:
                return -v
            if t is not v and _tame(u.value) and _tame(b):
                return number(u.value * b) * t
            return raw("*", u, v)
        if (s is not u or t is not v) and _tame(a) and _tame(b):
            return number(a * b) * (s * t)
        (base, n), (other_base, m) = _integer_power(u), _integer_power(v)
        if base is other_base:
            return power(base, number(n + m))
        return raw("*", u, v)

    def __truediv__(self, other: Node | float) -> Node:
        """Return u/v; division by a constant stays a division (x/20 is not 0.05·x in float64)."""
        u, v = self, _node(other)
        if u.op == v.op == "number":
            return number(fold("/", (u.value, v.value)))
        if u is ZERO or v is ONE:
            return u
        if u.op == "neg":
            return -(u.args[0] / v)
        return raw("/", u, v)

    def __radd__(self, other: float) -> Node:
        return number(other) + self

    def __rsub__(self, other: float) -> Node:
        return number(other) - self

    def __rmul__(self, other: float) -> Node:
        return number(other) * self

    def __repr__(self) -> str:
        """Return the number or name, or the kind of operation: a tree may be very long."""
        if self.op == "number":
            return self.symbol or repr(self.value)
        return self.symbol or f"<{self.op} of {len(self.args)}>"


_interned: WeakValueDictionary[tuple[str, tuple[Node, ...], str, str], Node] = WeakValueDictionary()


def _intern(op: str, args: tuple[Node, ...] = (), value: float = 0.0, symbol: str = "") -> Node:
    key = (op, args, repr(value), symbol)
    found = _interned.get(key)
    return found if found is not None else _interned.setdefault(key, Node(op, args, value, symbol))


def number(value: float, symbol: str = "") -> Node:
    """Return the node of a float64 constant; `symbol` is shown instead of the value (``pi``, ``e``)."""
    return _intern("number", value=float(value) + 0.0, symbol=symbol)  # + 0.0: one zero only


def variable(name: str) -> Node:
    """Return the node of the variable called `name`."""
    return _intern("variable", symbol=name)


def raw(op: str, *args: Node) -> Node:
    """Return the node of an operation as a user wrote it, without simplifying."""
    return _intern(op, args)


ZERO, ONE = number(0.0), number(1.0)


def _node(value: Node | float) -> Node:
    return value if isinstance(value, Node) else number(value)


def postorder(*roots: Node) -> list[Node]:
    """Return every node below `roots` once, arguments before their operations (trees may be deep)."""
    seen: set[Node] = set()
    result: list[Node] = []
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, done = stack.pop()
        if done:
            result.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args) if arg not in seen)
    return result


def _tame(value: float) -> bool:
    """Say whether a coefficient may be moved past other factors without risking overflow or underflow."""
    return 2.0**-20 <= abs(value) <= 2.0**20


def _coefficient(node: Node) -> tuple[float, Node]:
    """Split c·u into (c, u); anything else is (1, itself)."""
    if node.op == "*" and node.args[0].op == "number":
        return node.args[0].value, node.args[1]
    return (-1.0, node.args[0]) if node.op == "neg" else (1.0, node)


def _integer_power(node: Node) -> tuple[Node, int]:
    """Split u^n with a whole n ≥ 1 into (u, n); anything else is (itself, 1)."""
    if node.op == "^" and node.args[1].op == "number":
        exponent = node.args[1].value
        if exponent >= 1.0 and exponent.is_integer():
            return node.args[0], int(exponent)
    return node, 1


def power(u: Node, v: Node) -> Node:
    """Return u^v, simplified: u^½ becomes √u, (u^n)^m with whole n and m becomes u^(nm)."""
    if u.op == v.op == "number":
        return number(fold("^", (u.value, v.value)))
    if v.op == "number":
        if v.value == 0.0:
            return ONE
        if v.value == 1.0:
            return u
        if v.value == 0.5:
            return call("sqrt", u)
        base, n = _integer_power(u)
        if n > 1 and v.value >= 1.0 and v.value.is_integer():
            return raw("^", base, number(n * v.value))
    return raw("^", u, v)


def call(op: str, *args: Node) -> Node:
    """Return the operation `op` on `args`, folded when all of them are constants."""
    if all(arg.op == "number" for arg in args):
        return number(fold(op, tuple(arg.value for arg in args)))
    return raw(op, *args)


_BUILDERS: dict[str, Callable[..., Node]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": power, "neg": operator.neg,
}  # fmt: skip


def simplify(tree: Node) -> Node:
    """Return `tree` rebuilt: constants folded, 0 and 1 gone, like terms merged."""
    built: dict[Node, Node] = {}
    for node in postorder(tree):
        if node.op == "number":
            built[node] = number(node.value)
        elif node.op == "variable":
            built[node] = node
        else:
            args = [built[arg] for arg in node.args]
            built[node] = _BUILDERS[node.op](*args) if node.op in _BUILDERS else call(node.op, *args)
    return built[tree]
