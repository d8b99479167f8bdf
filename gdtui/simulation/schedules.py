"""Learning rates that change during training: a factor on lr for each update.

Update t uses factor(t − 1), as in torch when the scheduler is stepped after the optimizer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array
from gdtui.optimizers.language.parameters import LARGEST
from gdtui.text import N_, _, did_you_mean

Factor = Callable[[Array, Mapping[str, float]], Array]


@dataclass(frozen=True)
class Kind:
    """A kind of schedule: its settings with their defaults, and its formula.

    Parameters
    ----------
    defaults
        settings by name; None where one must be given.
    formula
        (number of updates made before, settings) → factor on lr.
    """

    name: str
    title: str
    reference: str
    defaults: Mapping[str, float | None]
    formula: Factor


def _constant(k: Array, s: Mapping[str, float]) -> Array:
    return np.ones_like(k)


def _step(k: Array, s: Mapping[str, float]) -> Array:
    return np.power(s["factor"], np.floor(k / s["every"]))


def _exponential(k: Array, s: Mapping[str, float]) -> Array:
    return np.power(s["factor"], k)


def _cosine(k: Array, s: Mapping[str, float]) -> Array:
    part = np.minimum(k / s["updates"], 1.0)
    return s["floor"] + (1.0 - s["floor"]) * (1.0 + np.cos(np.pi * part)) / 2.0


def _cosine_restarts(k: Array, s: Mapping[str, float]) -> Array:
    period, growth = s["period"], s["growth"]
    if growth == 1.0:
        return _cosine(np.mod(k, period), {"updates": period, "floor": s["floor"]})
    # cycle i begins at period·(growthⁱ − 1)/(growth − 1); the logarithm may miss its first update by one cycle
    cycle = np.floor(np.log1p((growth - 1.0) * k / period) / np.log(growth))
    begin = period * (np.power(growth, cycle) - 1.0) / (growth - 1.0)
    cycle += np.where(k < begin, -1.0, np.where(k >= begin + period * np.power(growth, cycle), 1.0, 0.0))
    begin = period * (np.power(growth, cycle) - 1.0) / (growth - 1.0)
    return _cosine((k - begin) / np.power(growth, cycle), {"updates": period, "floor": s["floor"]})


def _warmup_cosine(k: Array, s: Mapping[str, float]) -> Array:
    rest = {"updates": max(1.0, s["updates"] - s["warmup"]), "floor": s["floor"]}
    return np.where(k < s["warmup"], (k + 1.0) / max(1.0, s["warmup"]), _cosine(np.maximum(k - s["warmup"], 0.0), rest))


def _inverse_time(k: Array, s: Mapping[str, float]) -> Array:
    return 1.0 / (1.0 + s["decay"] * k)


def _one_cycle(k: Array, s: Mapping[str, float]) -> Array:
    def anneal(a: float, b: float, part: Array) -> Array:
        return b + (a - b) / 2.0 * (1.0 + np.cos(np.pi * np.clip(part, 0.0, 1.0)))

    first, last = 1.0 / s["initial_divisor"], 1.0 / (s["initial_divisor"] * s["final_divisor"])
    top, end = s["rise"] * s["updates"] - 1.0, s["updates"] - 1.0
    up = anneal(first, 1.0, k / max(top, 1e-300))
    down = anneal(1.0, last, (k - top) / max(end - top, 1e-300))
    return np.where(k <= top, up, down)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("constant", N_("The same rate throughout"), "", {}, _constant),
        Kind("step", N_("lr·factor^⌊k/every⌋"), "torch StepLR", {"every": None, "factor": 0.1}, _step),
        Kind("exponential", N_("lr·factor^k"), "torch ExponentialLR", {"factor": None}, _exponential),
        Kind(
            "cosine", N_("half a cosine from lr down to floor·lr, then flat"), "Loshchilov & Hutter 2017, eq. 5",
            {"updates": None, "floor": 0.0}, _cosine,
        ),
        Kind(
            "cosine-restarts", N_("the cosine again, each time `growth` as long"), "Loshchilov & Hutter 2017, eq. 5",
            {"period": None, "growth": 1.0, "floor": 0.0}, _cosine_restarts,
        ),
        Kind(
            "warmup-cosine", N_("a straight climb over the first updates, then the cosine"), "Goyal et al. 2017",
            {"updates": None, "warmup": None, "floor": 0.0}, _warmup_cosine,
        ),
        Kind("inverse-time", N_("lr/(1 + decay·k)"), "Robbins & Monro 1951", {"decay": None}, _inverse_time),
        Kind(
            "one-cycle", N_("up to lr along a cosine, then down to nearly 0; momentum stays as it is"),
            "Smith & Topin 2018; torch OneCycleLR(cycle_momentum=False)",
            {"updates": None, "rise": 0.3, "initial_divisor": 25.0, "final_divisor": 1e4}, _one_cycle,
        ),
        # its factor depends on the losses: `PlateauState` follows them
        Kind(
            "plateau", N_("lr·factor each time the loss has not fallen for `patience` updates"),
            "torch ReduceLROnPlateau", {"factor": 0.1, "patience": 10.0, "threshold": 1e-4, "floor": 0.0}, _constant,
        ),
    )
}  # fmt: skip

#: Settings that count updates: whole numbers from 1.
COUNTS = ("every", "updates", "warmup", "patience", "period", "growth")
#: Settings that divide: above 0.
DIVISORS = ("initial_divisor", "final_divisor")


@dataclass(frozen=True)
class Schedule:
    """How a lane's rate changes.

    Parameters
    ----------
    kind
        a key of `KINDS`.
    settings
        what differs from the kind's defaults.

    Raises
    ------
    ParameterError
        an unknown kind or setting, one missing, or out of range.
    """

    kind: str = "constant"
    settings: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            known = list(KINDS)
            message = _("there is no schedule {kind!r} (there are: {known})")
            raise ParameterError(
                "kind", message.format(kind=self.kind, known=", ".join(known)), did_you_mean(self.kind, known)
            )
        defaults = KINDS[self.kind].defaults
        for key, value in self.settings.items():
            if key not in defaults:
                known = list(defaults)
                message = _("schedule {kind} has no {key!r} (it has: {known})").format(
                    kind=self.kind, key=key, known=", ".join(known) or _("no settings")
                )
                raise ParameterError(key, message, did_you_mean(key, known))
            if not 0 <= value <= LARGEST:
                raise ParameterError(key, _("{key} must be finite and ≥ 0, not {value!r}").format(key=key, value=value))
            least = 0 if key in ("warmup", "patience") else 1
            if key in COUNTS and (value != int(value) or value < least):
                message = _("{key} is a whole number from {least}, not {value!r}")
                raise ParameterError(key, message.format(key=key, least=least, value=value))
            if key in DIVISORS and value == 0:
                raise ParameterError(key, _("{key} must be above 0").format(key=key))
            if key == "rise" and value > 1:
                raise ParameterError(key, _("rise is a share of the updates, from 0 to 1, not {}").format(value))
        if self.settings.get("warmup", 0) > self.settings.get("updates", math.inf):
            raise ParameterError("warmup", _("warmup is a part of the updates, and there are fewer of them"))
        for key, default in defaults.items():
            if default is None and key not in self.settings:
                raise ParameterError(key, _("schedule {kind} needs {key!r}").format(kind=self.kind, key=key))

    @property
    def is_constant(self) -> bool:
        """Whether the rate stays as it is."""
        return self.kind == "constant"

    @property
    def follows_loss(self) -> bool:
        """Whether the rate depends on the losses: `PlateauState` follows them."""
        return self.kind == "plateau"

    def factors(self, t0: int, n: int) -> Array:
        """Return the factors on lr of updates t0 + 1 … t0 + n (`plateau`: ones)."""
        kind = KINDS[self.kind]
        if kind.formula is _constant:  # of `plateau`, too
            return np.ones(n)
        values = {key: self.settings.get(key, default) for key, default in kind.defaults.items()}
        with np.errstate(all="ignore"):  # a factor that is not finite ends the lane
            numbers = {key: np.float64(value or 0.0) for key, value in values.items()}
            return kind.formula(np.arange(t0, t0 + n, dtype=np.float64), numbers)


@dataclass(frozen=True)
class PlateauState:
    """The state of `plateau`: the best loss, the updates since then, the factor in force.

    As torch.optim.lr_scheduler.ReduceLROnPlateau with mode "min" and threshold mode "rel", except that torch ignores
    changes of lr below 1e-8.
    """

    best: float = math.inf
    waited: int = 0
    factor: float = 1.0

    def after(self, loss: float, schedule: Schedule) -> PlateauState:
        """Return the state after an update with this loss."""
        best, waited, factor = plateau_after(self.best, self.waited, self.factor, loss, *plateau_settings(schedule))
        return PlateauState(best, int(waited), factor)


def plateau_settings(schedule: Schedule) -> tuple[float, float, float, float]:
    """Return patience, threshold, factor and floor of a schedule of kind `plateau`."""
    settings = {**KINDS["plateau"].defaults, **schedule.settings}
    patience, threshold, by, floor = (settings[key] or 0.0 for key in ("patience", "threshold", "factor", "floor"))
    return patience, threshold, by, floor


def plateau_after(
    best: float, waited: float, factor: float, loss: float, patience: float, threshold: float, by: float, floor: float
) -> tuple[float, float, float]:
    """Return best loss, updates since then and factor after an update with this loss; compiled loops call it."""
    if loss < best * (1.0 - threshold):
        return loss, 0.0, factor
    waited += 1.0
    if waited <= patience:
        return best, waited, factor
    return best, 0.0, max(factor * by, floor)
