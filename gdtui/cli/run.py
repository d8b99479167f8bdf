"""`gdtui run`: an experiment without its script, headless; the trace as CSV or JSON."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace

from gdtui import __version__
from gdtui.cli.destination import output
from gdtui.cli.exits import LIMIT, PASSED, CommandFailure, refuse, warn
from gdtui.cli.experiments import from_options, override, refuse_with_file
from gdtui.errors import LimitError, ParameterError
from gdtui.scenario.play.trace_io import Write, csv_rows, fresh_rows, header, json_rows, lanes_table, trace_rows
from gdtui.session import Session
from gdtui.session.budget import Budget, Limits
from gdtui.simulation.experiment import Experiment
from gdtui.text import _
from gdtui.verbs import Step

#: Updates at once where no row is written.
UNSEEN = 1_000_000


def command(options: argparse.Namespace) -> int:
    """Run the experiment; return the exit code."""
    if options.csv == "-" and options.json == "-":
        raise CommandFailure(_("--csv - and --json - cannot both go to stdout"))
    if options.csv is None and options.json is None:
        refuse(options, ["every", "coords"], _("{} goes with --csv or --json"))
    elif options.csv is not None and options.csv == options.json:
        raise CommandFailure(_("--csv and --json would both write {}").format(options.csv))
    experiment, limits, title = experiment_of(options)
    session = Session(experiment, _coords(options.coords, experiment))
    updates = options.updates or experiment.updates
    return _write(session, updates, limits, options, title)


def experiment_of(options: argparse.Namespace) -> tuple[Experiment, Limits, str]:
    """Return the experiment of a file or of options, changed by `--set`; its limits and title."""
    _refuse_twice(options.settings)
    limits, experiment, title = Limits(), None, ""
    if options.file is None:
        experiment = from_options(options)
    else:
        refuse_with_file(options)
        from gdtui.cli.scenarios import read  # late: an experiment without a file needs no reader

        scenario = read(options.file)
        for note in scenario.notes:
            print(note, file=sys.stderr)
        limits, experiment, title = scenario.limits, scenario.experiment, scenario.title
    if options.seed is not None:
        experiment = _seeded(experiment, options.seed)
    # a dialect before the settings that depend on it
    for text in sorted(options.settings, key=lambda text: not text.partition("=")[0].strip().endswith(".dialect")):
        experiment = override(experiment, text)
    return experiment, limits, title


def _refuse_twice(settings: list[str]) -> None:
    """Raise CommandFailure for a setting that is given two values."""
    names = [text.partition("=")[0].strip() for text in settings]
    for name in names:
        if names.count(name) > 1:
            raise CommandFailure(_("--set {} is given twice").format(name))


def _seeded(experiment: Experiment, seed: int) -> Experiment:
    try:
        return replace(experiment, seed=seed)
    except ParameterError as error:
        raise CommandFailure(f"--seed: {error}") from None


def _coords(text: str | None, experiment: Experiment) -> tuple[int, ...] | None:
    if text is None:
        return None
    dimension = experiment.objective.build(experiment.seed).dimension
    if text == "all":
        return tuple(range(dimension))
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 10 and int(part) < dimension for part in parts):
        last = dimension - 1
        raise CommandFailure(_('--coords takes "all", or numbers from 0 to {}, not {!r}').format(last, text))
    return tuple(sorted({int(part) for part in parts}))


def _write(session: Session, updates: int, limits: Limits, options: argparse.Namespace, title: str) -> int:
    names = header(session.snapshot().lanes[0].trace.layout.coords)
    kept = (options.every or 1) if options.csv is not None or options.json is not None else 0
    session.simulation.record_every(kept, updates)
    bounded = _Bounded(session, limits)
    with ExitStack() as stack:
        writers: list[Write] = []
        if options.csv is not None:
            writers.append(csv_rows(stack.enter_context(output(options.csv)), names))
        if options.json is not None:
            file = stack.enter_context(output(options.json))
            writers.append(stack.enter_context(json_rows(file, names, about(session, title))))
        if writers:
            for cells in trace_rows(session, updates, options.every or 1, bounded.advance):
                for write in writers:
                    write(cells)
        else:
            for _chunk in fresh_rows(session, updates, bounded.advance, UNSEEN):
                pass
    last = session.snapshot()
    if not writers:
        print("\n".join(lanes_table(last)))
    for lane in last.lanes:
        if lane.fault:
            warn(f"{lane.name}: {lane.fault}")
    if bounded.message:
        raise CommandFailure(bounded.message, LIMIT)
    return PASSED


class _Bounded:
    """Makes updates within limits; `message` says which one was reached."""

    def __init__(self, session: Session, limits: Limits) -> None:
        self.session, self.limits = session, limits
        self.budget = Budget(limits)
        self.message = ""

    def advance(self, n: int) -> bool:
        """Make n updates; False: a limit has stopped them."""
        most = self.limits.updates
        left = n if most is None else min(n, most - self.budget.updates)
        if left > 0:
            self.session.apply(Step(left), self.budget.expired)
        try:
            self.budget.take(n)
        except LimitError as error:
            self.message = str(error)
        return not self.message


def about(session: Session, title: str) -> dict[str, object]:
    """Return the description of the run, the head of the JSON trace."""
    experiment = session.snapshot().experiment
    objective = {"kind": experiment.objective.kind, **experiment.objective.given()}
    lanes = [
        {
            "name": lane.name, "optimizer": lane.optimizer, "dialect": lane.dialect_name or None,
            "settings": lane.values(), "options": dict(lane.options), "sampling": str(lane.sampling),
            "schedule": {"kind": lane.schedule.kind, **lane.schedule.settings},
        }
        for lane in experiment.lanes
    ]  # fmt: skip
    return {
        "format": 1, "gdtui": __version__, "title": title, "seed": experiment.seed, "objective": objective,
        "lanes": lanes,
    }  # fmt: skip
