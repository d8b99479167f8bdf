"""Writes the kernels of rules for one coordinate: a loop over coordinates around the text's own lines.

Powers and calls of hyperparameters and t alone are computed before the loop.
"""

from __future__ import annotations

import ast

from gdtui.optimizers.language.loop_invariants import Invariants
from gdtui.optimizers.language.rule_text import RuleText, symbols_of
from gdtui.optimizers.language.writer import names_in

#: The arguments of the three kinds of kernels; their signatures in numba's notation are below.
#: "rule" makes one update in place; "guarded" does the same and returns how many numbers of gradient and new parameters
#: are `outside`; "probe" changes nothing and writes what the update will compute to out[p, c], for the coordinates
#: coords[c]. theta[d], grad[d], slots[k, d], hyper[h], t from 1, blocks[b, 3].
ARGUMENTS = {
    "rule": "theta_, grad_, slots_, hyper_, t, blocks_",
    "guarded": "theta_, grad_, slots_, hyper_, t, blocks_",
    "probe": "theta_, grad_, slots_, hyper_, t, coords_, out_, blocks_",
}
RULE = "void(f8[::1], f8[::1], f8[:, ::1], f8[::1], f8, i8[:, ::1])"
PROBE = "void(f8[::1], f8[::1], f8[:, ::1], f8[::1], f8, i8[::1], f8[:, ::1], i8[:, ::1])"
GUARDED = RULE.replace("void", "i8")
SIGNATURES = {"rule": RULE, "guarded": GUARDED, "probe": PROBE}

#: The squares of numbers below it, and of their differences, have a finite sum: of the largest model's parameters too.
SAFE = 1e150


def outside(number: float) -> int:
    """Return 1 for a number whose square may be too large, for nan and for infinity; else 0."""
    return 0 if abs(number) < SAFE else 1


def write_kernel(texts: tuple[RuleText, ...], kind: str) -> str:
    """Return the Python source of a kernel of a kind, a key of `SIGNATURES`, around a single text."""
    (text,) = texts
    probe, guarded = kind == "probe", kind == "guarded"
    used = {name for _name, value in text.statements for name in names_in(value)} | {"lr"}
    shared = Invariants(text)
    lines = [(name, shared.reduced(value)) for name, value in text.statements]
    out = [f"def kernel({ARGUMENTS[kind]}):"]
    out += [f"    {name} = hyper_[{i}]" for i, name in enumerate(text.hyper) if name in used]
    effective_lr = shared.reduced(text.effective_lr) if probe else ""
    out += [f"    {name} = {ast.unparse(value)}" for name, value in shared.found.items()]
    out += ["    outside_ = 0"] * guarded
    out.append(f"    for k_ in range({'coords_' if probe else 'theta_'}.shape[0]):")
    out.append(f"        i_ = {'coords_[k_]' if probe else 'k_'}")
    out += ["        theta = theta_[i_]", "        g = grad_[i_]"]
    out += [f"        {name} = slots_[{i}, i_]" for i, name in enumerate(text.slots)]
    out += [f"        {name} = {source}" for name, source in lines[:-1]]
    if probe:
        out.append(f"        effective_lr = {effective_lr}")
        out += [f"        out_[{i}, k_] = {name}" for i, name in enumerate(symbols_of(texts))]
    else:
        out.append(f"        theta_[i_] = {lines[-1][1]}")
        out += [f"        slots_[{i}, i_] = {name}" for i, name in enumerate(text.slots)]
        out += ["        outside_ += outside(grad_[i_]) | outside(theta_[i_])"] * guarded
    out += ["    return outside_"] * guarded
    return "\n".join(out) + "\n"
