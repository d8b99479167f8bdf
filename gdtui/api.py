"""The public Python interface: build in code what a scenario builds in TOML, and get the trace as arrays.

>>> from gdtui import Experiment, Lane, simulate
>>> trace = simulate(Experiment(lanes=(Lane("adam", "adam", settings={"lr": 0.05}),)), 100)
>>> trace["adam"]["theta"].shape
(101, 2)

Many runs at once, each with its own settings, start or seed:

>>> from gdtui import sweep
>>> table = sweep(Experiment(lanes=(Lane("adam", "adam"),)), {"lr": "1e-3:1:4:log"}, 100)
>>> float(table["lr"][table["loss"].argmin()])
0.1

A scenario's script, with its expectations, as `gdtui replay` goes through it:

>>> from gdtui import replay
>>> report = replay("adam-first-step")
>>> report.passed
True
>>> float(report.final.lane("adam").scalar("step_norm"))  # doctest: +ELLIPSIS
0.1414...
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, nullcontext

import numpy as np

from gdtui.columns import RECORDED
from gdtui.errors import ParameterError
from gdtui.kernel import Array
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.play.outcome import Report
from gdtui.scenario.play.player import verify
from gdtui.scenario.play.trace_io import fresh_rows
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import Session
from gdtui.simulation import experiment as plain
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.combinations import Sweep, Table, grid, sample
from gdtui.simulation.fields.ranges import MOST, Range, read_range
from gdtui.simulation.suitability import idle
from gdtui.text import _

__all__ = [
    "Experiment",
    "Lane",
    "LaneTrace",
    "ObjectiveSpec",
    "Report",
    "Table",
    "Trace",
    "replay",
    "simulate",
    "sweep",
]

#: The trace of one lane: scalars by name (shape [n]), vectors by name (shape [n, coordinates]).
LaneTrace = dict[str, Array]
#: The traces of all lanes, by the lanes' names.
Trace = dict[str, LaneTrace]


class Experiment(plain.Experiment):
    """An objective, the lanes on it, and the seed of all randomness; see `simulate`."""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Experiment:
        """Return the experiment of a scenario file, without its script.

        Raises
        ------
        ScenarioError
            the file cannot be used; holds every fault found.
        OSError
            it does not exist or cannot be read.
        """
        read = load_scenario(path).experiment
        return cls(read.objective, read.lanes, read.seed, read.updates, read.x_axis, read.title)


def simulate(
    experiment: plain.Experiment, updates: int | None = None, *, coords: tuple[int, ...] | None = None
) -> Trace:
    """Run an experiment and return its trace.

    Parameters
    ----------
    updates
        the number of updates on every lane, by default the experiment's.
    coords
        the coordinates to keep, by default the first 16.

    Returns
    -------
    Trace
        For every lane a dict of float64 arrays, with a row for the start and for each update made (fewer if the lane
        diverged): ``update lr loss batch_loss val_loss grad_norm step_norm`` with shape [n]; ``theta grad
        effective_lr``, the state by its symbols, ``velocity`` and ``accumulator`` if the optimizer has them, and every
        intermediate of the rule, with shape [n, coordinates]. Missing numbers are nan, such as the gradient at
        update 0. Memory: all rows are kept.

    Raises
    ------
    ObjectiveError, ParameterError
        the experiment cannot be run.

    Warns
    -----
    UserWarning
        a lane's sampling or accumulation has no effect on the objective.
    """
    session = Session(experiment, coords)
    for spec in experiment.lanes:
        for key, reason in idle(spec.sampling, spec.settings, session.simulation.objective).items():
            message = _("{lane}: {key} has no effect: {reason}").format(lane=spec.name, key=key, reason=reason)
            warnings.warn(message, UserWarning, stacklevel=2)
    count = experiment.updates if updates is None else updates
    if count < 0:
        raise ValueError(_("updates must be at least 0, not {}").format(count))
    chunks: dict[str, list[Array]] = {lane.name: [] for lane in experiment.lanes}
    for fresh in fresh_rows(session, count):
        for lane, rows in fresh:
            chunks[lane.name].append(rows.copy())
    trace: Trace = {}
    for lane in session.snapshot().lanes:
        rows, layout = np.concatenate(chunks[lane.name]), lane.trace.layout
        vectors = {name: rows[:, layout.block(name)] for name in layout.blocks}
        trace[lane.name] = {**{name: rows[:, i] for i, name in enumerate(RECORDED)}, **vectors}
    return trace


#: Workers that an executor is taken to have: how many it has is not known.
WORKERS = 32


def sweep(
    experiment: plain.Experiment, over: Mapping[str, Sequence[float] | str], updates: int | None = None, *,
    draw: int | None = None, executor: Executor | None = None,
) -> Table:  # fmt: skip
    """Run every lane over many settings, starts or seeds, and return what came of each run.

    Parameters
    ----------
    over
        values by key: a setting of every lane, the name of a parameter (where it starts), or "seed". The values are
        numbers, or a text such as "1e-4:1:20:log", as `gdtui sweep` takes it. All combinations are run.
    updates
        of each run, by default the experiment's.
    draw
        so many combinations at random, a function of the experiment's seed, in place of all.
    executor
        where the runs are made: any executor of concurrent.futures; by default threads, one a core.

    Returns
    -------
    Table
        Columns by name, a row a run: "lane", each key, "updates" made, "status" and "loss" with shape [n], "theta" with
        shape [n, d]. Each run is that of `simulate` to the last bit.

    Raises
    ------
    ObjectiveError, ParameterError
        a lane does not take a key or a value, or the experiment cannot be run.
    """
    ranges = [_range(key, values) for key, values in over.items()]
    if draw is not None and not 1 <= draw <= MOST:
        raise ParameterError("draw", _("a sweep has 1 to 10**7 members, not {}").format(draw))
    if updates is not None and updates < 1:
        raise ParameterError("updates", _("updates must be at least 1, not {}").format(updates))
    points = grid(ranges) if draw is None else sample(ranges, draw, experiment.seed)
    made = Sweep.of(experiment, points, updates or 0)
    threads = (os.cpu_count() or 1) if executor is None else WORKERS
    with (
        ThreadPoolExecutor(threads) if executor is None else nullcontext(executor) as pool,
        closing(made.parts(pool, threads=threads)) as parts,  # whatever ends this early halts what is under way
    ):
        for _part in parts:
            pass
    return made.columns()


def _range(key: str, values: Sequence[float] | str) -> Range:
    if isinstance(values, str):
        return read_range(f"{key}={values}")
    given = tuple(map(float, values))
    if not given:
        raise ParameterError(key, _("{key}: there are no values").format(key=key))
    return Range(key, given)


def replay(scenario: str | os.PathLike[str] | Scenario) -> Report:
    """Go through a scenario's script and return the outcome of every act, as `gdtui replay` does.

    Parameters
    ----------
    scenario
        a file, the name of a scenario that comes with gdtui, or one that was read with `load_scenario`.

    Returns
    -------
    Report
        ``passed``; ``failures`` with the line of the file and the actual value; ``final``, the lanes after the script,
        each with its trace; ``golden``, the result of comparing with the golden trace beside the file, if there is one.

    Raises
    ------
    ScenarioError
        the file cannot be used; holds every fault found.
    OSError
        it does not exist or cannot be read.
    """
    read = scenario if isinstance(scenario, Scenario) else load_scenario(find(os.fspath(scenario)))
    return verify(read)
