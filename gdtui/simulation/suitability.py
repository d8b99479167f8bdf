"""Whether a lane can work on an objective."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Indices
from gdtui.objectives.objective import Objective
from gdtui.optimizers import Task
from gdtui.simulation.experiment import Lane
from gdtui.simulation.sampling import Sampling, has_random_gradients
from gdtui.text import _


def blocks_of(objective: Objective) -> Indices:
    """Return the objective's blocks of parameters; an objective without blocks is one vector."""
    return objective.blocks if len(objective.blocks) else np.array([[0, objective.dimension, 1]], dtype=np.int64)


def wrong_start(objective: Objective, given: int) -> str:
    """Return why a lane cannot start at so many numbers; "" if there is one for each parameter."""
    if given == objective.dimension:
        return ""
    message = _("{name} has {count} parameters, start has {given}")
    return message.format(name=objective.name, count=objective.dimension, given=given)


def refusal(spec: Lane, objective: Objective, given: int | None = None) -> ParameterError | None:
    """Return why a lane that starts at `given` parameters cannot work on an objective, or None: it can."""
    if given is not None and (wrong := wrong_start(objective, given)):
        return ParameterError("start", wrong)
    if not objective.has_loss and (key := _needs_loss(spec)):
        message = _("{objective} has gradients but no loss, and {key} of {lane} looks at the loss")
        return ParameterError(key, message.format(objective=objective.name, key=key, lane=spec.name))
    batch = "" if spec.sampling.batch is None or not len(objective.train) else str(spec.sampling)
    task = Task(objective.name, blocks_of(objective), objective.has_loss, batch, objective.noise)
    return spec.rule.refusal(task)


def idle(sampling: Sampling, settings: Mapping[str, float], objective: Objective) -> dict[str, str]:
    """Return the settings of a lane that change nothing on this objective, each with the reason."""
    reasons = {"sampling": _no_batches(sampling, objective)}
    count = settings.get("accumulate", 1.0)
    if count > 1 and not has_random_gradients(objective, sampling) and not objective.in_order:
        message = _("the {count:g} gradients at one place are all the same")
        reasons["accumulate"] = message.format(count=count)
    return {key: reason for key, reason in reasons.items() if reason}


def _no_batches(sampling: Sampling, objective: Objective) -> str:
    """Return why batches of this size cannot be drawn, so that each update takes all there is; "" if they can."""
    batch, rows = sampling.batch, len(objective.train)
    if batch is None:
        return ""
    if rows == 0 and objective.noise == 0:
        message = _("{objective} has neither rows nor noise to sample; say full")
    elif 0 < rows < batch:
        message = _("{objective} trains on {rows} rows, a batch cannot have {batch}")
    else:
        return ""
    return message.format(objective=objective.name, rows=rows, batch=batch)


def _needs_loss(spec: Lane) -> str:
    """Return the key of a lane that looks at the loss, apart from its optimizer; "": none does."""
    if spec.schedule.follows_loss:
        return "schedule"
    return "stop" if spec.stop.loss or spec.stop.patience else ""
