"""`{ replace = "adam", optimizer = "adam", dialect = "keras" }`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from gdtui.session import Session
from gdtui.simulation.experiment import Lane
from gdtui.text import N_, _
from gdtui.toml.records import Schema, read_sound, schema_of
from gdtui.verbs.base import Action, verb
from gdtui.verbs.lane_table import LaneTable, check_fit, lane_keys, lane_of
from gdtui.verbs.point import Point


@dataclass(frozen=True, kw_only=True)
class ReplaceTable(LaneTable):
    """Put a lane of other nature in the place of one of that name; the other keys are those of a lane."""

    replace: str


@verb
class Replace(Action):
    """Put a lane of other nature in the place of one of that name; the other keys are those of a lane.

    It is computed from its start to the same update, with those edits of the lane before it that it can take.
    """

    lane: Lane
    again: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("change {0.lane.name}")

    def apply(self, session: Session) -> None:
        """Replace the lane."""
        session.simulation.exchange(self.lane, session.interrupt)

    def in_words(self) -> str:
        """Name the lane and what it becomes."""
        return _("{lane} is computed anew as {kind}").format(lane=self.lane.name, kind=self.lane.kind)

    @classmethod
    def schema(cls) -> Schema:
        """Return the schema of a lane's table with the key "replace"."""
        return schema_of(ReplaceTable, cls.name)

    @classmethod
    def read(cls, point: Point, table: Mapping[str, object]) -> Self | None:
        """Check that there is such a lane and the new one fits the objective."""
        read, _whole = read_sound(point.source, point.path, ReplaceTable, table, required=cls.name)
        if read is None:
            return None
        point.lane("replace", read.replace)
        lane = lane_of(point.source, point.path, read.replace, read, name_key="replace")
        check_fit(point.source, point.path, lane, point.objective)
        point.lanes[read.replace] = lane
        return None if lane is None else cls(lane)

    def tables(self, _mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Yield the keys of the lane's table, with its name."""
        yield {"replace": self.lane.name, **lane_keys(self.lane)}
