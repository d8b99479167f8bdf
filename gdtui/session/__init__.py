"""Every act of a user goes through here, whether it comes from a key, the palette, the mouse, a script or a test.

`commands` holds the acts, `session` carries them out, `snapshot` is what comes down: all that may be shown.
"""

from gdtui.errors import CommandError
from gdtui.session.commands import (
    Add,
    Back,
    Branch,
    ChangeObjective,
    Command,
    Epoch,
    Load,
    Mark,
    Remove,
    Reset,
    Say,
    Set,
    Step,
    Until,
)
from gdtui.session.session import Session
from gdtui.session.snapshot import LaneView, Snapshot

__all__ = [
    "Add",
    "Back",
    "Branch",
    "ChangeObjective",
    "Command",
    "CommandError",
    "Epoch",
    "LaneView",
    "Load",
    "Mark",
    "Remove",
    "Reset",
    "Say",
    "Session",
    "Set",
    "Snapshot",
    "Step",
    "Until",
]
