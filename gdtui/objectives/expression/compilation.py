"""From a formula to a compiled objective."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache

from gdtui.kernel import Kernel
from gdtui.objectives.expression import functions
from gdtui.objectives.expression.expression import lower, parse
from gdtui.objectives.kernel_signature import OBJECTIVE, OBJECTIVE_OVER_MEMBERS


@lru_cache(maxsize=64)
def objective_kernel(formula: str, variables: tuple[str, ...], *, keep: bool) -> Kernel:
    """Return the kernel of a formula's value and gradient; `keep` caches its machine code on disk."""
    program = lower(parse(formula, variables), 1)
    lines = ["def kernel(theta_, data_, rows_, lo_, hi_, shape_, work_, grad_):"]
    lines += [f"    x{i} = theta_[{i}]" for i in range(len(variables))]
    lines += [f"    {name} = {source}" for name, source in program.statements]
    lines.append("    if grad_.shape[0] > 0:")
    lines += [f"        grad_[{i}] = {source}" for i, source in enumerate(program.gradient)]
    lines.append(f"    return float({program.value})")
    return _compiled(lines, "objective", OBJECTIVE, keep=keep)


@lru_cache(maxsize=64)
def members_kernel(formula: str, variables: tuple[str, ...], *, keep: bool) -> Kernel:
    """Return the kernel of a formula's value and gradient at many points side by side; `keep` as above.

    It always writes the gradient.
    """
    program = lower(parse(formula, variables), 1)
    lines = [
        "def kernel(theta_, data_, rows_, lo_, hi_, shape_, work_, loss_, grad_):",
        "    for k_ in range(loss_.shape[0]):",
    ]
    lines += [f"        x{i} = theta_[{i}, k_]" for i in range(len(variables))]
    lines += [f"        {name} = {source}" for name, source in program.statements]
    lines += [f"        grad_[{i}, k_] = {source}" for i, source in enumerate(program.gradient)]
    lines.append(f"        loss_[k_] = {program.value}")
    return _compiled(lines, "members", OBJECTIVE_OVER_MEMBERS, keep=keep)


def _compiled(lines: list[str], kind: str, signature: str, *, keep: bool) -> Kernel:
    """Return the kernel of these lines of Python."""
    text = "\n".join(lines) + "\n"
    # numba's cache identifies a kernel by name, file and the file's time. The name holds a hash of the text; the file
    # is that of the functions that are compiled into the kernel. So the cached kernel is found, and never a stale one.
    name = f"{kind}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    code = compile(text.replace("def kernel", f"def {name}", 1), functions.__file__, "exec")
    space: dict[str, Callable[..., float]] = {}
    exec(code, {**functions.FUNCTIONS, **functions.GUARDS, "__name__": __name__}, space)
    return Kernel(space[name], signature, keep=keep)
