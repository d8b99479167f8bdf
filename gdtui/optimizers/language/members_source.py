"""Writes the kernels of rules over members: runs side by side, each with hyperparameters of its own.

The text's lines stand in a loop over members within a loop over coordinates, so that they vectorise. Powers and calls
of hyperparameters and t alone are computed once for a member, and once for neighbours with the same hyperparameters.
"""

from __future__ import annotations

import ast

from gdtui.optimizers.language.loop_invariants import MOST, Invariants
from gdtui.optimizers.language.rule_text import RuleText
from gdtui.optimizers.language.writer import names_in

#: One update of every member in place: theta[d, m], grad[d, m], slots[k, d, m], hyper[h, m], t from 1; room[r, m] is
#: scratch of `ROOM` rows; blocks[b, 3].
MEMBERS = "void(f8[:, ::1], f8[:, ::1], f8[:, :, ::1], f8[:, ::1], f8, f8[:, ::1], i8[:, ::1])"
ROOM = MOST


def write_members_kernel(text: RuleText) -> str:
    """Return the Python source of the kernel of a text over members."""
    shared = Invariants(text)
    lines = [(name, shared.reduced(value)) for name, value in text.statements]
    used = {name for _name, source in lines for name in names_in(ast.parse(source))}
    hyper = [(f"hyper_[{i}, k_]", name) for i, name in enumerate(text.hyper)]
    out = ["def kernel(theta_, grad_, slots_, hyper_, t, room_, blocks_):"]
    if shared.found:
        needed = {name for value in shared.found.values() for name in names_in(value)}
        own = [(place, name) for place, name in hyper if name in needed]
        same = " and ".join(["k_ > 0", *(f"{place} == {place.replace('k_', 'k_ - 1')}" for place, _name in own)])
        out += ["    for k_ in range(theta_.shape[1]):", f"        if {same}:"]
        out += [f"            room_[{r}, k_] = room_[{r}, k_ - 1]" for r in range(len(shared.found))]
        out += ["        else:"]
        out += [f"            {name} = {place}" for place, name in own]
        out += [f"            room_[{r}, k_] = {ast.unparse(value)}" for r, value in enumerate(shared.found.values())]
    out += ["    for i_ in range(theta_.shape[0]):", "        for k_ in range(theta_.shape[1]):"]
    inner = [f"{name} = {place}" for place, name in hyper if name in used]
    inner += [f"{name} = room_[{r}, k_]" for r, name in enumerate(shared.found)]
    inner += ["theta = theta_[i_, k_]", "g = grad_[i_, k_]"]
    inner += [f"{name} = slots_[{i}, i_, k_]" for i, name in enumerate(text.slots)]
    inner += [f"{name} = {source}" for name, source in lines[:-1]]
    inner += [f"theta_[i_, k_] = {lines[-1][1]}"]
    inner += [f"slots_[{i}, i_, k_] = {name}" for i, name in enumerate(text.slots)]
    return "\n".join([*out, *(f"            {line}" for line in inner)]) + "\n"
