"""The loss of a lane after the experiment's updates at many learning rates, and which of them is best."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from gdtui.insight.field_survey import FieldSurvey, field_survey, has_fields, keeps_any, kept_survey
from gdtui.kernel import Array
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.fields.combinations import members_of
from gdtui.text import _
from gdtui.view.field_maps import in_force, rate_scale, what_decides

#: Rates of a curve, and of one that is too expensive to be drawn.
RATES, FEW = 96, 12


@dataclass(frozen=True, eq=False)
class RateCurve:
    """Rates [n], and the loss of a run at each [n], nan where it diverged; `made` is after how many updates."""

    rates: Array
    losses: Array
    made: str

    @property
    def best(self) -> int | None:
        """The place of the lowest loss; None: every run diverged."""
        return int(np.nanargmin(self.losses)) if np.any(np.isfinite(self.losses)) else None

    @property
    def best_rate(self) -> float | None:
        """The rate with the lowest loss."""
        return None if self.best is None else float(self.rates[self.best])


def rate_survey(snapshot: Snapshot, lane: LaneView) -> FieldSurvey:
    """Return the runs of a lane at many learning rates, from its start, with its other settings in force."""
    objective, updates, seed = snapshot.objective, snapshot.experiment.updates, snapshot.experiment.seed

    def make() -> FieldSurvey:
        rates = _rates(snapshot, lane)
        members = members_of(in_force(lane), objective, {"lr": rates}, updates, seed)
        return FieldSurvey(replace(members, kept=0), objective, 1, len(rates))

    return field_survey(objective, _key(snapshot, lane), make)


def rate_curve(snapshot: Snapshot, lane: LaneView) -> RateCurve | None:
    """Return the curve as far as it is known; None: not at all."""
    return _known(kept_survey(snapshot.objective, _key(snapshot, lane)))


def best_rate(snapshot: Snapshot, lane: LaneView) -> float | None:
    """Return the rate with the lowest loss once all runs have been made; None: not yet, or every run diverged."""
    if not keeps_any(snapshot.objective):  # asked at each frame, and the key takes as long as a row of the table
        return None
    survey = kept_survey(snapshot.objective, _key(snapshot, lane))
    curve = _known(survey) if survey is not None and survey.is_complete else None
    return None if curve is None else curve.best_rate


def _known(survey: FieldSurvey | None) -> RateCurve | None:
    if survey is None or not survey.stride:
        return None
    members, found = survey.field.members, survey.outcomes
    losses = np.where(found.diverged, np.nan, found.loss)
    return RateCurve(survey.shown(members.settings["lr"]).ravel(), survey.shown(losses).ravel(), so_far(survey))


def so_far(survey: FieldSurvey) -> str:
    """Say how many updates the runs have made, and how many they are to make if that is more."""
    made, updates = survey.made, survey.field.members.updates
    return _("{made} of {updates}").format(made=made, updates=updates) if 0 < made < updates else str(updates)


def missing_rates(snapshot: Snapshot) -> FieldSurvey | None:
    """Return the runs of a lane at many learning rates that have not all been made."""
    surveys = (rate_survey(snapshot, lane) for lane in snapshot.drawn)
    return next((survey for survey in surveys if not survey.is_complete), None)


def _rates(snapshot: Snapshot, lane: LaneView) -> Array:
    scale = rate_scale(lane)
    return scale.values((scale.low, scale.high), RATES if has_fields(snapshot.objective) else FEW)


def _key(snapshot: Snapshot, lane: LaneView) -> Hashable:
    """Return what identifies the runs: everything but the lane's own rate."""
    spec = in_force(lane)
    others = replace(spec, settings={**spec.settings, "lr": 1.0})
    runs = what_decides(others, snapshot.objective)
    return "rates", runs, rate_scale(lane), snapshot.experiment.updates, snapshot.experiment.seed
