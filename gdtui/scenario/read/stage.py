"""What there is at one point of a script: its lanes, its marks, and the quantities that they have."""

from __future__ import annotations

from dataclasses import dataclass, field

from gdtui.objectives.objective import Objective
from gdtui.scenario.read.faults import Source
from gdtui.scenario.read.positions import Path
from gdtui.session.quantities import SCALARS, VECTORS, Quantity
from gdtui.simulation.experiment import Lane
from gdtui.simulation.lane import refusal
from gdtui.simulation.trace import Layout, watched
from gdtui.text import _, did_you_mean


@dataclass
class Stage:
    """What there is at one point of the script.

    Parameters
    ----------
    lanes
        by name; None for a lane whose own table is at fault: nothing more is said about it.
    dimension
        how many parameters; None where the objective is at fault.
    has_data
        whether there are epochs.
    objective
        what the lanes minimise; None where it is at fault.
    loose
        something before was at fault, so that names may be missing for no fault of theirs.
    """

    lanes: dict[str, Lane | None]
    dimension: int | None
    has_data: bool
    objective: Objective | None = None
    marks: list[str] = field(default_factory=list)
    loose: bool = False


class Checker:
    """Checks the names in one act against the stage, and notes what is wrong with them."""

    def __init__(self, source: Source, path: Path, stage: Stage) -> None:
        self.source, self.path, self.stage = source, path, stage

    def fault(self, name: str, message: str, *, key: bool = False, column: int | None = None) -> None:
        """Note a fault of the act's value called `name`, or of its key."""
        self.source.add((*self.path, name), message, key=key, column=column)

    def lane(self, key: str, name: str, column: int | None = None) -> Lane | None:
        """Return a lane that must exist at this point; None where it does not or is itself at fault."""
        if name not in self.stage.lanes and not self.stage.loose:
            names = list(self.stage.lanes)
            hint = did_you_mean(name, names) or _(" (there are: {})").format(", ".join(names))
            self.fault(key, _("there is no lane {!r} at this point").format(name) + hint, column=column)
        return self.stage.lanes.get(name)

    def exists(self, key: str, quantity: Quantity) -> bool:
        """Note a quantity that its lane will not have; say whether it is known to be there."""
        column = len(quantity.lane) + 2
        lane = self.lane(key, quantity.lane, 1)
        if lane is None:
            return False
        name, dimension = quantity.name, self.stage.dimension
        if name in SCALARS:
            if quantity.index is not None:
                self.fault(key, _("{} is one number, it has no [{}]").format(name, quantity.index), column=column)
            return quantity.index is None
        layout = Layout(lane.rule, watched(dimension or 1))
        if layout.block(name) is None:
            what = _("{} keeps no {}") if name in VECTORS else _("{} has no {!r}")
            names = [*SCALARS, *(v for v in VECTORS if layout.block(v) is not None), *lane.rule.symbols]
            self.fault(key, what.format(quantity.lane, name) + did_you_mean(name, names), column=column)
            return False
        if dimension is None:
            return False
        if quantity.index is not None and quantity.index >= dimension:
            self.fault(
                key, _("there are {} parameters, [0] to [{}]").format(dimension, dimension - 1),
                column=column + len(name),
            )  # fmt: skip
            return False
        return True

    def is_vector(self, quantity: Quantity) -> bool:
        """Say whether a quantity is one number a coordinate, with more than one coordinate."""
        return quantity.name not in SCALARS and quantity.index is None and self.stage.dimension != 1

    def scalar(self, key: str, quantity: Quantity) -> None:
        """Note a quantity that is not one number."""
        if not self.exists(key, quantity):
            return
        if quantity.name == "status":
            self.fault(key, _("{} is a word, not a number").format(quantity))
        elif quantity.name not in SCALARS and quantity.index is None:
            self.fault(key, _("{} is a vector: name one coordinate, {}[0]").format(quantity, quantity))


def check_fits(source: Source, path: Path, lane: Lane | None, objective: Objective | None) -> None:
    """Note a lane whose optimizer cannot work on the objective."""
    wrong = None if lane is None or objective is None else refusal(lane, objective)
    if wrong is not None:
        source.add((*path, wrong.key if wrong.key in ("optimizer", "sampling") else "optimizer"), str(wrong))


def check_start(source: Source, path: Path, lane: Lane | None, dimension: int | None) -> None:
    """Note a lane's start that does not have as many numbers as there are parameters."""
    if lane is not None and dimension is not None and lane.start and len(lane.start) != dimension:
        source.add(path, _("there are {} parameters, start has {}").format(dimension, len(lane.start)))
