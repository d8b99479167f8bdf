"""From names, formulas and datasets to objectives with kernels."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Kernel
from gdtui.objectives.data.datasets import build_csv, build_dataset
from gdtui.objectives.data.tape import build_tape as tape
from gdtui.objectives.expression import expression as expressions
from gdtui.objectives.expression import functions
from gdtui.objectives.network.fit import Wish
from gdtui.objectives.objective import OBJECTIVE, Objective
from gdtui.objectives.surfaces import catalogue as surfaces

__all__ = ["dataset", "expression", "objective_kernel", "surface", "tape"]

#: A typed formula is looked at from here, unless a domain is given.
DEFAULT_RANGE = (-3.0, 3.0)


@lru_cache(maxsize=64)
def objective_kernel(formula: str, variables: tuple[str, ...], *, keep: bool) -> Kernel:
    """Compile a formula's value and gradient as a kernel of kind "objective".

    Parameters
    ----------
    formula
        a line of mathematics.
    variables
        their order in theta.
    keep
        cache the machine code on disk.
    """
    program = expressions.lower(expressions.parse(formula, variables), 1)
    lines = ["def kernel(theta_, data_, rows_, lo_, hi_, shape_, work_, grad_):"]
    lines += [f"    x{i} = theta_[{i}]" for i in range(len(variables))]
    lines += [f"    {name} = {source}" for name, source in program.statements]
    lines.append("    if grad_.shape[0] > 0:")
    lines += [f"        grad_[{i}] = {source}" for i, source in enumerate(program.gradient)]
    lines.append(f"    return float({program.value})")
    text = "\n".join(lines) + "\n"
    # named after its text, and placed in the file of the functions that are compiled into it: numba's cache then
    # finds it, and nothing stale
    name = f"objective_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    space: dict[str, Any] = {}
    names = {**functions.FUNCTIONS, **functions.GUARDS, "__name__": __name__}
    exec(
        compile(text.replace("def kernel", f"def {name}", 1), functions.recip.__code__.co_filename, "exec"),
        names,
        space,
    )
    return Kernel(space[name], OBJECTIVE, keep=keep)


def _start(given: tuple[float, ...], default: tuple[float, ...], name: str) -> np.ndarray[Any, Any]:
    if given and len(given) != len(default):
        raise ObjectiveError("start", f"{name} has {len(default)} parameters, start has {len(given)}")
    return np.array(given or default, dtype=np.float64)


def surface(name: str, start: tuple[float, ...] = (), noise: float = 0.0) -> Objective:
    """Return a built-in surface as an objective.

    Raises
    ------
    ObjectiveError
        no such surface, or start does not fit.
    """
    try:
        entry = surfaces.surface(name)
    except ValueError as error:
        raise ObjectiveError("name", str(error)) from None
    parsed = expressions.parse(entry.formula)
    return Objective(
        kind="surface",
        name=name,
        formula=parsed.pretty,
        kernel=objective_kernel(entry.formula, parsed.variables, keep=True),
        start=_start(start, entry.start, name),
        names=parsed.variables,
        noise=noise,
        expression=parsed,
        domain=entry.domain,
        minima=entry.minima,
        teaches=entry.teaches,
        log_levels=entry.scale == "log",
    )


def expression(
    formula: str,
    domain: tuple[tuple[float, float], ...] = (),
    start: tuple[float, ...] = (),
    noise: float = 0.0,
) -> Objective:
    """Return a typed formula as an objective.

    Raises
    ------
    ExpressionError
        the formula is not one, with its column.
    ObjectiveError
        domain or start do not fit.
    """
    parsed = expressions.parse(formula)
    n = len(parsed.variables)
    if domain and len(domain) != n:
        raise ObjectiveError("domain", f"the formula has {n} variables, domain has {len(domain)}")
    for low, high in domain:
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ObjectiveError("domain", f"a domain is [low, high] with low < high, not [{low!r}, {high!r}]")
    seen = domain or (DEFAULT_RANGE,) * n
    default = tuple(low + (0.15 if i % 2 == 0 else 0.8) * (high - low) for i, (low, high) in enumerate(seen))
    return Objective(
        kind="expression",
        name="expression",
        formula=parsed.pretty,
        kernel=objective_kernel(formula, parsed.variables, keep=False),
        start=_start(start, default, "the formula"),
        names=parsed.variables,
        noise=noise,
        expression=parsed,
        domain=seen,
        teaches=f"Your own function. {parsed.singular}".rstrip(),
    )


def dataset(
    name: str = "",
    rows: int | None = None,
    start: tuple[float, ...] = (),
    *,
    csv: str = "",
    target: tuple[str, ...] = (),
    validation: float = 0.0,
    standardize: bool = False,
    layers: tuple[int, ...] = (),
    activation: str = "",
    loss: str = "",
    init: str = "",
    seed: int = 0,
) -> Objective:
    """Return the mean loss of a model of a built-in dataset, or of a file's rows, as an objective.

    Parameters
    ----------
    name
        of a built-in dataset; not looked at if csv is given.
    rows
        how many; None for the dataset's own number.
    csv, target
        path of a file, and the columns to predict (empty for the last one).
    start, validation, standardize, layers, activation, loss, init, seed
        see `gdtui.objectives.network.fit.Wish`.

    Raises
    ------
    ObjectiveError
        no such dataset, the file is at fault, or something does not fit it.
    """
    wish = Wish(start, validation, standardize, layers, activation, loss, init, seed)
    if csv:
        return build_csv(csv, target, rows, wish)
    if target:
        raise ObjectiveError("target", "target names columns of a file; there is no csv")
    return build_dataset(name, rows, wish)
