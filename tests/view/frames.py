"""Frames of a snapshot, for tests of panels."""

from __future__ import annotations

from typing import Any

from gdtui.session import Snapshot
from gdtui.view.frame_state import FrameState, Notice
from gdtui.view.look import Look
from gdtui.view.rule_lines import line_count


def frame_of(
    snapshot: Snapshot, lane: int = 0, notice: Notice | None = None, size: tuple[int, int] = (120, 36), **look: Any
) -> FrameState:
    """Return a frame with this lane selected."""
    lines = [line_count(view) for view in snapshot.lanes]
    return FrameState.of(snapshot, Look(lane=lane, **look), size, lines, notice=notice)
