"""Settings that change nothing."""

from __future__ import annotations

from gdtui.insight.case import Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _


@diagnosis(60)
def _idle(case: Case) -> str | None:
    """Say that a setting has no effect on this objective, and why."""
    for key, reason in case.idle.items():
        return _("{key} has no effect: {reason}").format(key=key, reason=reason)
    return None
