"""`{ add = "adam", optimizer = "adam", lr = 0.05 }`: another lane, at any update, from any lane's parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from annotated_types import Interval

from gdtui.session import Session
from gdtui.session.budget import Budget
from gdtui.simulation.experiment import Lane
from gdtui.text import N_, _
from gdtui.toml.records import Schema, read_sound, schema_of
from gdtui.verbs.base import MOST, Action, verb
from gdtui.verbs.lane_table import LaneTable, check_fit, lane_keys, lane_of
from gdtui.verbs.point import Point


@dataclass(frozen=True, kw_only=True)
class AddTable(LaneTable):
    """Put another lane beside the others; the other keys are those of a lane."""

    add: str
    from_: str = ""
    at: Annotated[int, Interval(ge=0, le=MOST)] = 0


@verb
class Add(Action):
    """Put another lane beside the others; the other keys are those of a lane.

    Parameters
    ----------
    from_
        the lane from whose present parameters it starts ("": the lane's start, or else the objective's).
    at
        how many updates it makes at once.
    """

    lane: Lane
    from_: str = ""
    at: int = 0
    names: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("add {0.lane.name}")

    def apply(self, session: Session) -> None:
        """Add the lane, and bring it to its update."""
        simulation = session.simulation
        first = simulation.lane(self.from_).theta if self.from_ else None
        simulation.add(self.lane, first, position=self.at, interrupt=session.interrupt)

    def in_words(self) -> str:
        """Name the lane and its optimizer."""
        return _("a new lane, {lane}: {kind}").format(lane=self.lane.name, kind=self.lane.kind)

    def parts(self, _session: Session, budget: Budget, _frames: int) -> Iterator[Add]:
        """Take its updates from the budget."""
        budget.take(self.at)
        yield self

    def most_updates(self, _rows: int) -> int:
        """Count the updates that it makes at once."""
        return self.at

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
        if read.from_:
            point.lane("from", read.from_)
            if read.start:
                point.fault("start", _("it starts where {lane} is: leave out start or from").format(lane=read.from_))
        return None if lane is None else cls(lane, read.from_, read.at)

    def tables(self, _mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Yield the keys of the lane's table, with its name and place."""
        place = {"from": self.from_, "at": self.at}
        yield {"add": self.lane.name, **lane_keys(self.lane), **{key: value for key, value in place.items() if value}}
