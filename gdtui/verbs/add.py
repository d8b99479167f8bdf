"""`{ add = "adam", optimizer = "adam", lr = 0.05 }`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from gdtui.session import Session
from gdtui.simulation.experiment import Lane
from gdtui.text import _
from gdtui.toml.records import Schema, read_sound, schema_of
from gdtui.verbs.base import Action, verb
from gdtui.verbs.lane_table import LaneTable, check_fit, lane_keys, lane_of
from gdtui.verbs.point import Point


@dataclass(frozen=True, kw_only=True)
class AddTable(LaneTable):
    """Put another lane beside the others, at its update 0; the other keys are those of a lane."""

    add: str


@verb
class Add(Action):
    """Put another lane beside the others, at its update 0; the other keys are those of a lane."""

    lane: Lane
    names: ClassVar[bool] = True

    @property
    def undone_as(self) -> str:
        """Name the lane."""
        return _("add {lane}").format(lane=self.lane.name)

    def apply(self, session: Session) -> None:
        """Add the lane."""
        session.simulation.add(self.lane)

    @classmethod
    def schema(cls) -> Schema:
        """Return the schema of a lane's table with the key "add"."""
        return schema_of(AddTable, cls.name)

    @classmethod
    def read(cls, point: Point, table: Mapping[str, object]) -> Self | None:
        """Check that the name is free and the lane fits the objective."""
        read, _whole = read_sound(point.source, point.path, AddTable, table, required=cls.name)
        if read is None:
            return None
        lane = lane_of(point.source, point.path, read.add, read, name_key="add")
        point.new_lane("add", read.add, lane)
        check_fit(point.source, point.path, lane, point.objective)
        return None if lane is None else cls(lane)

    def tables(self, _mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Yield the name with the keys of the lane's table."""
        yield {"add": self.lane.name, **lane_keys(self.lane)}
