"""The base of all specifications of objectives: their keys, with ranges and defaults."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, Field, fields, replace
from functools import cache
from typing import Annotated, ClassVar, Self, TypeAlias, get_args, get_origin, get_type_hints

import annotated_types as limits
import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.text import _, typed

Point: TypeAlias = tuple[float, ...]
NotNegative: TypeAlias = Annotated[float, limits.Ge(0)]
Count: TypeAlias = Annotated[int, limits.Ge(1), limits.Le(10**9)]

#: Metadata of a field: the path of a file; a key of the table `model` in a scenario file; one or more words.
PATH: Mapping[str, bool] = {"path": True}
MODEL: Mapping[str, bool] = {"model": True}
WORDS: Mapping[str, bool] = {"words": True}


class Specification(ABC):
    """A description of an objective. Subclasses are frozen dataclasses; their fields are the keys of a scenario file.

    Raises
    ------
    ObjectiveError
        a number is outside the range that its annotation states.
    """

    #: Its word in scenario files.
    kind: ClassVar[str]
    #: The parameters that lanes start from; empty for the objective's own start.
    start: Point

    def __post_init__(self) -> None:
        for field in self.fields():
            value = getattr(self, field.name)
            if value != field.default:
                _check_range(field.name, value, key_types(type(self))[field.name])

    @abstractmethod
    def build(self, seed: int = 0) -> Objective:
        """Return the objective; `seed` decides the split of the data and the initial parameters.

        Raises
        ------
        ObjectiveError
            it cannot be built; `key` is the field at fault.
        """

    @classmethod
    def fields(cls) -> tuple[Field[object], ...]:
        """Return the dataclass fields, those without a default first."""
        everything: tuple[Field[object], ...] = fields(cls)  # type: ignore[arg-type]
        return tuple(sorted(everything, key=lambda field: field.default is not MISSING))

    @classmethod
    def required(cls) -> tuple[Field[object], ...]:
        """Return the fields without a default."""
        return tuple(field for field in fields(cls) if field.default is MISSING)  # type: ignore[arg-type]

    def given(self) -> dict[str, object]:
        """Return the keys that differ from their defaults."""
        values = {field: getattr(self, field.name) for field in self.fields()}
        return {field.name: value for field, value in values.items() if value != field.default}

    def without(self, keys: Collection[str]) -> Self:
        """Return the same specification with the defaults for `keys`; keys without a default stay."""
        defaults = {f.name: f.default for f in self.fields() if f.name in keys and f.default is not MISSING}
        return replace(self, **defaults)  # type: ignore[type-var]

    def starting_point(self, default: Collection[float], name: str) -> Array:
        """Return `start`, or `default` if it is empty; `start` must have one number for each parameter."""
        if self.start and len(self.start) != len(default):
            message = _("{name} has {count} parameters, start has {given}")
            raise ObjectiveError("start", message.format(name=name, count=len(default), given=len(self.start)))
        return np.array(self.start or tuple(default), dtype=np.float64)


@cache
def key_types(spec: type[Specification]) -> dict[str, type]:
    """Return the annotation of each field, with the limits that it states."""
    return get_type_hints(spec, include_extras=True)


def stated_limits(annotation: object) -> Iterator[object]:
    """Yield the limits of an annotation such as `Annotated[float, Ge(0)]` or `Count | None`."""
    if get_origin(annotation) is Annotated:
        yield from get_args(annotation)[1:]
    elif type(None) in get_args(annotation):
        yield from (limit for part in get_args(annotation) for limit in stated_limits(part))


def _check_range(key: str, value: object, annotation: object) -> None:
    if not isinstance(value, (int, float)):
        return
    for limit in stated_limits(annotation):
        match limit:
            case limits.Ge(float() | int() as bound):
                sign, allowed = "≥", value >= bound
            case limits.Le(float() | int() as bound):
                sign, allowed = "≤", value <= bound
            case limits.Lt(float() | int() as bound):
                sign, allowed = "<", value < bound
            case _:
                continue
        if not allowed:
            message = _("{key} must be {sign} {bound}, not {value}")
            raise ObjectiveError(key, message.format(key=key, sign=sign, bound=typed(bound), value=value))
