"""Writes the kernels of rules: a loop over coordinates around a rule's own lines."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdtui.optimizers.language.rule import Rule

#: The arguments of the kernels made of a rule's text, in order, and their types in numba's notation.
#: "rule" makes one update in place; "probe" changes nothing and writes what the update will compute into
#: out[p, c], for the coordinates coords[c]. theta[d], grad[d], slots[k, d], hyper[h], t from 1, blocks[b, 3].
ARGUMENTS = {
    "rule": "theta_, grad_, slots_, hyper_, t, blocks_",
    "probe": "theta_, grad_, slots_, hyper_, t, coords_, out_, blocks_",
}
RULE = "void(f8[::1], f8[::1], f8[:, ::1], f8[::1], f8, i8[:, ::1])"
PROBE = "void(f8[::1], f8[::1], f8[:, ::1], f8[::1], f8, i8[::1], f8[:, ::1], i8[:, ::1])"
SIGNATURES = {"rule": RULE, "probe": PROBE}


class _Rename(ast.NodeTransformer):
    def __init__(self, name: str, to: ast.expr) -> None:
        self.name, self.to = name, to

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.to if node.id == self.name else node


def effective_lr_source(rule: Rule) -> str:
    """Return what the text multiplies the update's direction by: θ's new value with that name as 1.

    The last line reads θ − η·m̂/(√v̂+ε); with m̂ → 1 what is taken off is η/(√v̂+ε).
    """
    if rule.rate:
        return rule.rate
    if rule.direction == "":
        return "lr"
    last = rule.lines[-1]
    assert isinstance(last, ast.Return)
    change = last.value
    if not (isinstance(change, ast.BinOp) and isinstance(change.op, (ast.Add, ast.Sub))):
        raise TypeError(f"{rule.name}: the last line must read `return theta - …` or `theta + …`")
    one = _Rename(rule.direction, ast.Constant(1.0)).visit(ast.parse(ast.unparse(change.right), mode="eval").body)
    return ast.unparse(one)


def write_kernel(rule: Rule, kind: str) -> str:
    """Write the kernel's Python text around the rule's own lines.

    Parameters
    ----------
    rule
        the rule.
    kind
        "rule" to make the update, "probe" to read off every name.
    """
    out = []
    out.append(f"def kernel({ARGUMENTS[kind]}):")
    used = {node.id for node in ast.walk(ast.Module(list(rule.lines), [])) if isinstance(node, ast.Name)} | {"lr"}
    for i, info in enumerate(rule.hyper):
        if info.name in used:
            out.append(f"    {info.name} = hyper_[{i}]")
    count = "theta_.shape[0]" if kind == "rule" else "coords_.shape[0]"
    out.append(f"    for k_ in range({count}):")
    out.append("        i_ = k_" if kind == "rule" else "        i_ = coords_[k_]")
    out.append("        theta = theta_[i_]")
    out.append("        g = grad_[i_]")
    for i, slot in enumerate(rule.slots):
        out.append(f"        {slot.name} = slots_[{i}, i_]")
    for line in rule.lines:
        text = ast.unparse(line)
        if isinstance(line, ast.Return):
            assert line.value is not None
            text = f"theta_[i_] = {ast.unparse(line.value)}" if kind == "rule" else ""
        if text:
            out.append(f"        {text}")
    if kind == "rule":
        out += [f"        slots_[{i}, i_] = {slot.name}" for i, slot in enumerate(rule.slots)]
    else:
        out.append(f"        effective_lr = {effective_lr_source(rule)}")
        out += [f"        out_[{i}, k_] = {name}" for i, name in enumerate(rule.symbols)]
    return "\n".join(out) + "\n"
