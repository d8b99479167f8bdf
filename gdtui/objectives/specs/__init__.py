"""One specification for each kind of objective: a frozen dataclass with `build(seed)`.

Its fields are the keys of `[objective]` in a scenario file: types, ranges and defaults are stated there alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from gdtui.errors import ObjectiveError
from gdtui.objectives.specs.closed_form import ExpressionSpec, SurfaceSpec
from gdtui.objectives.specs.dataset import CsvSpec, DatasetSpec
from gdtui.objectives.specs.specification import Specification
from gdtui.objectives.specs.tape import TapeSpec
from gdtui.text import _, did_you_mean

__all__ = [
    "KINDS", "CsvSpec", "DatasetSpec", "ExpressionSpec", "ObjectiveSpec", "Specification", "SurfaceSpec", "TapeSpec",
]  # fmt: skip

#: The specifications by their word in scenario files; if there are several, the given key decides.
KINDS: dict[str, tuple[type[Specification], ...]] = {
    "surface": (SurfaceSpec,), "expression": (ExpressionSpec,), "dataset": (DatasetSpec, CsvSpec), "tape": (TapeSpec,),
}  # fmt: skip


def specify(kind: str, keys: Mapping[str, object]) -> Specification:
    """Return the specification of a kind with these keys.

    Raises
    ------
    ObjectiveError
        there is no such kind, a key is missing or unknown, or a number is out of range.
    """
    if kind not in KINDS:
        message = _("kind is one of {kinds}, not {kind!r}").format(kinds=", ".join(KINDS), kind=kind)
        raise ObjectiveError("kind", message, did_you_mean(kind, KINDS))
    required = {spec: {field.name for field in spec.required()} for spec in KINDS[kind]}
    fitting = [spec for spec, names in required.items() if names <= keys.keys()]
    if len(fitting) != 1:
        key = next(iter(required[KINDS[kind][0]]))
        if len(KINDS[kind]) > 1:
            raise ObjectiveError(key, _("a dataset has either a name or a csv"))
        raise ObjectiveError(key, _("{!r} is missing").format(key))
    spec = fitting[0]
    known = [field.name for field in spec.fields()]
    for key in keys:
        if key not in known:
            message = _("a {kind} with these keys takes no {key!r} (it takes: {known})")
            raise ObjectiveError(key, message.format(kind=kind, key=key, known=", ".join(known)))
    return spec(**keys)


def ObjectiveSpec(
    kind: str = "surface", name: str = "", formula: str = "", domain: tuple[tuple[float, float], ...] = (),
    start: tuple[float, ...] = (), noise: float = 0.0, **others: object,
) -> Specification:  # fmt: skip
    """Return the specification of a kind ("surface", "expression", "dataset" or "tape"); empty values are not given.

    The other arguments are the fields of the kind's specification. A surface without a name is rosenbrock.

    Raises
    ------
    ObjectiveError
        a key does not fit the kind.
    """
    named = {"name": name, "formula": formula, "domain": domain, "start": start, "noise": noise}
    given: dict[str, object] = {key: value for key, value in named.items() if value}
    given |= {key: value for key, value in others.items() if value not in (None, "", ())}
    if kind == "surface":
        given.setdefault("name", "rosenbrock")
    elif kind in ("expression", "tape"):
        given.pop("name", None)
    return specify(kind, given)
