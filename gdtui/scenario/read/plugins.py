"""Optimizers from outside gdtui: a Python file, or an installed package.

A file uses the decorator `gdtui.optimizers.optimizer` as the catalogue's own files do. A package names a module or an
object under the entry point group ``gdtui.optimizers``, which is imported. Both are ordinary Python and can do
whatever Python can: load only what you trust.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from gdtui.errors import PluginError
from gdtui.text import _

if TYPE_CHECKING:
    from gdtui.optimizers import Optimizer

GROUP = "gdtui.optimizers"


def _registry() -> dict[str, Optimizer]:
    """Return the catalogue; it is imported only if there is something to add."""
    from gdtui.optimizers import REGISTRY

    return REGISTRY


def load_file(name: str) -> tuple[str, ...]:
    """Run a Python file that registers optimizers; return the names that it has added or extended.

    PluginError if it fails, registers nothing, or redefines an existing form; OSError if it cannot be read.
    """
    path = Path(os.path.realpath(name))
    path.open("rb").close()
    import hashlib  # late: it loads OpenSSL

    known = f"gdtui_plugin_{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"
    if known in sys.modules:
        return ()
    spec = importlib.util.spec_from_file_location(known, path)
    if spec is None or spec.loader is None:
        raise PluginError(_("{}: this is not a Python file (its name must end in .py)").format(name))
    module = importlib.util.module_from_spec(spec)
    before = dict(_registry())
    sys.modules[known] = module
    try:
        spec.loader.exec_module(module)
        return _added(name, before)
    except (Exception, SystemExit) as error:
        del sys.modules[known]
        _restore(before)
        if isinstance(error, PluginError):
            raise
        raise PluginError(_described(name, path, error)) from error


def _added(name: str, before: dict[str, Optimizer]) -> tuple[str, ...]:
    added = tuple(key for key, optimizer in _registry().items() if before.get(key) is not optimizer)
    if not added:
        raise PluginError(_("{}: it registers no optimizer (is @optimizer missing?)").format(name))
    for key in added:
        rules = _registry()[key].rules
        off = {option: False for rule in rules for option in rule.options}
        taken = [(dialect, rule) for rule in rules for dialect in (*rule.dialects, rule.former) if dialect]
        forms = [(dialect, {**off, **rule.options}) for dialect, rule in taken]
        twice = next((form for form in forms if forms.count(form) > 1), None)
        if twice is not None:
            raise PluginError(_("{}: there is an optimizer {!r} ({}) already").format(name, key, twice[0]))
        for rule in rules:
            rule.validate()
    return added


def _restore(before: dict[str, Optimizer]) -> None:
    _registry().clear()
    _registry().update(before)


def _described(name: str, path: Path, error: BaseException) -> str:
    """Return where in the file an error was raised, and its text."""
    import traceback

    text = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f"{name}:{error.lineno}: SyntaxError: {error.msg}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f"{name}:{lines[-1]}: {text}" if lines else f"{name}: {text}"


def _offered() -> bool:
    """Say whether any installed package names the group; a package in an archive may, so that is a yes."""
    places = [Path(place or ".") for place in sys.path]
    files = (file for place in places for file in place.glob("*.*-info/entry_points.txt"))
    return any(place.is_file() for place in places) or any(map(_names_group, files))


def _names_group(file: Path) -> bool:
    try:
        return GROUP.encode() in file.read_bytes()
    except OSError:
        return True


@lru_cache(maxsize=1)
def load_installed() -> tuple[str, ...]:
    """Import the optimizers of installed packages, once; return a sentence for each failure."""
    if not _offered():
        return ()
    import importlib.metadata  # late: it takes as long as all the rest of `gdtui list`

    wrong = []
    for entry in importlib.metadata.entry_points(group=GROUP):
        before = dict(_registry())
        try:
            entry.load()
        except Exception as error:  # a fault of another package must not stop gdtui
            _restore(before)
            text = " ".join(f"{type(error).__name__}: {error}".split())
            wrong.append(_("the optimizers of {} ({}) cannot be loaded: {}").format(entry.name, entry.value, text))
    return tuple(wrong)
