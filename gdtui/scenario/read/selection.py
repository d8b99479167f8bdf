"""The scenarios that come with gdtui, and the files that a command line selects."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gdtui.text import _, did_you_mean

if TYPE_CHECKING:
    from gdtui.scenario.read.lesson_keys import Head

#: The folder of courses in a folder of scenarios.
COURSES = "courses"


def folder() -> Path:
    """Return where the scenarios of this installation are."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def shipped() -> list[Path]:
    """Return the scenario files that come with gdtui, by name."""
    return sorted(folder().glob("*.toml"))


def names_in_reach(folder: Path) -> set[str]:
    """Return the names of lessons that one in a folder can need: those beside it, and those that come with gdtui."""
    return {path.stem for path in (*folder.glob("*.toml"), *shipped())}


def find(name: str) -> Path:
    """Return the file or shipped scenario of that name; FileNotFoundError if there is neither."""
    path = Path(name)
    if os.path.lexists(path):
        return path
    if re.fullmatch(r"[\w.-]+", name):
        for known in shipped():
            if name in (known.stem, known.name):
                return known
    hint = did_you_mean(name.removesuffix(".toml"), [known.stem for known in shipped()])
    raise FileNotFoundError(2, _("there is no such file, and no such scenario") + hint, name)


def collect(names: Iterable[str]) -> tuple[list[Path], list[Path]]:
    """Return the scenario files among files and folders, each once, and the files that were passed over.

    A named file is always taken. Folders are searched to the bottom; files and folders with a name that begins with a
    dot are left out, and TOML files that do not resemble a scenario are passed over. FileNotFoundError for an unknown
    name.
    """
    found: dict[Path, None] = {}
    others: dict[Path, None] = {}
    for name in names:
        path = find(name)
        if not path.is_dir():
            found[path] = None
            continue
        for file in sorted(path.rglob("*.toml")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden:
                if resembles(file):
                    found[file] = None
                elif file.parent.name != COURSES:
                    others[file] = None
    return list(found), [path for path in others if path not in found]


_FORMAT = re.compile(rb"^[ \t]*[\"']?format[\"']?[ \t]*=", re.MULTILINE)
_TABLE = re.compile(rb"^[ \t]*\[", re.MULTILINE)
_OURS = re.compile(rb"^[ \t]*\[?[ \t]*(?:objective|lanes|script)[ \t]*[\].=]", re.MULTILINE)


def resembles(path: Path) -> bool:
    """Say whether a TOML file may be a scenario, with or without faults.

    It does if it gives ``format`` before its first table, has one of a scenario's tables, or cannot be read.
    """
    try:
        text = path.read_bytes()
    except OSError:
        return True
    first = _TABLE.search(text)
    head = text if first is None else text[: first.start()]
    return _FORMAT.search(head) is not None or _OURS.search(text) is not None


_WORD = re.compile(r"\s*(?:([()])|([^\s()]+))")


def selector(text: str) -> Callable[[Head], bool]:
    """Return the test for an expression such as "adam and not (slow or noise)": a word matches file name or title.

    ValueError for other texts. Written by hand: pytest has the same grammar, but its parser is private and pytest is no
    dependency.
    """
    if len(text) > 1000:
        raise ValueError(_("-k takes at most 1000 characters"))
    words = [str(a or b) for a, b in _WORD.findall(text)]

    def matches(name: str) -> bool:
        left = deque(words)

        def either() -> bool:
            found = both()
            while left and left[0] == "or":
                left.popleft()
                found = both() or found
            return found

        def both() -> bool:
            found = one()
            while left and left[0] == "and":
                left.popleft()
                found = one() and found
            return found

        def one() -> bool:
            word = left.popleft() if left else ""
            if word in ("", ")", "and", "or"):
                raise ValueError(_("-k {!r}: a word is missing").format(text))
            if word == "not":
                return not one()
            if word == "(":
                found = either()
                if not left or left.popleft() != ")":
                    raise ValueError(_("-k {!r}: a parenthesis is not closed").format(text))
                return found
            return word.lower() in name

        found = either()
        if left:
            raise ValueError(_("-k {!r}: what is {!r} doing there?").format(text, left[0]))
        return found

    matches("")  # raises for other texts
    return lambda head: matches(f"{head.name} {head.title}".lower())
