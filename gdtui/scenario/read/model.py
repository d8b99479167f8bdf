"""The scenario file as pydantic models: every key there is, and what it may be.

Only `load` imports this, and only when a file is read: pydantic takes longer to import than all else here.
What these models cannot say (that a lane's optimizer has such a hyperparameter, that a quantity exists at that
point of the script) is checked by `sections` and `script`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING
from inspect import getdoc
from types import GenericAlias
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from gdtui.objectives.specs import KINDS as KINDS_OF_OBJECTIVES
from gdtui.objectives.specs import Specification
from gdtui.objectives.specs.specification import key_types
from gdtui.view.charts import KINDS

Count: TypeAlias = Annotated[int, Field(ge=1, le=10**9)]
Positive: TypeAlias = Annotated[float, Field(gt=0.0)]


class Table(BaseModel):
    """A table of the file: strict types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Open(Table):
    """A table that also takes the hyperparameters of a lane."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _comparable(value: object) -> object:
    """Take a number, an array of numbers, a word (of a status), or a quantity by name."""
    if _number(value) or isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(map(_number, value)):
        return value
    raise PydanticCustomError("comparable", "must be a number, an array of numbers, or a quantity such as 'adam.loss'")


def _count_or_mark(value: object) -> object:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10**9):
        return value
    raise PydanticCustomError("back", "must be how many updates (1 or more), or the name of a mark")


def _words(value: object) -> object:
    listed = value if isinstance(value, list) else [value]
    if listed and all(isinstance(word, str) and word for word in listed):
        return tuple(listed)
    raise PydanticCustomError("words", "must be a string or an array of strings")


def _coordinate(value: object) -> object:
    if value == "norm" or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise PydanticCustomError("coordinate", "must be the number of a parameter, counted from 0, or 'norm'")


Comparable: TypeAlias = Annotated[Any, PlainValidator(_comparable)]
Words: TypeAlias = Annotated[tuple[str, ...], PlainValidator(_words)]


# -- the head ---------------------------------------------------------------------------------------


class LimitsTable(Table):
    """`limits`: a run that passes them stops with exit code 4."""

    updates: Annotated[int, Field(ge=1, le=10**15)] | None = None
    seconds: Positive | None = None


class Head(Table):
    """The keys before the first table; the tables themselves are read one by one."""

    format: Annotated[int, Field(ge=1, le=1)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    summary: Annotated[str, Field(max_length=400)] = ""
    tags: list[str] = []
    limits: LimitsTable = LimitsTable()
    objective: Any
    run: Any = None
    lanes: Any
    script: Any = None


class RunTable(Table):
    """`[run]`: what a plain `gdtui run` does."""

    seed: Annotated[int, Field(ge=0, lt=2**64)] = 0
    updates: Count = 500
    x_axis: Literal["updates", "epochs", "samples", "evaluations"] = "updates"


class ScriptTable(Table):
    """`[script]`: acts in order."""

    do: list[Any]


# -- objectives -------------------------------------------------------------------------------------


def _toml_type(annotation: Any) -> Any:
    """Return the type of a field as TOML has it: arrays for tuples, of a fixed length for pairs."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[_toml_type(annotation.__origin__), *annotation.__metadata__]
    if origin is tuple:
        items: Any = GenericAlias(list, (_toml_type(parts[0]),))
        return items if parts[1] is ... else Annotated[items, Field(min_length=len(parts), max_length=len(parts))]
    return annotation


def _objective_table(kind: str, specs: Iterable[type[Specification]]) -> type[Table]:
    """Return the table of a kind: the keys of all its specifications; those of the model in a table of their own."""
    keys: dict[str, Any] = {"kind": (Literal[kind], ...)}
    model: dict[str, Any] = {}
    specs = tuple(specs)
    for spec in specs:
        for field in spec.fields():
            needed = field.default is MISSING and len(specs) == 1
            default = ... if needed else None if field.default in (MISSING, "", ()) else field.default
            type_ = _toml_type(key_types(spec)[field.name])
            if field.metadata.get("words"):
                type_ = Annotated[Any, PlainValidator(_words)]
            (model if field.metadata.get("model") else keys)[field.name] = (type_, default)
    if model:
        keys["model"] = (create_model("ModelTable", __base__=Table, **model), None)
    documented = specs[0] if len(specs) == 1 else specs[0].__base__
    doc = (getdoc(documented) or "").partition("\n")[0]
    return create_model(f"{kind.title()}Table", __base__=Table, __doc__=doc, **keys)


OBJECTIVES: dict[str, type[Table]] = {
    kind: _objective_table(kind, specs) for kind, specs in KINDS_OF_OBJECTIVES.items()
}


# -- lanes ------------------------------------------------------------------------------------------


class StopTable(Table):
    """`stop`: when a lane is done."""

    loss: Positive | None = None
    grad_norm: Positive | None = None
    patience: Count | None = None
    updates: Count | None = None


class LaneTable(Open):
    """`[lanes.NAME]`: an optimizer; every other key is a hyperparameter or an option of it."""

    optimizer: str
    dialect: str | None = None
    sampling: Any = None
    start: list[float] = []
    schedule: dict[str, Any] | None = None
    stop: StopTable | None = None
    stream: Annotated[str, Field(min_length=1, max_length=64)] | None = None


# -- acts -------------------------------------------------------------------------------------------


class StepAct(Table):
    """n updates on every lane."""

    step: Count


class EpochAct(Table):
    """n passes of every lane over its data."""

    epoch: Count


class BackAct(Table):
    """Undo n updates, or everything since a mark."""

    back: Annotated[Any, PlainValidator(_count_or_mark)]


class MarkAct(Table):
    """Name this moment."""

    mark: Annotated[str, Field(min_length=1)]


class SetAct(Table):
    """Change a setting of a lane from the next update on."""

    set: str
    to: float


class BranchAct(Table):
    """Copy a lane with all its past under a new name."""

    branch: str
    as_: Annotated[str, Field(alias="as")]


class AddAct(Open):
    """Put another lane beside the others; the keys are those of a lane."""

    add: str
    optimizer: str
    dialect: str | None = None
    sampling: Any = None
    start: list[float] = []
    schedule: dict[str, Any] | None = None
    stop: StopTable | None = None
    stream: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class RemoveAct(Table):
    """Take a lane away."""

    remove: str


class ResetAct(Table):
    """Put every lane back at its start."""

    reset: Literal[True]


class UntilAct(Table):
    """Step until a condition holds; that it does not within `max` updates is a failure."""

    until: str
    max: Count


class ExpectAct(Table):
    """A quantity and what it must be; of several checks all must hold."""

    expect: str
    eq: Comparable = None
    ne: Comparable = None
    lt: Comparable = None
    le: Comparable = None
    gt: Comparable = None
    ge: Comparable = None
    near: Comparable = None
    abs_: Annotated[float | None, Field(alias="abs", ge=0.0)] = None
    rel: Annotated[float | None, Field(ge=0.0)] = None
    is_: Annotated[Literal["finite", "nan", "inf", "going", "converged", "diverged"] | None, Field(alias="is")] = None
    trend: Literal["falling", "rising"] | None = None
    over: Annotated[int | None, Field(ge=2, le=16_384)] = None


class SayAct(Table):
    """A caption."""

    say: str


class AskAct(Table):
    """A question; its answer is revealed at a key."""

    ask: str
    answer: str


class ShowAct(Table):
    """A chart in the first place, and how it is looked at: what the keys c, v, n, x, l, u, ↑ and ↓ turn."""

    show: Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]
    view: Literal["overlay", "columns", "network"] | None = None
    coordinate: Annotated[Any, PlainValidator(_coordinate)] = None
    scale: Literal["log", "linear"] | None = None
    x_axis: Literal["updates", "epochs", "samples", "evaluations"] | None = None
    lane: str | None = None


class WaitAct(Table):
    """Seconds to pause, where somebody is watching."""

    wait: Annotated[float, Field(ge=0.0, le=3600.0)]


class PressAct(Table):
    """Keys pressed on the screen."""

    press: Words


class ResizeAct(Table):
    """A size of the screen: columns, rows."""

    resize: Annotated[list[Annotated[int, Field(ge=20, le=1000)]], Field(min_length=2, max_length=2)]


class ScreenshotAct(Table):
    """A picture of the screen."""

    screenshot: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class ExpectScreenAct(Table):
    """Text that must be on the screen."""

    expect_screen: Words


#: The one table of verbs.
VERBS: dict[str, type[Table]] = {
    "step": StepAct, "epoch": EpochAct, "until": UntilAct, "back": BackAct, "mark": MarkAct, "branch": BranchAct,
    "set": SetAct, "add": AddAct, "remove": RemoveAct, "reset": ResetAct, "expect": ExpectAct, "say": SayAct,
    "ask": AskAct, "show": ShowAct, "wait": WaitAct, "press": PressAct, "resize": ResizeAct,
    "screenshot": ScreenshotAct, "expect_screen": ExpectScreenAct,
}  # fmt: skip
