"""`{ seed = 7 }`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from annotated_types import Interval

from gdtui.session import Session
from gdtui.text import N_, _
from gdtui.verbs.base import Action, verb


@verb
class Seed(Action):
    """Give the experiment another seed: every lane is computed again from its start, with its edits."""

    seed: Annotated[int, Interval(ge=0, lt=2**64)]
    again: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("seed {0.seed}")

    def in_words(self) -> str:
        """Say what it does."""
        return _("another seed, {seed}: every lane is computed anew").format(seed=self.seed)

    def apply(self, session: Session) -> None:
        """Compute the lanes again."""
        simulation = session.simulation
        session.simulation = simulation.on(replace(simulation.experiment, seed=self.seed), session.interrupt)
