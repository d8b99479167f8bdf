"""The settings that every optimizer with a gradient from outside takes besides its own: one entry each."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.optimizers.language.parameters import INF, Hyper
from gdtui.text import N_


@dataclass(frozen=True)
class SharedSetting:
    """A setting that does not depend on the rule.

    Parameters
    ----------
    name
        as users type it.
    default
        changes nothing.
    range
        of its values.
    meaning
        in one line.
    refused
        why the optimizer {name} does not take {key}, if it is one that evaluates where it chooses.
    """

    name: str
    default: float
    range: Hyper
    meaning: str
    refused: str


_ANOTHER_GRADIENT = N_("{name} takes no {key}: it would go down by another gradient than that of the loss")
_FULL_BATCHES = N_("{name} takes no {key}: it works on full batches only")
_ANOTHER_POINT = N_("{name} takes no {key}: it goes on from the point that it has found itself")
_NO_NOISE = N_("{name} takes no {key}: it works on exact gradients, which leave no noise to average out")

_AMOUNT, _UPDATES = Hyper(0.0, INF), Hyper(0.0, INF, whole=True)

#: Every shared setting by name, in the order in which they are listed.
COMMON: dict[str, SharedSetting] = {
    setting.name: setting
    for setting in (
        SharedSetting("weight_decay", 0.0, _AMOUNT, N_("pulls every parameter towards 0"), _ANOTHER_GRADIENT),
        SharedSetting("clip_value", 0.0, _AMOUNT, N_("bounds each coordinate of the gradient"), _ANOTHER_GRADIENT),
        SharedSetting("clip_norm", 0.0, _AMOUNT, N_("bounds the norm of the gradient"), _ANOTHER_GRADIENT),
        SharedSetting(
            "accumulate", 1.0, Hyper(1.0, 2.0**20, whole=True), N_("averages the gradients of so many batches"),
            _FULL_BATCHES,
        ),
        SharedSetting(
            "sam_rho", 0.0, _AMOUNT, N_("takes the gradient this far uphill: Foret et al. 2021"), _ANOTHER_GRADIENT
        ),
        SharedSetting(
            "lookahead", 0.0, _UPDATES, N_("fast and slow weights meet every so many updates: Zhang et al. 2019"),
            _ANOTHER_POINT,
        ),
        SharedSetting(
            "lookahead_alpha", 0.5, Hyper(0.0, 1.0), N_("how far the slow weights go to meet the others"),
            _ANOTHER_POINT,
        ),
        SharedSetting(
            "average_from", 0.0, _UPDATES, N_("averages the parameters from this update on: SWA, Izmailov 2018"),
            _NO_NOISE,
        ),
        SharedSetting(
            "average_decay", 0.0, Hyper(0.0, 1.0, high_open=True), N_("makes that mean a moving average: EMA"),
            _NO_NOISE,
        ),
    )
}  # fmt: skip

#: Settings of an average of the weights.
AVERAGING = ("average_from", "average_decay")
#: Why a rule that keeps an average itself takes none of them.
OWN_AVERAGE = N_("{name} takes no {key}: it keeps an average of its own")
