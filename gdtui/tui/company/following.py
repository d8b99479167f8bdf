"""A follower's bench: it shows what the lecturer does and shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gdtui.classroom.folder import OwnFolder
from gdtui.tui.company.base import Company

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from gdtui.scenario.play.lesson import Lesson
    from gdtui.simulation.experiment import Experiment
    from gdtui.tui.company.base import Maker
    from gdtui.tui.screens.bench import Bench


class Following(Company):
    """The bench follows a lecture, by a connection to the socket at a path (None: the usual one)."""

    own = False

    def __init__(self, connection: socket.socket, path: Path | None = None) -> None:
        self._connection, self._path = connection, path
        self._folder = OwnFolder()

    def load(self) -> Maker:
        """Return what makes a bench that follows."""
        from gdtui.tui.screens.bench.follow_bench import FollowBench

        def make(experiment: Experiment, _lesson: Lesson | None) -> Bench:
            return FollowBench(experiment, self._connection, self._path, self._folder.path)

        return make

    def keys(self) -> Mapping[str, str]:
        """Return the keys of the bench, and the one that leaves the class or joins it."""
        from gdtui.tui.screens.bench.follow_bench import JOIN

        return {JOIN.id or "": JOIN.key, **super().keys()}

    def close(self) -> None:
        """Remove the files that came."""
        self._folder.close()
