"""`gdtui sweep`: every lane over a grid or a random sample of settings, starts and seeds; one row a run."""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import combinations
from typing import TextIO

from gdtui import __version__
from gdtui.cli.destination import output
from gdtui.cli.exits import IO, PASSED, CommandFailure
from gdtui.cli.run import experiment_of
from gdtui.cli.sweep_journal import COORDS, journal
from gdtui.cli.sweep_picture import write_svg
from gdtui.errors import ParameterError
from gdtui.simulation.fields.combinations import Points, Sweep, grid, sample
from gdtui.simulation.fields.ranges import read_range
from gdtui.text import _, aligned, number

#: How long a cluster may take to answer.
CONNECT_SECONDS = 20
#: Shows how many runs have been made.
Progress = Callable[[int], object]


def command(options: argparse.Namespace) -> int:
    """Make the sweep; return the exit code."""
    given = {name: vars(options)[name] for name in ("csv", "json", "svg") if vars(options)[name] is not None}
    for (first, target), (second, other) in combinations(given.items(), 2):
        if target == other:
            message = _("--{first} and --{second} cannot both go to {target}")
            where = _("stdout") if target == "-" else target
            raise CommandFailure(message.format(first=first, second=second, target=where))
    if not options.over:
        raise CommandFailure(_("over what? --over lr=1e-4:1:20:log, for example"))
    experiment, _limits, title = experiment_of(options)
    try:
        sweep = Sweep.of(experiment, _points(options, experiment.seed), options.updates or 0)
    except ParameterError as error:
        raise CommandFailure(f"--over: {error}") from None
    with journal(sweep, _target(options)) as kept, _progress(sweep.size) as progress:
        progress(sweep.known)
        with _workers(options) as (pool, threads), closing(sweep.parts(pool, threads=threads)) as parts:
            try:
                for lane, members in parts:
                    kept.note(lane, members)
                    progress(sweep.known)
            except KeyboardInterrupt:
                _say_what_is_kept(sweep, kept.name)
                raise
        _write(sweep, options, title)
    return PASSED


def _say_what_is_kept(sweep: Sweep, name: str) -> None:
    """Say on stderr that an interrupted sweep can go on; nothing where nothing has been kept."""
    if name and sweep.known:
        message = _("{known} of {size} runs are in {file}: the same command goes on from there")
        print("gdtui:", message.format(known=sweep.known, size=sweep.size, file=name), file=sys.stderr)


@contextmanager
def _workers(options: argparse.Namespace) -> Iterator[tuple[Executor, int]]:
    """Yield where runs are made, and how many at once: threads here, or the workers of a Dask cluster."""
    if options.dask is None:
        threads = options.threads or os.cpu_count() or 1
        with ThreadPoolExecutor(threads) as pool:
            yield pool, threads
        return
    if options.threads is not None:
        raise CommandFailure(_("--threads and --dask do not go together: the cluster has its own"))
    try:
        from distributed import Client
    except ImportError:
        message = _("--dask needs the package distributed: pip install 'gdtui[cluster]'")
        raise CommandFailure(message) from None
    try:
        client = Client(options.dask, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise CommandFailure(_("--dask {}: {}").format(options.dask, error), IO) from None
    with client, client.get_executor() as pool:
        yield pool, max(1, sum(client.nthreads().values()))


def _points(options: argparse.Namespace, seed: int) -> Points:
    ranges = [read_range(text) for text in options.over]
    return grid(ranges) if options.random is None else sample(ranges, options.random, seed)


def _target(options: argparse.Namespace) -> str | None:
    """Return the file beside which results are kept until all are there."""
    files = [name for name in (options.csv, options.json, options.svg) if name not in (None, "-")]
    return files[0] if files else None


def _write(sweep: Sweep, options: argparse.Namespace, title: str) -> None:
    names, rows = table(sweep)
    if options.csv is not None:
        with output(options.csv) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(rows)
    if options.json is not None:
        with output(options.json) as file:
            _write_json(file, sweep, names, rows, title)
    if options.svg is not None:
        with output(options.svg) as file:
            write_svg(sweep, file)
    if options.csv is None and options.json is None:
        print("\n".join(best_of(sweep)))


def table(sweep: Sweep) -> tuple[list[str], list[tuple[object, ...]]]:
    """Return the names of the columns, and a row a run."""
    columns = sweep.columns(COORDS)
    theta = columns.pop("theta")
    names = [*columns, *(f"theta_{i}" for i in range(theta.shape[-1]))]
    cells = [map(int, column) if name == "updates" else column.tolist() for name, column in columns.items()]
    return names, list(zip(*cells, *theta.T.tolist(), strict=True))


def _write_json(file: TextIO, sweep: Sweep, names: list[str], rows: list[tuple[object, ...]], title: str) -> None:
    cells = [[_json_number(cell) for cell in row] for row in rows]
    keys = list(sweep.points)
    head = {"format": 1, "gdtui": __version__, "title": title, "updates": sweep.updates, "over": keys}
    json.dump({**head, "columns": names, "rows": cells}, file, allow_nan=False)
    file.write("\n")


def _json_number(cell: object) -> object:
    if not isinstance(cell, float) or math.isfinite(cell):
        return cell
    return "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"


def best_of(sweep: Sweep) -> list[str]:
    """Return a table: of each lane how many runs diverged, and the run with the lowest loss."""
    keys = list(sweep.points)
    rows = [[_("lane"), _("runs"), _("diverged"), *keys, _("lowest loss")]]
    for name, field in sweep.fields.items():
        found = field.outcomes
        kept = [k for k in range(len(found.loss)) if math.isfinite(found.loss[k])]
        best = min(kept, key=lambda k: float(found.loss[k]), default=None)
        at = ["–"] * (len(keys) + 1)
        if best is not None:
            at = [*(number(float(sweep.points[key][best])) for key in keys), number(float(found.loss[best]))]
        rows.append([name, str(len(found.loss)), str(int(found.diverged.sum())), *at])
    return aligned(rows)


@contextmanager
def _progress(size: int) -> Iterator[Progress]:
    """Show a bar on stderr while a sweep goes on, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda known: None
        return
    from rich.console import Console  # late: most commands show no bar
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda known: bar.update(task, completed=known)
