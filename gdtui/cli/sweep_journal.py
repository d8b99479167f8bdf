"""What a sweep has found so far, beside the file that it will write: an interrupted sweep goes on from there.

The first line says which sweep it is. Each further line has the outcomes of some members, and their checksum; floats
read back to the same bits. Lines are only added, so that whatever ends the process, what was kept stays; a line that
was cut off or damaged is ignored. The sweep that writes a journal holds a lock on it.
"""

from __future__ import annotations

import errno
import hashlib
import inspect
import json
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

import numpy as np

from gdtui import __version__
from gdtui.cli.exits import IO, CommandFailure
from gdtui.kernel import Indices
from gdtui.simulation.fields.combinations import Sweep
from gdtui.simulation.fields.members import Outcomes
from gdtui.text import _

#: The most bytes of a first line.
_HEAD = 1000


class Journal:
    """The journal of a sweep, its `name`, and how many runs are `kept` in it; without a file none are."""

    def __init__(self, sweep: Sweep, name: str = "", file: BinaryIO | None = None) -> None:
        self.sweep, self.name, self._file, self.kept = sweep, name, file, 0

    def note(self, lane: str, members: Indices) -> None:
        """Keep the outcomes of some members."""
        if self._file is None:
            return
        found = self.sweep.fields[lane].outcomes
        outcomes = {
            "lane": lane, "members": members.tolist(), "theta": found.theta[members].tolist(),
            "loss": found.loss[members].tolist(), "updates": found.updates[members].tolist(),
            "reasons": found.reasons[members].tolist(),
        }  # fmt: skip
        self._write(self._file, _line(json.dumps(outcomes)))
        self.kept += len(members)

    def take_over(self) -> None:
        """Restore what the file knows, and be ready to add to it; begin an empty one."""
        assert self._file is not None
        head = json.dumps({"gdtui": __version__, "sweep": identity(self.sweep)}).encode() + b"\n"
        with open(self._file.fileno(), "rb", closefd=False) as known:
            first = known.readline(_HEAD)
            if first != head:
                self._check(first, head, empty=not known.readline(_HEAD))
            end = len(head) + self._restore(known) if first == head else 0
        self._file.seek(end)
        self._file.truncate()
        if not end:
            self._write(self._file, head)
        self.kept = self.sweep.known

    def _check(self, first: bytes, head: bytes, *, empty: bool) -> None:
        """Raise CommandFailure for a file with such a first line, unless it has nothing to lose."""
        if head.startswith(first):  # an empty file; or the first line was cut off
            return
        if not (first.startswith(b'{"gdtui": "') and b'"sweep": "' in first):
            message = _("{} is not the journal of a sweep: move it away, or write to another file")
            raise CommandFailure(message.format(self.name))
        if not empty:
            message = _("{} has the results of another sweep: delete it, or write to another file")
            raise CommandFailure(message.format(self.name))

    def _restore(self, file: BinaryIO) -> int:
        """Restore the outcomes of all lines that are sound; return the length of all whole ones."""
        length = 0
        while (line := file.readline()).endswith(b"\n"):
            length += len(line)
            if line == _line(text := line[_BEFORE:-_AFTER].decode("utf-8", "replace")):
                _restore(self.sweep, json.loads(text))
        return length

    def _write(self, file: BinaryIO, line: bytes) -> None:
        """Write a line at once; an OSError names the file."""
        try:
            while line:  # a disk that is nearly full takes a part of it
                line = line[file.write(line) :]
        except OSError as error:
            error.filename = self.name
            raise


def _line(text: str) -> bytes:
    """Return a line with the outcomes of some members, which are written in JSON, and their checksum."""
    data = text.encode()
    return b'{"crc": "%08x", "runs": %b}\n' % (zlib.crc32(data), data)


_AFTER = len(b"}\n")
_BEFORE = len(_line("")) - _AFTER


@contextmanager
def journal(sweep: Sweep, target: str | None) -> Iterator[Journal]:
    """Take over what the journal beside `target` knows, go on writing it, and delete it when all is done.

    Raises
    ------
    CommandFailure
        it is the journal of another sweep, or none; or another process is writing it.
    OSError
        beside the target nothing can be written.
    """
    if target is None:
        yield Journal(sweep)
        return
    beside = os.path.realpath(target) if os.path.islink(target) else target
    name = f"{beside}.part"
    with _opened(name, target) as file:
        kept = Journal(sweep, name, file)
        kept.take_over()
        done = False
        try:
            yield kept
            done = True
        finally:
            if done or not kept.kept:
                with suppress(OSError):
                    os.unlink(name)


def _opened(name: str, target: str) -> BinaryIO:
    """Open the journal, unbuffered, and lock it; an OSError names the target, unless the journal itself is at fault."""
    while True:
        try:
            # O_NONBLOCK: opening a named pipe must not wait
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            handle = os.open(name, flags, 0o666)
        except OSError as error:
            error.filename = name if os.path.lexists(name) else target
            raise
        file = open(handle, "r+b", buffering=0)  # noqa: SIM115 - it is returned
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, _("this is not a regular file"), name)
            _lock(handle, name)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.stat(name)):
                    return file
        except BaseException:
            file.close()
            raise
        file.close()  # its sweep has ended in the meantime, and deleted it


def _lock(handle: int, name: str) -> None:
    """Lock the journal as long as it is open, where there are locks."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = _("another sweep is writing {}: wait for its end, or write to another file")
        raise CommandFailure(message.format(name), IO) from None
    except (ImportError, OSError):
        pass


def identity(sweep: Sweep) -> str:
    """Return a hash of everything that decides the outcomes."""
    first = next(iter(sweep.fields.values()))
    parts = [repr(sweep.experiment).encode(), str(sweep.updates).encode(), first.objective.data.tobytes()]
    for lane in sweep.experiment.lanes:
        with suppress(OSError, TypeError):  # a rule that is changed is another rule, under the same name
            parts.append(inspect.getsource(lane.rule.function).encode())
    for key, values in sweep.points.items():
        parts += [key.encode(), values.tobytes()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _restore(sweep: Sweep, line: dict[str, object]) -> None:
    found = sweep.fields[str(line["lane"])].outcomes
    members = np.array(line["members"], dtype=np.int64)
    theta, loss = np.array(line["theta"], dtype=np.float64), np.array(line["loss"], dtype=np.float64)
    updates = np.array(line["updates"], dtype=np.int64)
    reasons = np.array(line["reasons"], dtype=np.int64)
    found.put(members, Outcomes(theta, loss, updates, reasons, np.full(len(members), -1)))
