"""When a lane stops, and why. The compiled loop and solvers use the same stop rules."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import numpy as np

from gdtui.kernel import Array
from gdtui.simulation.experiment import Stop
from gdtui.text import N_, _, typed


class Status(StrEnum):
    """The status of a lane, as files and conditions spell it."""

    GOING = "going"
    CONVERGED = "converged"
    DIVERGED = "diverged"
    ENDED = "ended"


#: The same in words for people.
STATUS_WORDS = {
    Status.GOING: N_("going"), Status.CONVERGED: N_("converged"), Status.DIVERGED: N_("diverged"),
    Status.ENDED: N_("ended"),
}  # fmt: skip


class Reason(IntEnum):
    """Why a lane has stopped."""

    NONE = 0
    NOT_FINITE = 1
    LOSS_BELOW = 2
    GRADIENT_BELOW = 3
    NO_IMPROVEMENT = 4
    ENOUGH_UPDATES = 5
    TAPE_ENDS = 6
    RULE_FAILED = 7

    @property
    def status(self) -> Status:
        """The status of a lane that stopped for this reason."""
        return _STATUS.get(self, Status.CONVERGED)


_STATUS = {
    Reason.NONE: Status.GOING, Reason.NOT_FINITE: Status.DIVERGED, Reason.ENOUGH_UPDATES: Status.ENDED,
    Reason.TAPE_ENDS: Status.ENDED, Reason.RULE_FAILED: Status.ENDED,
}  # fmt: skip


class Watch(IntEnum):
    """Positions in the array of the stop rules: their limits (0: off), and what they keep."""

    LOSS = 0
    GRAD_NORM = 1
    PATIENCE = 2
    BEST_LOSS = 3
    WITHOUT_IMPROVEMENT = 4


def watch(stop: Stop) -> Array:
    """Return the array for `reason_to_stop` at the start of a lane."""
    values = np.zeros(len(Watch))
    values[Watch.LOSS], values[Watch.GRAD_NORM], values[Watch.PATIENCE] = stop.loss, stop.grad_norm, stop.patience
    values[Watch.BEST_LOSS] = np.inf
    return values


def reason_to_stop(watched: Array, loss: float, gradient: Array) -> int:
    """Return why a lane has converged, or Reason.NONE; count the updates without improvement in `watched`.

    `loss` and `gradient` are those after the update; they are used only if there is a limit on them.
    """
    reason: int = Reason.NONE
    if watched[Watch.PATIENCE] > 0.0:
        if loss < watched[Watch.BEST_LOSS]:
            watched[Watch.BEST_LOSS] = loss
            watched[Watch.WITHOUT_IMPROVEMENT] = 0.0
        else:
            watched[Watch.WITHOUT_IMPROVEMENT] += 1.0
            if watched[Watch.WITHOUT_IMPROVEMENT] >= watched[Watch.PATIENCE]:
                reason = Reason.NO_IMPROVEMENT
    if watched[Watch.GRAD_NORM] > 0.0:
        square = 0.0
        for i in range(gradient.shape[0]):
            square += gradient[i] * gradient[i]
        if np.sqrt(square) < watched[Watch.GRAD_NORM]:
            reason = Reason.GRADIENT_BELOW
    if watched[Watch.LOSS] > 0.0 and loss < watched[Watch.LOSS]:
        reason = Reason.LOSS_BELOW
    return reason


def in_words(reason: Reason, stop: Stop) -> str:
    """Return a reason as users read it: "‖g‖ < 1e-6"; "" for a lane that is going or diverged."""
    if reason == Reason.NONE:
        return ""
    return {
        Reason.LOSS_BELOW: _("loss < {}").format(typed(stop.loss)),
        Reason.GRADIENT_BELOW: _("‖g‖ < {}").format(typed(stop.grad_norm)),
        Reason.NO_IMPROVEMENT: _("no improvement for {} updates").format(typed(stop.patience)),
        Reason.ENOUGH_UPDATES: _("its last update"),
        Reason.TAPE_ENDS: _("the tape ends here"),
    }.get(reason, "")
