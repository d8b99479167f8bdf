"""What a sweep has found so far, beside the file that it will write: an interrupted sweep goes on from there.

The first line says which sweep it is. Each further line has the outcomes of some members; floats read back to the same
bits. A line that was cut off is ignored.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import numpy as np

from gdtui import __version__
from gdtui.cli.exits import CommandFailure
from gdtui.kernel import Indices
from gdtui.simulation.fields.combinations import Sweep
from gdtui.simulation.fields.members import Outcomes
from gdtui.text import _

#: Coordinates that a table has.
COORDS = 16


class Journal:
    """The journal of a sweep, and its `name`; without a file nothing is kept."""

    def __init__(self, sweep: Sweep, file: TextIO | None) -> None:
        self.sweep, self._file = sweep, file
        self.name = "" if file is None else file.name

    def note(self, lane: str, members: Indices) -> None:
        """Keep the outcomes of some members."""
        if self._file is None:
            return
        found = self.sweep.fields[lane].outcomes
        line = {
            "lane": lane, "members": members.tolist(), "theta": found.theta[members, :COORDS].tolist(),
            "loss": found.loss[members].tolist(), "updates": found.updates[members].tolist(),
            "reasons": found.reasons[members].tolist(),
        }  # fmt: skip
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


@contextmanager
def journal(sweep: Sweep, target: str | None) -> Iterator[Journal]:
    """Take over what the journal beside `target` knows, go on writing it, and delete it when all is done.

    Raises
    ------
    CommandFailure
        it is the journal of another sweep.
    OSError
        beside the target nothing can be written.
    """
    if target is None or target == "-":
        yield Journal(sweep, None)
        return
    name, head = f"{target}.part", dict[str, object](gdtui=__version__, sweep=identity(sweep))
    known = _lines(name)
    if known and known[0] != head:
        message = _("{} has the results of another sweep: delete it, or write to another file")
        raise CommandFailure(message.format(name))
    for line in known[1:]:
        _restore(sweep, line)
    # a line that was cut off must not be continued: write what is known again
    with _opened(name, target) as file:
        for line in known or [head]:
            file.write(json.dumps(line) + "\n")
        yield Journal(sweep, file)
    with suppress(OSError):
        os.unlink(name)


def _opened(name: str, target: str) -> TextIO:
    """Open the journal to write it; an OSError names the target, the file that was asked for."""
    try:
        return open(name, "w", encoding="utf-8")
    except OSError as error:
        error.filename = target
        raise


def identity(sweep: Sweep) -> str:
    """Return a hash of everything that decides the outcomes."""
    first = next(iter(sweep.fields.values()))
    parts = [repr(sweep.experiment).encode(), str(sweep.updates).encode(), first.objective.data.tobytes()]
    for key, values in sweep.points.items():
        parts += [key.encode(), values.tobytes()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _lines(name: str) -> list[dict[str, object]]:
    """Return the whole lines of a journal; none if there is no such file."""
    lines: list[dict[str, object]] = []
    try:
        with open(name, encoding="utf-8") as file:
            for text in file:
                lines.append(json.loads(text))
    except FileNotFoundError:
        pass
    except ValueError:  # the last line of a process that was killed
        pass
    return lines


def _restore(sweep: Sweep, line: dict[str, object]) -> None:
    found = sweep.fields[str(line["lane"])].outcomes
    members = np.array(line["members"], dtype=np.int64)
    theta = np.full((len(members), found.theta.shape[1]), np.nan)
    theta[:, :COORDS] = np.array(line["theta"])
    loss, updates = np.array(line["loss"], dtype=np.float64), np.array(line["updates"], dtype=np.int64)
    reasons = np.array(line["reasons"], dtype=np.int64)
    found.put(members, Outcomes(theta, loss, updates, reasons, np.full(len(members), -1)))
