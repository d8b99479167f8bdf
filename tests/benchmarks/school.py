"""A class, measured from outside: a lecturer's key, and the last byte at every follower's terminal or socket."""

from __future__ import annotations

import os
import select
import signal
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from gdtui.classroom.lines import Hello, written
from tests.benchmarks import terminal
from tests.benchmarks.verdicts import Line
from tests.benchmarks.yardstick import CHARTS

#: Followers with a screen, and without one; steps that are measured without screens, and with them.
SCREENS, SOCKETS, STEPS, SCREEN_STEPS = 20, 200, 25, 15
CODE = "import sys\nsys.argv = ['gdtui', {words}]\nfrom gdtui.__main__ import main\nraise SystemExit(main())\n"
SMALL = (80, 24)


@contextmanager
def lecture() -> Iterator[tuple[terminal.Terminal, Path, dict[str, str]]]:
    """Give a lecture at a socket of its own."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "gdtui").mkdir()
        (Path(folder) / "gdtui" / "config.toml").write_text("")
        extra = {
            "XDG_CONFIG_HOME": folder,
            "XDG_STATE_HOME": folder,
            "XDG_DATA_HOME": folder,
            "XDG_RUNTIME_DIR": folder,
        }
        path = Path(folder) / "lecture.sock"
        words = f"'present', '--socket', '{path}'"
        made = terminal.start(CODE.format(words=words), *SMALL, extra)
        assert made.until(b"0 follow", 60) is not None
        made.read(2)
        try:
            yield made, path, extra
        finally:
            made.close()


def _last_bytes(handles: list[int], quiet: float, patience: float = 10.0) -> dict[int, tuple[float, int]]:
    """Return when the last byte came at each handle, and how many came, once nothing has come for a while."""
    found: dict[int, tuple[float, int]] = {}
    end = time.perf_counter() + patience
    while time.perf_counter() < end:
        ready = select.select(handles, [], [], quiet)[0]
        if not ready and len(found) >= len(handles):
            break
        for handle in ready:
            with suppress(OSError):
                size = len(os.read(handle, 65_536))
                found[handle] = time.perf_counter(), found.get(handle, (0.0, 0))[1] + size
    return found


def _connected(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.connect(os.fspath(path))
    made.sendall(written(Hello()))
    return made


def sockets(lecturer: terminal.Terminal, path: Path) -> tuple[list[float], list[int]]:
    """Return the milliseconds from a key to the last of many sockets, and the bytes on one, for each step."""
    clients = [_connected(path) for _ in range(SOCKETS)]
    handles = [client.fileno() for client in clients]
    _last_bytes([*handles, lecturer.fd], 0.5)
    times, sizes = [], []
    for _step in range(STEPS):
        begun = time.perf_counter()
        os.write(lecturer.fd, b" ")
        found = _last_bytes([*handles, lecturer.fd], terminal.QUIET)
        found.pop(lecturer.fd, None)
        times.append((max(when for when, _size in found.values()) - begun) * 1e3)
        sizes.append(max(size for _when, size in found.values()))
    for client in clients:
        client.close()
    return times, sizes


def screens(lecturer: terminal.Terminal, path: Path, extra: dict[str, str]) -> list[list[float]]:
    """Return, for each step, the milliseconds from the lecturer's key to each follower's last byte."""
    code = CODE.format(words=f"'follow', '{path}'")
    followers = [terminal.start(code, *SMALL, extra) for _follower in range(SCREENS)]
    try:
        for each in followers:
            each.until(b"following", 60)
        handles = [each.fd for each in followers]
        _last_bytes([*handles, lecturer.fd], 1.0)
        steps = []
        for _step in range(SCREEN_STEPS):
            begun = time.perf_counter()
            os.write(lecturer.fd, b" ")
            found = _last_bytes([*handles, lecturer.fd], 2 * terminal.QUIET)
            found.pop(lecturer.fd, None)
            steps.append([(when - begun) * 1e3 for when, _size in found.values()])
        return steps
    finally:
        for each in followers:  # all at once: each takes a while over its end
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGTERM)
        for each in followers:
            each.close()


def follow() -> Iterator[Line]:
    """Measure what a class costs."""
    with lecture() as (lecturer, path, extra):
        times, sizes = sockets(lecturer, path)
        steps = screens(lecturer, path, extra)
    yield Line(f"bytes on the socket, the largest of {STEPS} updates", 200, max(sizes), "B")
    yield CHARTS.line(f"from the lecturer's key to {SOCKETS} sockets", 100, statistics.median(times), "ms")
    typical = statistics.median(statistics.median(step) for step in steps)
    every = sorted(chain.from_iterable(steps))
    slowest = statistics.median(max(step) for step in steps)
    beside = f"95 % within {every[int(0.95 * len(every))]:.0f} ms, the last of {SCREENS} at {slowest:.0f} ms"
    yield CHARTS.line(f"to a follower's last byte, {SCREENS} followers at 80×24", 100, typical, "ms", beside)
