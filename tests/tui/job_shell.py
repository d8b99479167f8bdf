"""A small shell with job control that starts gdtui by forking: everything is imported and compiled already.

It reads lines from its terminal: `job` starts gdtui as a job of its own (what an interactive shell does), `script` in
the shell's own process group (what a script does). It prints `code N` when the program has ended, as a shell counts.
"""

from __future__ import annotations

import os
import signal
import sys
import termios

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


def start(own_group: bool) -> int:
    """Start gdtui and return its process id."""
    pid = os.fork()
    if pid:
        return pid
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
    while (line := os.read(0, 100)) not in (b"", b"exit\n"):
        if line not in (b"job\n", b"script\n"):
            continue  # keys for a program that has been killed
        pid = start(line == b"job\n")
        _pid, status = os.waitpid(pid, 0)
        os.tcsetpgrp(0, os.getpgrp())
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGKILL:  # the guard itself: what an interactive shell does after a job that was killed
            termios.tcsetattr(0, termios.TCSANOW, before)
        os.write(1, b"code %d\n" % (code if code >= 0 else 128 - code))


if __name__ == "__main__":
    main()
