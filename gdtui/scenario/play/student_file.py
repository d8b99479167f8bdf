"""A small file of one table that is a student's alone: each name has an entry, as JSON."""

from __future__ import annotations

import json
import os
import threading
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from gdtui.errors import UnsuitableFileError
from gdtui.files import read_text, xdg_folder
from gdtui.saves import write_whole
from gdtui.text import _, free_name

#: The largest file that is read.
MOST_BYTES = 2**20
E = TypeVar("E")


def student_file(name: str) -> Path | None:
    """Return where a file is kept, whether or not there is one; None without a home directory."""
    folder = xdg_folder("XDG_DATA_HOME", ".local", "share")
    return None if folder is None else folder / name


class StudentFile(Generic[E]):
    """The entries by name. Where nothing can be read or written, nothing is kept; nothing here raises.

    A damaged file is put aside, its sound entries are kept, and `fault` says so; "" for none.
    """

    #: The key of the table, and the most entries that are kept.
    table: ClassVar[str]
    most: ClassVar[int]

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.fault = ""
        self._known: dict[str, E] = {}
        self._known = self._read()

    @abstractmethod
    def entry(self, value: object) -> E | None:
        """Return an entry as it was written; None if it is damaged."""

    @abstractmethod
    def written(self, entry: E) -> Mapping[str, object]:
        """Return an entry as JSON writes it."""

    def _read(self) -> dict[str, E]:
        """Return what the file has now: another program may have written meanwhile."""
        if self._path is None:
            return dict(self._known)
        try:
            text = read_text(self._path, MOST_BYTES)
        except FileNotFoundError:
            return {}
        except UnsuitableFileError as error:
            if error.problem not in ("size", "encoding"):
                return dict(self._known)
            text = ""
        except OSError:
            return dict(self._known)
        values: object = None
        with suppress(ValueError, RecursionError):
            document = json.loads(text)
            values = document.get(self.table) if isinstance(document, dict) else None
        entries = {str(name): self.entry(value) for name, value in values.items()} if isinstance(values, dict) else {}
        sound = {name: entry for name, entry in entries.items() if entry is not None}
        if not isinstance(values, dict) or len(sound) < len(entries):
            self._put_aside(self._path)
            if sound:
                self._write(sound)
        return sound

    def _put_aside(self, path: Path) -> None:
        with suppress(OSError):
            aside = path.with_name(free_name(f"{path.name}.damaged", os.listdir(path.parent)))
            os.replace(path, aside)
            self.fault = _("{path} was damaged: it is kept as {aside}").format(path=path, aside=aside.name)

    def _write(self, entries: Mapping[str, E]) -> None:
        if self._path is None:
            return
        newest = list(entries.items())[-self.most :]
        document = {"version": 1, self.table: {name: self.written(entry) for name, entry in newest}}
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
