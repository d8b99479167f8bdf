"""Everything that is done goes through `Session.apply`, whether it comes from a key, the mouse, a script or a test.

`commands` says what a command is, `session` carries it out, `snapshot` is the result: all that may be shown.
"""

from gdtui.errors import CommandError
from gdtui.session.commands import ChangeObjective, Command, Load
from gdtui.session.session import Session
from gdtui.session.snapshot import LaneView, Snapshot

__all__ = ["ChangeObjective", "Command", "CommandError", "LaneView", "Load", "Session", "Snapshot"]
