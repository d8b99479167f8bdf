"""`{ set = "adam.lr", to = 0.01 }`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from gdtui.errors import ParameterError, QuantityError
from gdtui.optimizers import find
from gdtui.session import Command, Session
from gdtui.session.quantities import parse_quantity
from gdtui.simulation.experiment import Lane
from gdtui.text import _, did_you_mean, number
from gdtui.verbs.base import Action, verb
from gdtui.verbs.lane_table import FIXED
from gdtui.verbs.point import Point


@verb
class Set(Action):
    """Change a setting of a lane from the next update on."""

    set: str
    to: float

    of_lane: ClassVar[bool] = True

    @property
    def undone_as(self) -> str:
        """Say which setting got which value."""
        return _("{setting} = {value}").format(setting=self.set, value=number(self.to))

    @property
    def _no_setting(self) -> str:
        return _("set names LANE.SETTING, as in 'adam.lr', not {!r}").format(self.set)

    def apply(self, session: Session) -> None:
        """Edit the lane."""
        lane, dot, key = self.set.partition(".")
        if not dot:
            raise ParameterError("set", self._no_setting)
        session.simulation.lane(lane).edit(key, self.to)

    def followed_by(self, later: Command) -> Command | None:
        """Return the later value of the same setting: no update was made with this one."""
        return later if isinstance(later, Set) and later.set == self.set else None

    def in_words(self) -> str:
        """Name the lane, the setting and its value."""
        lane, _dot, key = self.set.partition(".")
        return _("{lane}: {key} is {value} from the next update on").format(lane=lane, key=key, value=number(self.to))

    @classmethod
    def refuses(cls, point: Point, table: Mapping[str, object]) -> bool:
        """Note a key that cannot be set, whatever its value."""
        key = str(table["set"]).rpartition(".")[2]
        if key in FIXED:
            point.fault("set", _("the {} of a lane cannot be set: add a lane that has another").format(key))
        return key in FIXED

    def check(self, point: Point) -> None:
        """Check that the lane exists and takes that value."""
        try:
            target = parse_quantity(self.set)
        except QuantityError:
            point.fault("set", self._no_setting)
            return
        lane = point.lane("set", target.lane)
        if lane is not None:
            try:
                lane.check(target.name, self.to)
            except ParameterError as error:
                known = target.name in lane.values()
                column = None if known else len(target.lane) + 2
                point.fault("to" if known else "set", str(error) + _other_form(lane, error), column=column)
        if target.index is not None:
            point.fault("set", _("a setting is one number for the whole lane, it has no [{}]").format(target.index))

    def tables(self, _mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Write a floating-point number, whatever was given."""
        yield {"set": self.set, "to": float(self.to)}


@dataclass(frozen=True)
class Scale(Command):
    """Multiply a setting of a lane from the next update on, as `Lane.scaled` does; the log keeps it as a `Set`."""

    lane: str
    key: str
    factor: float

    @property
    def undone_as(self) -> str:
        """Name the setting."""
        return f"{self.lane}.{self.key}"

    def apply(self, session: Session) -> Set:
        """Edit the lane; CommandError if the setting stays the same."""
        run = session.simulation.lane(self.lane)
        value = run.values_at(run.update).get(self.key, 0.0)
        run.spec.check(self.key, value)  # an unknown setting
        new = run.spec.scaled(self.key, value, self.factor)
        if new == value:
            message = _("{setting} stays {value}: it can go no further")
            raise ParameterError(self.key, message.format(setting=self.undone_as, value=number(value)))
        run.edit(self.key, new)
        return Set(self.undone_as, new)


def _other_form(lane: Lane, error: ParameterError) -> str:
    """Return a hint if another form of the lane's optimizer has what this one lacks."""
    forms = sorted(find(lane.optimizer).options(lane.dialect))
    if error.key in forms:
        return _("; it is another form of the rule: choose it in the lane's own table")
    return "" if error.hint or error.key in lane.values() else did_you_mean(error.key, forms)
