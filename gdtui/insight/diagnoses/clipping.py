"""Clipping at work."""

from __future__ import annotations

from gdtui.insight.case import Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _, number


@diagnosis(48)
def _clipping(case: Case) -> str | None:
    """Say that every gradient is clipped, and whether the rate would be too large without."""
    if not case.clipped or case.at_rest:
        return None
    limit = case.limit(case.sharpness[1]) if case.sharpness is not None else None
    if limit is not None and case.lr > limit.lr:
        sentence = _("lr {lr} exceeds {formula} = {limit}: clipping alone keeps the steps short")
        return sentence.format(lr=number(case.lr), formula=limit.formula, limit=number(limit.lr))
    if case.settings.get("clip_norm"):
        sentence = _("‖g‖ {norm} is clipped to {bound}, as in each of the last updates")
        bound, norm = case.settings["clip_norm"], float(case.column("grad_norm")[-1])
        return sentence.format(norm=number(norm, 3), bound=number(bound))
    sentence = _("the gradient is clipped to ±{bound}, as in each of the last updates")
    return sentence.format(bound=number(case.settings["clip_value"]))
