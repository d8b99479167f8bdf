"""One point of a script: its lanes, marks and quantities, and the place for faults of the next act."""

from __future__ import annotations

from collections.abc import Mapping

from gdtui.columns import SCALARS, Vector
from gdtui.objectives.objective import Objective
from gdtui.session.quantities import Quantity, never_a_number
from gdtui.simulation.experiment import MOST_LANES, Lane, name_refusal
from gdtui.simulation.trace_view import Layout, watched
from gdtui.text import _, did_you_mean
from gdtui.toml.positions import Path
from gdtui.toml.source import Source


class Point:
    """The lanes, marks and objective at one point of a script.

    Parameters
    ----------
    lanes
        by name; None for a lane with faults of its own, about which no more are noted.
    objective
        None if it has faults of its own.
    incomplete
        an earlier fault may be the reason for missing names.

    Attributes
    ----------
    path
        of the act that is checked.
    whole
        whether its table had no faults; otherwise the keys at fault are missing from it.
    """

    def __init__(
        self, source: Source, lanes: Mapping[str, Lane | None], objective: Objective | None, *, incomplete: bool = False
    ) -> None:
        self.source, self.lanes, self.objective, self.incomplete = source, dict(lanes), objective, incomplete
        self.marks: list[str] = []
        self.path: Path = ()
        self.whole = True

    @property
    def dimension(self) -> int | None:
        """How many parameters there are; None if the objective is at fault."""
        return None if self.objective is None else self.objective.dimension

    @property
    def has_data(self) -> bool:
        """Whether the objective has rows to train on, and so epochs."""
        return self.objective is not None and len(self.objective.train) > 0

    def fault(self, name: str | Path, message: str, *, key: bool = False, column: int | None = None) -> None:
        """Note a fault in a value of the act (or below it, by its path), in its key, or at a column of its text."""
        below = (name,) if isinstance(name, str) else name
        self.source.add((*self.path, *below), message, key=key, column=column)

    def lane(self, key: str | Path, name: str, column: int | None = None) -> Lane | None:
        """Return a lane that must exist; None if it has faults, or after noting that it does not exist."""
        if name not in self.lanes and not self.incomplete:
            names = list(self.lanes)
            hint = did_you_mean(name, names, _(" (there are: {})").format(", ".join(names)))
            self.fault(key, _("there is no lane {!r} at this point").format(name) + hint, column=column)
        return self.lanes.get(name)

    def new_lane(self, key: str, name: str, lane: Lane | None) -> None:
        """Add a lane; note a name that it cannot have."""
        if refusal := name_refusal(name, self.lanes):
            self.fault(key, refusal)
        elif len(self.lanes) >= MOST_LANES:
            self.fault(key, _("an experiment has at most {} lanes").format(MOST_LANES))
        self.lanes.setdefault(name, lane)

    def has(self, key: str | Path, quantity: Quantity, begin: int = 1) -> bool:
        """Say whether a quantity is known to exist; note one that its lane will not have, written at column `begin`."""
        column = begin + len(quantity.lane) + 1
        lane = self.lane(key, quantity.lane, begin)
        if lane is None:
            return False
        name, dimension = quantity.name, self.dimension
        if name in SCALARS:
            if quantity.index is not None:
                self.fault(key, _("{} is one number, it has no [{}]").format(name, quantity.index), column=column)
            elif self.objective is not None and (wrong := never_a_number(name, self.objective)):
                self.fault(key, wrong, column=column)
                return False
            return quantity.index is None
        layout = Layout(lane.rule, watched(dimension or 1))
        if layout.block(name) is None:
            what = _("{} keeps no {}") if name in list(Vector) else _("{} has no {!r}")
            names = [*SCALARS, *(v for v in Vector if layout.block(v) is not None), *lane.rule.symbols]
            self.fault(key, what.format(quantity.lane, name) + did_you_mean(name, names), column=column)
            return False
        if dimension is None:
            return False
        if quantity.index is not None and quantity.index >= dimension:
            message = _("there are {} parameters, [0] to [{}]").format(dimension, dimension - 1)
            self.fault(key, message, column=column + len(name))
            return False
        return True

    def is_vector(self, quantity: Quantity) -> bool:
        """Say whether a quantity has several coordinates."""
        return quantity.name not in SCALARS and quantity.index is None and self.dimension != 1

    def has_number(self, key: str, quantity: Quantity) -> None:
        """Note a quantity that does not exist or is not a single number."""
        if not self.has(key, quantity):
            return
        if quantity.name == "status":
            self.fault(key, _("{} is a word, not a number").format(quantity))
        elif quantity.name not in SCALARS and quantity.index is None:
            self.fault(key, _("{0} is a vector: name one coordinate, {0}[0]").format(quantity))
