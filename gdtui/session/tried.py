"""What a command would do: tried, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gdtui.session.snapshot import Snapshot
from gdtui.simulation.lane import LaneRun


@dataclass(frozen=True, eq=False)
class Tried:
    """What a command did when it was tried after this log, from these places: the snapshot and the lanes after it."""

    command: object
    log: object
    places: Mapping[str, object]
    snapshot: Snapshot
    lanes: Mapping[str, LaneRun]

    def fits(self, command: object, log: object, places: Mapping[str, object]) -> bool:
        """Say whether it is this command that was tried at this very moment."""
        return self.log is log and self.command == command and self.places == places

    def again(self, runs: Mapping[str, LaneRun]) -> None:
        """Bring the lanes to where the command has brought them; a trial serves once."""
        for name, run in runs.items():
            run.return_to(self.lanes[name])
