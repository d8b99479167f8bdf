"""Everything that is done goes through `Session.apply`, whether it comes from a key, the mouse, a script or a test.

`session` defines commands and carries them out; `snapshot` is the result: everything that may be shown; `restart` has
the commands that open another experiment; `history` undoes commands; `detour` says what a user has done since a page of
a script, and leads back.
"""

from gdtui.errors import CommandError
from gdtui.session.detour import Difference, PageEnd
from gdtui.session.history import History, Moment
from gdtui.session.lane_view import LaneView
from gdtui.session.restart import ChangeObjective, Load, ReturnTo
from gdtui.session.session import Command, Session
from gdtui.session.snapshot import Future, Repeats, Snapshot

__all__ = [
    "ChangeObjective",
    "Command",
    "CommandError",
    "Difference",
    "Future",
    "History",
    "LaneView",
    "Load",
    "Moment",
    "PageEnd",
    "Repeats",
    "ReturnTo",
    "Session",
    "Snapshot",
]  # fmt: skip
