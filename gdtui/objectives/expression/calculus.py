"""Exact derivatives of expression trees: one table of rules, one backward sweep.

One convention holds at all singular points: **if differentiation introduces a division (logarithm, negative power)
that the user has not written, it counts as 0 where its divisor (argument, base) is 0.** So at a kink or a cusp
the derivative is 0: sqrt u and u^p (0 < p < 1) at u = 0, hypot and atan2 at (0, 0), asin and acos at 1 and -1. Likewise
abs' = sign is 0 at 0, sign' is 0 everywhere, and max and min at a tie give each side one half.
Poles that the user has written (1/x, log x, x^-2) are not guarded: value and slope are inf or nan there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from gdtui.objectives.expression.tree import ONE, ZERO, Node, call, number, postorder, power
from gdtui.text import _


def recip(u: Node) -> Node:
    """Return 1/u, defined as 0 at u = 0."""
    return call("recip", u)


def _guarded_power(u: Node, q: Node) -> Node:
    """Return u^q, defined as 0 where u = 0 and q < 0."""
    return power(u, q) if q.op == "number" and q.value >= 0.0 else call("pow0", u, q)


def _power_rule(a: Node, f: Node, u: Node, v: Node) -> tuple[Node, Node]:
    if v.op == "number":
        lower = v - 1.0
        slope = power(u, lower) if v.value < 0.0 else _guarded_power(u, lower)
        return a * (v * slope), ZERO
    return a * (v * _guarded_power(u, v - 1.0)), a * (f * call("log0", u))


def _larger(u: Node, v: Node) -> Node:
    """Return 1 where u > v, 0 where u < v, ½ at a tie."""
    return 0.5 + 0.5 * call("sign", u - v)


def _inverse_circle(u: Node) -> Node:
    """Return 1/√(1-u²), written so that it keeps its digits near ±1."""
    return recip(call("sqrt", (1.0 - u) * (1.0 + u)))


#: operation f(u, …) -> (a, f, u, …) ↦ (a·∂f/∂u, …), where a is the derivative of the whole with respect to f.
RULES: dict[str, Callable[..., tuple[Node, ...]]] = {
    "+": lambda a, f, u, v: (a, a),
    "-": lambda a, f, u, v: (a, -a),
    "*": lambda a, f, u, v: (a * v, a * u),
    "/": lambda a, f, u, v: (a / v, -(a * f) / v),
    "^": _power_rule,
    "neg": lambda a, f, u: (-a,),
    "sin": lambda a, f, u: (a * call("cos", u),),
    "cos": lambda a, f, u: (-(a * call("sin", u)),),
    "tan": lambda a, f, u: (a * (1.0 + f * f),),
    "asin": lambda a, f, u: (a * _inverse_circle(u),),
    "acos": lambda a, f, u: (-(a * _inverse_circle(u)),),
    "atan": lambda a, f, u: (a / (1.0 + u * u),),
    "sinh": lambda a, f, u: (a * call("cosh", u),),
    "cosh": lambda a, f, u: (a * call("sinh", u),),
    "tanh": lambda a, f, u: (a * power(call("sech", u), number(2.0)),),
    "exp": lambda a, f, u: (a * f,),
    "log": lambda a, f, u: (a / u,),
    "log10": lambda a, f, u: (a / (math.log(10.0) * u),),
    "sqrt": lambda a, f, u: (a * (0.5 * recip(f)),),
    "abs": lambda a, f, u: (a * call("sign", u),),
    "sign": lambda a, f, u: (ZERO,),
    "max": lambda a, f, u, v: (a * _larger(u, v), a * _larger(v, u)),
    "min": lambda a, f, u, v: (a * _larger(v, u), a * _larger(u, v)),
    "hypot": lambda a, f, u, v: (a * (u * recip(f)), a * (v * recip(f))),
    "atan2": lambda a, f, u, v: (a * (v * recip(u * u + v * v)), -(a * (u * recip(u * u + v * v)))),
    "recip": lambda a, f, u: (-(a * (f * f)),),
    "pow0": lambda a, f, u, q: (a * (q * _guarded_power(u, q - 1.0)), a * (f * call("log0", u))),
    "log0": lambda a, f, u: (a * recip(u),),
    "sech": lambda a, f, u: (-(a * (f * call("tanh", u))),),
}


#: Operations with a point at which the derivative is a convention: how to write them, and the point.
_SINGULAR = {
    "sqrt": ("√", "0"), "abs": ("|·|", "0"), "sign": ("sign", "0"), "hypot": ("hypot", "(0, 0)"),
    "atan2": ("atan2", "(0, 0)"), "asin": ("asin", "±1"), "acos": ("acos", "±1"),
}  # fmt: skip


def _kinked_power(node: Node) -> bool:
    """Say whether a node is a power with a kink at base 0: whole powers have a slope there, negative ones a pole."""
    if node.op != "^":
        return False
    exponent = node.args[1]
    return exponent.op != "number" or (exponent.value > 0.0 and not exponent.value.is_integer())


def singular_points(tree: Node) -> str:
    """Return sentences about the points at which derivatives of a simplified `tree` are a convention, or ""."""
    found: dict[str, list[str]] = {}
    ties = []
    for node in postorder(tree):
        if not any(arg.op != "number" for arg in node.args):
            continue
        if node.op in ("max", "min"):
            ties.append(node.op)
        elif node.op in _SINGULAR:
            name, place = _SINGULAR[node.op]
            found.setdefault(_("{names} at {place}").replace("{place}", place), []).append(name)
        elif _kinked_power(node):
            found.setdefault(_("a power of 0"), []).append("")
    kinks = ", ".join(form.replace("{names}", _all(names)) for form, names in found.items())
    if kinks and ties:
        message = _("Where there is no slope it counts as 0: {kinks}; at a tie of {ties} each side counts half.")
    elif kinks:
        message = _("Where there is no slope it counts as 0: {kinks}.")
    else:
        message = _("At a tie of {ties} each side counts half.") if ties else ""
    return message.format(kinks=kinks, ties=_all(ties))


def _all(names: list[str]) -> str:
    """Return different names as a list in words."""
    return _(" and ").join(dict.fromkeys(names))


def differentiate(tree: Node, variables: tuple[str, ...]) -> tuple[Node, ...]:
    """Return the partial derivatives of a simplified `tree`, one for each of `variables`.

    Reverse mode: one sweep from the root gives all of them (Griewank & Walther 2008, ch. 3).
    """
    order = postorder(tree)
    active: set[Node] = set()
    for node in order:
        if node.op == "variable" or any(arg in active for arg in node.args):
            active.add(node)
    adjoint: dict[Node, Node] = {tree: ONE}
    for node in reversed(order):
        if not node.args or node not in active or node not in adjoint:
            continue
        for arg, share in zip(node.args, RULES[node.op](adjoint[node], node, *node.args), strict=True):
            if arg in active and share is not ZERO:
                adjoint[arg] = share + adjoint[arg] if arg in adjoint else share
    slopes: dict[str, Node] = {node.symbol: a for node, a in adjoint.items() if node.op == "variable"}
    return tuple(slopes.get(name, ZERO) for name in variables)
