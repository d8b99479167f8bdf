"""A small shell with job control that starts gdtui by forking: everything is imported and compiled already.

It reads lines from its terminal: `job` starts gdtui as a job of its own (what an interactive shell does), `script` in
the shell's own process group (what a script does); after it NAME=VALUE … are added to the environment, and NAME= is
taken out. It prints `code N` when the program has ended, as a shell counts. MEANT=FILE keeps what Textual writes.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
from collections.abc import Iterable

IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN)


def prepare() -> None:
    """Import and compile what a bench needs; no thread may be running when a process forks."""
    import gdtui.cli.entry
    import gdtui.tui.app
    import gdtui.tui.run_app
    import gdtui.tui.screens.bench.bench  # noqa: F401
    from gdtui.session import Session
    from gdtui.simulation.defaults import default_experiment
    from gdtui.verbs import Step

    session = Session(default_experiment())
    session.warm()
    session.apply(Step(2))


def keep_what_is_meant(path: str) -> None:
    """Write to a file what Textual writes, beside what is sent.

    For rows that do not go through Textual this is what its compositor would show on the whole screen.
    """
    from rich.control import Control

    from gdtui.tui.terminal.driver import TerminalDriver
    from gdtui.tui.terminal.picture import Span
    from gdtui.tui.terminal.wire import Wire

    file = open(path, "a", encoding="utf-8", newline="")  # noqa: SIM115
    write, draw = Wire.write, TerminalDriver.draw

    def keep(text: str) -> None:
        file.write(text)
        file.flush()

    def written(self: Wire, text: str, size: tuple[int, int]) -> None:
        write(self, text, size)
        keep(text)

    def composed(self: TerminalDriver, spans: Iterable[Span]) -> None:
        draw(self, spans)
        console, strips = self._app.console, self._app.screen._compositor.render_strips()
        lines = (Control.move_to(0, y).segment.text + strip.render(console) for y, strip in enumerate(strips))
        keep("".join(lines) + Control.move_to(*self._app.cursor_position).segment.text)

    Wire.write, TerminalDriver.draw = written, composed  # type: ignore[method-assign]


def start(own_group: bool, changes: list[str]) -> int:
    """Start gdtui in a changed environment and return its process id."""
    pid = os.fork()
    if pid:
        return pid
    for change in changes:
        name, _equals, value = change.partition("=")
        os.environ[name] = value
        if not value:
            del os.environ[name]
    if "MEANT" in os.environ:
        keep_what_is_meant(os.environ["MEANT"])
    if own_group:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
    for number in IGNORED:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    code = 70
    try:
        from gdtui.cli.entry import main

        code = main([])
    finally:
        sys.stdout.flush()
        os._exit(code)
    raise AssertionError


def main() -> None:
    """Start what is asked for, until the end of the input."""
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    prepare()
    before = termios.tcgetattr(0)
    os.write(1, b"READY>\n")
    while (line := os.read(0, 1000)) not in (b"", b"exit\n"):
        way, *changes = line.decode(errors="replace").split() or [""]
        if way not in ("job", "script"):
            continue  # keys for a program that has been killed
        pid = start(way == "job", changes)
        _pid, status = os.waitpid(pid, 0)
        os.tcsetpgrp(0, os.getpgrp())
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGKILL:  # the guard itself: what an interactive shell does after a job that was killed
            termios.tcsetattr(0, termios.TCSANOW, before)
        os.write(1, b"code %d\n" % (code if code >= 0 else 128 - code))


if __name__ == "__main__":
    main()
