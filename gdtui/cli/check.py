"""`gdtui check`: the versions, the kernel cache and the terminal, for a report or before a lecture."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shutil
import sys

from gdtui import __version__
from gdtui.cli.exits import PASSED
from gdtui.kernel import jit_disabled
from gdtui.kernel_folder import cache_directory, spare_directory
from gdtui.saves import can_write
from gdtui.text import _, aligned, printable
from gdtui.tui.terminal.detection import LEAST_SIZE, colors

PACKAGES = ("numba", "numpy", "textual", "plotext", "contourpy", "pydantic")


#: Variables that decide what a terminal is sent, and those that change what is computed or kept.
_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG", "PYTHONUTF8")
_VARIABLES = (
    "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "GDTUI_ASCII", "GDTUI_DEBUG", "GDTUI_GUARD", "GDTUI_LANG",
    "NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "TEXTUAL",
)  # fmt: skip


def command(_options: argparse.Namespace) -> int:
    """Print the facts; nothing is compiled or changed."""
    rows: list[tuple[str, ...]] = [("gdtui", __version__)]
    rows += [("python", f"{platform.python_version()} ({sys.executable})"), ("system", platform.platform())]
    rows += [(name, _version(name)) for name in PACKAGES]
    rows += [("kernel cache", _cache()), ("compiler", _("off (NUMBA_DISABLE_JIT)") if jit_disabled() else _("on"))]
    rows += [("configuration", _configuration()), ("autosave", _autosave()), ("plugins", _plugins())]
    rows += _terminal()
    rows += [("connection", _connection()), ("locale", _set(*_LOCALE)), ("variables", _set(*_VARIABLES))]
    print("\n".join(aligned(rows)))
    return PASSED


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return _("not installed")


def _no_home() -> str:
    return _("none: no home directory can be found")


def _cache() -> str:
    try:
        folder = cache_directory()
    except RuntimeError:
        return _no_home()
    kept = sum(path.suffix == ".nbc" for path in folder.rglob("*")) if folder.is_dir() else 0
    spare = None if "NUMBA_CACHE_DIR" in os.environ else spare_directory()
    if not can_write(folder):
        if spare is not None and can_write(spare):
            return _("{}: cannot be written, kernels are kept in {}").format(folder, spare)
        return _("{}: cannot be written, kernels are compiled anew each time").format(folder)
    if folder.is_dir() and folder.stat().st_mode & 0o022:
        return _("{}: others may write there, so it is not used").format(folder)
    return _("{}: writable, {} kernels kept").format(folder, kept)


def _configuration() -> str:
    """Return where the configuration is, and the first fault of its text; names are checked by `gdtui list keys`."""
    from gdtui.tui.configuration import Configuration, configuration_file

    path = configuration_file()
    if path is None:
        return _no_home()
    configuration = Configuration(path)
    if configuration.is_new:
        return _("{}: not there, defaults").format(path)
    return next(iter(configuration.faults), str(path))


def _autosave() -> str:
    """Return where benches of killed programs are kept, and how many there are."""
    from gdtui.tui.autosave import state_folder

    folder = state_folder()
    if folder is None:
        return _no_home()
    if not can_write(folder):
        return _("{}: cannot be written, a killed bench is lost").format(folder)
    return _("{}: writable, {} kept").format(folder, len(list(folder.glob("*.toml"))))


def _plugins() -> str:
    """Return the packages that offer optimizers, and what went wrong with them."""
    from gdtui.scenario.read.plugins import GROUP, load_installed

    names = sorted(entry.name for entry in importlib.metadata.entry_points(group=GROUP))
    return "; ".join([", ".join(names) or _("none"), *load_installed()])


def _connection() -> str:
    """Return what stands between the program and the terminal."""
    between = {"SSH_CONNECTION": "SSH", "TMUX": "tmux", "STY": "screen"}
    return ", ".join(name for key, name in between.items() if os.environ.get(key)) or _("none known: a local terminal")


def _set(*names: str) -> str:
    """Return those variables of the environment that are set; control characters are replaced."""
    found = [printable(f"{name}={os.environ[name]}") for name in names if name in os.environ]
    return " ".join(found) or _("none set")


def _terminal() -> list[tuple[str, ...]]:
    term = os.environ.get("TERM", "")
    size = shutil.get_terminal_size((0, 0))
    small = any(0 < given < least for given, least in zip(size, LEAST_SIZE, strict=True))
    fits = _("too small: {}×{} at least").format(*LEAST_SIZE) if small else ""
    shown = f"{size.columns}×{size.lines}" if size.columns else _("unknown")
    encoding = getattr(sys.stderr, "encoding", None) or _("unknown")
    wide = encoding.lower().replace("-", "") == "utf8"
    streams = (("stdin", sys.stdin), ("stdout", sys.stdout), ("stderr", sys.stderr))
    where = [name for name, stream in streams if _tty(stream)]
    return [
        ("TERM", _term(term)),
        ("terminal", _("on {}").format(", ".join(where)) if where else _("none")),
        ("size", f"{shown} {fits}".rstrip()),
        ("encoding", encoding if wide else _("{}: charts in ASCII").format(encoding)),
        ("colours", _colours()),
    ]


def _term(term: str) -> str:
    if not term:
        return _("not set: no screen is possible")
    return _("{}: no screen is possible").format(term) if term == "dumb" else term


def _tty(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


def _colours() -> str:
    if os.environ.get("NO_COLOR"):
        return _("none (NO_COLOR)")
    return {"true": _("16 million"), "none": _("none")}.get(colors(), colors())
