"""Which members can be run side by side, by which kernels, and how long they take."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from gdtui.kernel import Kernel
from gdtui.objectives.expression.compilation import members_kernel
from gdtui.objectives.network import over_members as networks
from gdtui.objectives.network.unit_kinds import ON_LOGITS
from gdtui.objectives.objective import Objective
from gdtui.simulation.fields.members import Members
from gdtui.simulation.fields.tile import advance_tile
from gdtui.simulation.wrappers import Wrappers

#: The most members of a tile, and the fewest, by which their number can be divided: vector instructions take several.
TILE, FEWEST = 256, 16
#: Parameters of a tile of a formula, which stays in the first cache; of a model, which stays in the second.
COORDINATES, OF_MODELS = 2 * TILE, 160 * TILE
#: Updates of a formula, and about how long they take.
UPDATE_SECONDS = 1e-8
#: Nanoseconds of a unit that is not straight.
CURVED = {"tanh": 2.0, "sigmoid": 2.0, "gelu": 15.0}
#: Settings of clipping and decay, and those besides a rule's own that may vary; an average of θ changes no run.
TRANSFORMS = ("weight_decay", "clip_norm", "clip_value")
VARYING = (*TRANSFORMS, "sam_rho", "lookahead_alpha", "average_from", "average_decay")


@dataclass(frozen=True)
class Kernels:
    """The kernels of objective and rule over members."""

    objective: Kernel
    rule: Kernel

    def warm(self) -> None:
        """Compile what the members call."""
        for kernel in (self.objective, self.rule, advance_tile):
            kernel.compiled  # noqa: B018 - it compiles


def kernels_of(members: Members, objective: Objective) -> Kernels | None:
    """Return the kernels over members; None: members do not go side by side.

    Side by side run compiled rules on formulas and on models without tables, with every schedule, clipping, weight
    decay, SAM and Lookahead. The others cannot: a solver's members make different numbers of evaluations; several
    batches go into an accumulated gradient; tapes have no loss, and of tables each member moves rows of its own.
    """
    rule = members.lane_of(0).rule.over_members if members.count else None
    if rule is None or not _is_plain(members) or not _compiles(rule):
        return None
    if (formula := objective.expression) is not None:
        return Kernels(members_kernel(formula.text, formula.variables, keep=objective.kernel.keep), rule)
    if objective.model is None or objective.model.tables or objective.dimension > OF_MODELS // FEWEST:
        return None
    return Kernels(networks.network_over_members, rule)


def _compiles(rule: Kernel) -> bool:
    """Say whether a rule can be compiled; of one from elsewhere its lane says why not."""
    if not rule.ready and not rule.function.__module__.startswith("gdtui."):
        with suppress(Exception):
            rule.compiled  # noqa: B018 - it compiles
        return rule.ready
    return True


def _is_plain(members: Members) -> bool:
    """Say whether all updates have one batch, and fast and slow weights meet at the same ones."""
    lane = members.lane_of(0)
    return set(members.settings) <= {*lane.rule.defaults, *VARYING} and Wrappers.of(lane.values()).accumulate == 1


def seconds_of(members: Members, objective: Objective) -> float:
    """Return about how long an update of a member takes."""
    model = objective.model
    if model is None:
        return UPDATE_SECONDS
    rows, outputs = members.lane.sampling.size(len(objective.train)), model.layers[-1]
    curved = CURVED.get(model.activation, 0.0) * sum(model.layers[1:-1])
    of_row = 1 + 0.45 * model.size + curved + 2.5 * outputs * (model.loss in ON_LOGITS)
    return UPDATE_SECONDS + 1e-9 * (2.5 * model.size + rows * of_row)


def bytes_of(members: Members, objective: Objective) -> int:
    """Return about how many bytes a member takes: its parameters, gradient, outcome and state."""
    return 8 * objective.dimension * (3 + len(members.lane.rule.slots))


def tile_of(objective: Objective) -> int:
    """Return how many members go side by side."""
    most = COORDINATES if objective.model is None else OF_MODELS
    return max(1, min(TILE, most // objective.dimension) // FEWEST) * FEWEST
