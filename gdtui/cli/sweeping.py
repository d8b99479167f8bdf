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
from dataclasses import replace
from itertools import combinations
from typing import TextIO

import numpy as np

from gdtui import __version__
from gdtui.cli.destination import output
from gdtui.cli.exits import PASSED, CommandFailure, warn
from gdtui.cli.run import experiment_of
from gdtui.cli.sweep_journal import Journal, journal
from gdtui.cli.sweep_picture import write_svg
from gdtui.errors import ParameterError
from gdtui.objectives.specs import CsvSpec, TapeSpec
from gdtui.saves import check_writable
from gdtui.simulation.experiment import Experiment
from gdtui.simulation.fields.combinations import SEED, Points, Sweep, grid, sample
from gdtui.simulation.fields.ranges import MOST, read_range
from gdtui.simulation.trace_view import WATCHED
from gdtui.text import _, aligned, number

#: The most cells of a bar.
BAR = 40
#: Shows how many runs have been made.
Progress = Callable[[int], object]


def command(options: argparse.Namespace) -> int:
    """Make the sweep; return the exit code."""
    _check_targets(options)
    if not options.over:
        raise CommandFailure(_("over what? --over lr=1e-4:1:20:log, for example"))
    experiment, _limits, title = experiment_of(options)
    experiment = _anywhere(experiment)
    try:
        sweep = Sweep.of(experiment, _points(options, experiment.seed), options.updates or 0, WATCHED)
    except ParameterError as error:
        raise CommandFailure(f"--over: {error}") from None
    if SEED in sweep.points and not any(field.objective.seeded for field in sweep.fields.values()):
        warn(_("--over seed: without noise and data every seed makes the same run"))
    with journal(sweep, _target(options)) as kept, _saying_what_is_kept(kept):
        _make(sweep, kept, options)
        _write(sweep, options, title)
    return PASSED


def _anywhere(experiment: Experiment) -> Experiment:
    """Return the experiment with the whole path of its CSV file: workers have other current directories."""
    objective = experiment.objective
    if not isinstance(objective, (CsvSpec, TapeSpec)) or not objective.csv:
        return experiment
    return replace(experiment, objective=replace(objective, csv=os.path.abspath(objective.csv)))


def _make(sweep: Sweep, kept: Journal, options: argparse.Namespace) -> None:
    """Make the runs that are not known yet."""
    with _progress(sweep.size) as progress:
        progress(sweep.known)
        with _workers(options) as (pool, threads), closing(sweep.parts(pool, threads=threads)) as parts:
            for lane, members in parts:
                kept.note(lane, members)
                progress(sweep.known)


@contextmanager
def _saying_what_is_kept(kept: Journal) -> Iterator[None]:
    """Say on stderr that a sweep which ends early can go on; nothing where nothing has been kept."""
    try:
        yield
    except BaseException:
        if kept.kept:
            message = _("{known} of {size} runs are in {file}: the same command goes on from there")
            warn(message.format(known=kept.kept, size=kept.sweep.size, file=kept.name))
        raise


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
    if options.plugin:
        raise CommandFailure(_("--plugin and --dask do not go together: the workers have no such optimizer"))
    from gdtui.cli.cluster import cluster  # late: most sweeps need none

    with cluster(options.dask) as workers:
        yield workers


def _points(options: argparse.Namespace, seed: int) -> Points:
    ranges = [read_range(text) for text in options.over]
    if options.random is not None and options.random > MOST:
        raise ParameterError("over", _("a sweep has at most 10**7 members"))
    return grid(ranges) if options.random is None else sample(ranges, options.random, seed)


def _targets(options: argparse.Namespace) -> dict[str, str]:
    """Return what is to be written, by the options' names."""
    return {name: vars(options)[name] for name in ("csv", "json", "svg") if vars(options)[name] is not None}


def _check_targets(options: argparse.Namespace) -> None:
    """Raise CommandFailure if two go to the same place, OSError if one cannot be written: not after hours of runs."""
    given = _targets(options)
    for (first, target), (second, other) in combinations(given.items(), 2):
        if target == other or ("-" not in (target, other) and os.path.realpath(target) == os.path.realpath(other)):
            message = _("--{first} and --{second} cannot both go to {target}")
            where = _("stdout") if target == "-" else target
            raise CommandFailure(message.format(first=first, second=second, target=where))
    for target in given.values():
        if target != "-":
            check_writable(target)


def _target(options: argparse.Namespace) -> str | None:
    """Return the file beside which results are kept until all are there; pipes and devices have no such place."""
    names = [name for name in _targets(options).values() if name != "-"]
    return next((name for name in names if os.path.isfile(name) or not os.path.exists(name)), None)


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
    columns = sweep.columns()
    theta = columns.pop("theta")
    names = [*columns, *(f"theta_{i}" for i in range(theta.shape[-1]))]
    cells = [map(int, column) if name in ("updates", SEED) else column.tolist() for name, column in columns.items()]
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
        kept = np.flatnonzero(np.isfinite(found.loss) & ~found.diverged)
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

    console = Console(stderr=True)
    # the ^C of an interrupt must find room in the line: in the next one it would keep the bar from being removed
    room = console.width - len(f" {size}/{size} -:--:-- ^C ")
    columns = (BarColumn(max(1, min(BAR, room))), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda known: bar.update(task, completed=known)
