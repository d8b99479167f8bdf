"""Settings that change in the middle of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A setting changed in the middle of a run: in force for every update after `update`."""

    update: int
    key: str
    value: float


class Timeline:
    """The settings of a lane over its updates: those at the start, and edits in the order of their updates."""

    def __init__(self, given: Mapping[str, float]) -> None:
        self._given = dict(given)
        self.edits: tuple[Edit, ...] = ()

    def values_at(self, update: int) -> dict[str, float]:
        """Return the settings in force for update `update` + 1."""
        return {**self._given, **{edit.key: edit.value for edit in self.edits if edit.update <= update}}

    def next_change(self, update: int, target: int) -> int:
        """Return the update of the next edit between `update` and `target`, or `target`."""
        return min([target, *(edit.update for edit in self.edits if edit.update > update)])

    def edit(self, edit: Edit) -> None:
        """Add an edit and drop the edits ahead of it."""
        kept = (e for e in self.edits if e.update < edit.update or (e.update == edit.update and e.key != edit.key))
        self.edits = (*kept, edit)

    def shared_with(self, edits: tuple[Edit, ...], position: int) -> int:
        """Return the update, at most `position`, up to which these edits mean the same as `edits`."""
        differing = set(self.edits) ^ set(edits)
        return min((edit.update for edit in differing), default=position)

    def pending(self, update: int) -> list[Edit]:
        """Return the edits that lie ahead of `update`."""
        return [edit for edit in self.edits if edit.update > update]
