"""A CSV file of the user: found in a tree of files, then one of its columns is chosen to be predicted."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import DirectoryTree

from gdtui.errors import ObjectiveError
from gdtui.objectives.data.csv_data import read_dataset
from gdtui.objectives.specs import CsvSpec
from gdtui.text import N_, _
from gdtui.tui.screens.dialog import Dialog
from gdtui.tui.widgets.words import Words

#: Columns that are offered as targets, and the size of a file up to which each is looked at.
MOST_COLUMNS, MOST_BYTES = 40, 2**20


def targets_of(path: str) -> list[CsvSpec]:
    """Return what can be predicted from a CSV file, the last column first; each raw, then with standardised inputs.

    Nothing if the file cannot be used.
    """
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return []
    return list(_targets(path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=8)
def _targets(path: str, _changed: int, size: int) -> tuple[CsvSpec, ...]:
    if size > MOST_BYTES:
        return ()
    try:
        table = read_dataset(path)
    except ObjectiveError:
        return ()
    others = table.inputs[::-1] if not table.classes else ()  # words cannot be an input
    named = [(), *((column,) for column in others[: MOST_COLUMNS - 1])]
    return tuple(
        CsvSpec(csv=path, target=target, standardize=standardize) for target in named for standardize in (False, True)
    )


def in_words(spec: CsvSpec) -> str:
    """Return what a target predicts, or what is wrong with it."""
    try:
        return _(spec.build().teaches)
    except ObjectiveError as error:
        return str(error)


class Files(DirectoryTree):
    """The folders and CSV files below a folder, without hidden ones."""

    ICON_NODE, ICON_NODE_EXPANDED, ICON_FILE = "> ", "v ", "  "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out what cannot be chosen."""
        return [
            path
            for path in paths
            if not path.name.startswith(".") and (path.suffix.lower() == ".csv" or _is_folder(path))
        ]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


class PickFile(Dialog[Path]):
    """Choose a CSV file in a tree that begins at the working directory."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("cancel")),
        Binding("backspace", "higher", N_("the folder above"), show=False),
    ]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def compose(self) -> ComposeResult:
        """Lay out the tree."""
        with Vertical(id="dialog"):
            yield from self.head(_("your data: a CSV file"))
            yield Words(str(self._folder), id="folder")
            yield Files(self._folder, id="files")
            yield Words(_("↑ ↓ choose · enter take · backspace a folder up · esc cancel"), id="keys")

    def on_mount(self) -> None:
        """Begin in the tree."""
        self.query_one(Files).show_root = False
        self.query_one(Files).focus()

    def action_higher(self) -> None:
        """Show the folder above."""
        self._folder = self._folder.parent
        self.query_one(Files).path = self._folder
        self.query_one("#folder", Words).update(str(self._folder))

    @on(DirectoryTree.FileSelected)
    def _taken(self, event: DirectoryTree.FileSelected) -> None:
        event.stop()
        self.dismiss(event.path)
