"""What every test starts from, however the run itself was started."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import textual._wait
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from gdtui.kernel_folder import usable_folder
from gdtui.text import speak

#: A shell ignores SIGINT and SIGQUIT for what it starts in the background, nohup ignores SIGHUP, and children inherit
#: what is ignored. The programs under test must obey signals, so each test process takes them back first.
OBEYED = ("SIGINT", "SIGQUIT", "SIGHUP", "SIGTERM", "SIGTSTP")


#: A configuration of its own, so that no test reads or writes that of the user; its file makes no start a first start.
CONFIGURATION = Path(tempfile.mkdtemp(prefix="gdtui-tests-"))

ROOT = Path(__file__).parents[1]
_FOUND = pytest.StashKey[frozenset[Path]]()


async def _until_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Return once the loop has nothing to do and the process hardly works, twice in a row.

    Textual's own waits for 20 ms in which the process does next to nothing, or for a second; a bench with a blinking
    cursor is never so idle.
    """
    loop, end, calm = asyncio.get_running_loop(), time.monotonic() + max_sleep, 0
    while calm < 2 and time.monotonic() < end:
        worked = time.process_time()
        await asyncio.sleep(0.005)
        idle = time.process_time() - worked < 0.002 and not loop._ready  # type: ignore[attr-defined]
        calm = calm + 1 if idle else 0


_parse_rules = Stylesheet._parse_rules


def _parse_once(sheet: Stylesheet, *where: Any, **more: Any) -> list[RuleSet]:
    """Return the rules of a text of CSS; each app and each theme has a sheet of its own and would parse all anew."""
    key = (*where, *sorted(more.items()), *sheet._variables.items())
    if key not in _PARSED:
        _PARSED[key] = _parse_rules(sheet, *where, **more)
    return _PARSED[key]


_PARSED: dict[Any, list[RuleSet]] = {}


def pytest_configure() -> None:
    """Undo what the starter of the tests ignores; handlers that pytest has set stay."""
    gc.disable()  # while modules are imported and tests collected nothing becomes garbage
    textual._wait.wait_for_idle = _until_idle  # before the modules that take it from there
    Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]
    hypothesis.settings.register_profile("gdtui", deadline=None)  # what is slow on a busy machine is not wrong
    hypothesis.settings.load_profile("gdtui")
    # some machines keep no bytecode: each program that a test starts would compile all of it again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    (CONFIGURATION / "gdtui").mkdir()
    (CONFIGURATION / "gdtui" / "config.toml").touch()
    os.environ["XDG_CONFIG_HOME"] = str(CONFIGURATION)
    os.environ["XDG_STATE_HOME"] = str(CONFIGURATION / "state")
    os.environ["XDG_DATA_HOME"] = str(CONFIGURATION / "data")
    os.environ["XDG_RUNTIME_DIR"] = str(CONFIGURATION / "run")
    if (folder := usable_folder()) is not None:
        # before a test sets it and has it unset again: numba would go on beside the sources
        os.environ.setdefault("NUMBA_CACHE_DIR", str(folder))
    os.environ["GDTUI_LANG"] = "en"
    speak("en")
    for name in OBEYED:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


def _files() -> frozenset[Path]:
    """Return what lies where gdtui saves when it is started here: in the root and among the scenarios."""
    return frozenset(path for folder in (ROOT, ROOT / "scenarios") for path in folder.glob("[!._]*"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember which files there are."""
    session.config.stash[_FOUND] = _files()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail if a test has saved where the sources are; it must run in a folder of its own."""
    left = sorted(_files() - session.config.stash.get(_FOUND, _files()))
    if left and not hasattr(session.config, "workerinput"):  # whoever started the workers says it
        session.config.get_terminal_writer().line(f"\nleft behind: {', '.join(map(str, left))}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mix files for workers: those of a room need the same kernels at once, those on terminals leave cores idle.

    Those on terminals take long; none is among the last.
    """
    if not hasattr(config, "workerinput"):
        return
    waiting = {item.path for item in items if item.get_closest_marker("terminal")}
    rooms: dict[tuple[Path, bool], list[Path]] = {}
    for path in dict.fromkeys(item.path for item in items):
        rooms.setdefault((path.parent, path in waiting), []).append(path)
    place = {
        path: number / len(room) * (0.8 if path in waiting else 1.0)
        for room in rooms.values()
        for number, path in enumerate(room)
    }
    items.sort(key=lambda item: (place[item.path], item.path))


def pytest_collection_finish() -> None:
    """Collect garbage from here on, and never look through what is there now: all of it stays."""
    gc.freeze()
    gc.enable()


def pytest_runtest_setup() -> None:
    """Forget what a test before has learned or left to restore: each begins as a first user does."""
    for left in ("data", "state"):
        shutil.rmtree(CONFIGURATION / left, ignore_errors=True)


def pytest_unconfigure() -> None:
    """Remove the configuration."""
    shutil.rmtree(CONFIGURATION, ignore_errors=True)
