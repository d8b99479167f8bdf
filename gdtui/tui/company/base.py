"""A bench on one's own, and what can be otherwise in company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.simulation.experiment import Experiment
    from gdtui.tui.screens.bench import Bench

    #: Makes a bench for an experiment, and for the lesson of which it is.
    Maker: TypeAlias = Callable[[Experiment, Lesson | None], Bench]


class Company:
    """Nobody else is at the bench."""

    #: Whether what is on the bench is the user's own from the start, to be kept and explained.
    own = True

    def load(self) -> Maker:
        """Import the bench, which takes long, and return what makes it."""
        from gdtui.tui.screens.bench import Bench

        return Bench

    def keys(self) -> Mapping[str, str]:
        """Return the keys of its actions, by their ids."""
        from gdtui.tui.keys import default_keys

        return default_keys()

    def join(self, bench: Bench) -> None:
        """Come to the bench before it opens."""

    def close(self) -> None:
        """Leave when the app has ended."""
