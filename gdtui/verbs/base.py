"""The base of all verbs: frozen records, registered by `@verb`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self, TypeVar, dataclass_transform

from annotated_types import Interval

from gdtui.errors import ParameterError
from gdtui.session import Command, Session
from gdtui.session.budget import Budget
from gdtui.text import _
from gdtui.toml.records import Schema, read_sound, schema_of
from gdtui.verbs.point import Point

#: The most updates or epochs of one act.
MOST = 10**9
Count = Annotated[int, Interval(ge=1, le=MOST)]
#: Updates of a long command between two checks of its time; a trace keeps at least as many rows whole.
CHUNK = 16_384

#: The results of acts; only the player of a script gives the last three.
ActStatus = Literal["done", "passed", "failed", "skipped", "error", "limit", "not run"]


@dataclass(frozen=True)
class Verdict:
    """The result of an act: why it failed or was skipped, the parts of a failed expectation, and its lane."""

    status: ActStatus
    message: str = ""
    expected: str = ""
    got: str = ""
    difference: str = ""
    lane: str = ""


def failed(expected: str, got: str, difference: str = "", lane: str = "") -> Verdict:
    """Return the verdict on a failed expectation."""
    message = _("expected {}, got {}").format(expected, got)
    return Verdict("failed", message, expected, got, difference, lane)


class Verb:
    """One act of a script, which is known by the key with the verb's name.

    Its fields are the keys of its table (without the underscore of `as_` and `is_`), the first line of its docstring
    is its help.
    """

    #: Of the class ExpectScreen "expect_screen".
    name: ClassVar[str]
    #: Whether it can fail as an expectation does.
    asserts: ClassVar[bool] = False
    #: Words for the lecturer alone, on a second terminal.
    note: str | None = None
    #: Whether its failure ends the script: the acts after it were written for another state.
    ends_script: ClassVar[bool] = False
    #: Its keys that are words for people, which a file may have in other languages.
    words: ClassVar[tuple[str, ...]] = ()
    #: Whether it can change which lanes or marks exist; after a faulty one, unknown names are not faults.
    names: ClassVar[bool] = False
    #: Whether the key with its name begins with a lane's name: LANE or LANE.SETTING.
    of_lane: ClassVar[bool] = False

    # Reading it from a scenario

    @classmethod
    def read(cls, point: Point, table: Mapping[str, object]) -> Self | None:
        """Return the act of a table, with its names checked at that point; None after noting its faults."""
        act, point.whole = read_sound(point.source, point.path, cls, table, required=cls.name)
        if act is not None:
            act.check(point)
        elif cls.of_lane and not point.source.faulty((*point.path, cls.name)):
            point.lane(
                cls.name, str(table.get(cls.name)).partition(".")[0]
            )  # faults of other keys do not hide this one
        return act

    @classmethod
    def schema(cls) -> Schema:
        """Return the JSON Schema of its table."""
        return schema_of(cls, cls.name)

    @classmethod
    def refuses(cls, _point: Point, _table: Mapping[str, object]) -> bool:
        """Check what must be known before the table is read; return True if it must not be read."""
        return False

    def check(self, point: Point) -> None:
        """Note the faults of the act at that point, and update the point."""

    def coordinates(self) -> set[int]:
        """Return the coordinates that it names, which must be recorded."""
        return set()

    # Replaying it

    def play(self, session: Session, budget: Budget, frames: int = 1) -> Generator[None, None, Verdict]:
        """Do it, with a pause after each part of a long act; a viewer may ask for `frames` pauses within a step.

        Raises
        ------
        LimitError, CommandError, QuantityError
            it cannot be done.
        """
        for part in self._parts_to_do(session, budget, frames):
            try:
                session.apply(part, budget.expired)
            finally:
                budget.check()
            yield
        return self.verdict(session)

    def parts(self, _session: Session, _budget: Budget, _frames: int) -> Iterator[Command]:
        """Yield commands that together do it, each taken from the budget."""
        yield from ()

    def _parts_to_do(self, session: Session, budget: Budget, frames: int) -> Iterator[Command]:
        """Yield the parts, or all of it at once if a question has made these updates already."""
        if frames == 1 and isinstance(self, Command) and session.tried(self) is not None:
            yield self
        else:
            yield from self.parts(session, budget, frames)

    def verdict(self, _session: Session) -> Verdict:
        """Return the result once its parts are done."""
        return Verdict("done")

    def said(self) -> tuple[str, ...]:
        """Return the words that it shows: a caption, then what is revealed."""
        return ()

    def in_words(self) -> str:
        """Say what it does, to somebody who watches and has never seen a scenario file."""
        summary = (self.__doc__ or "").partition("\n")[0].rstrip(".")
        return _(summary)

    # Writing it to a file

    def tables(self, _mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Yield its tables for a file, one an act; `_mark` returns the name of a mark in the file."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        pairs = {each.name.rstrip("_"): getattr(self, each.name) for each in fields}
        yield {key: value for key, value in pairs.items() if value is not None}

    def most_updates(self, _rows: int) -> int:
        """Return the most updates that a replay makes for it, on an objective with this many rows."""
        return 0


class Action(Verb, Command):
    """A verb that is a command."""

    #: Whether it computes lanes again from their start.
    again: ClassVar[bool] = False
    #: Whether it can change lanes: a golden trace then gets rows, a lesson a page.
    changes: ClassVar[bool] = True

    def parts(self, session: Session, budget: Budget, _frames: int) -> Iterator[Command]:
        """Yield the command itself; what it computes again is taken from the budget."""
        if self.again:
            budget.take(session.position)
        yield self


#: Every verb by its name, in the order in which their files were imported.
registered: dict[str, type[Verb]] = {}
V = TypeVar("V", bound=Verb)


@dataclass_transform(frozen_default=True)
def verb(cls: type[V]) -> type[V]:
    """Make a class a frozen record and register it."""
    made = dataclass(frozen=True)(cls)
    made.name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", made.__name__).lower()
    registered[made.name] = made
    return made


def checked(key: str, n: int) -> int:
    """Return `n`; ParameterError unless it is from 1 to `MOST`."""
    if not 1 <= n <= MOST:
        raise ParameterError(key, _("{} takes a number from 1 to 10**9, not {}").format(key, n))
    return n


def chunks(n: int, size: int) -> Iterator[int]:
    """Cut `n` into chunks of at most `size`."""
    while n > 0:
        yield min(n, size)
        n -= size
