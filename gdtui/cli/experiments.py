"""From options to an experiment, for the commands that take one without a file."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from gdtui.cli.command_options import DATA_KEYS
from gdtui.cli.exits import CommandFailure, is_given, refuse
from gdtui.cli.parsers import names_table
from gdtui.errors import ExpressionError, ObjectiveError, ParameterError, SamplingError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import CsvSpec, DatasetSpec, ExpressionSpec, Specification, SurfaceSpec
from gdtui.optimizers import COMMON, find
from gdtui.simulation.defaults import DEFAULT_LANES
from gdtui.simulation.experiment import Experiment, Lane, free_lane_name
from gdtui.simulation.sampling import read_sampling
from gdtui.simulation.suitability import idle
from gdtui.text import _, did_you_mean

#: The option that sets the part of an experiment at fault.
_OPTION_OF = {"optimizer": "--optimizer", "dialect": "--optimizer", "seed": "--seed", "lr": "--lr"}


def from_options(options: argparse.Namespace) -> Experiment:
    """Return the experiment that the options describe; CommandFailure if they do not describe one."""
    try:
        spec = _objective(options)
        lanes = _lanes(options)
        objective = spec.build()
        for lane in lanes:
            check_effect("--sampling", "sampling", lane, objective)
        seed = 0 if options.seed is None else options.seed
        return Experiment(spec, lanes, seed=seed)
    except ExpressionError as error:
        raise CommandFailure(f"--expression: {error}\n{error.pointer()}") from None
    except ObjectiveError as error:
        if error.key == "csv":  # the message begins with the place in the file
            raise CommandFailure(str(error)) from None
        known = {"name": "--surface" if options.dataset is None else "--dataset", "formula": "--expression"}
        raise CommandFailure(f"{known.get(error.key, f'--{error.key}')}: {error}") from None
    except ParameterError as error:
        option = _OPTION_OF.get(error.key)
        raise CommandFailure(f"{option}: {error}" if option else str(error)) from None


def refuse_with_file(options: argparse.Namespace) -> None:
    """Raise CommandFailure for options that describe an experiment, where a file does so already."""
    for name in ("surface", "expression", "dataset", "optimizer", "lr", "start", "sampling", *DATA_KEYS):
        if not is_given(options, name):
            continue
        if name in ("lr", "sampling") and hasattr(options, "settings"):
            message = _("--{} and a scenario file do not go together; use --set LANE.KEY=VALUE")
        else:
            message = _("--{} and a scenario file do not go together")
        raise CommandFailure(message.format(name))


def _objective(options: argparse.Namespace) -> Specification:
    start = numbers("--start", options.start)
    if options.dataset is not None:
        return _dataset(options, start)
    refuse(options, DATA_KEYS, _("{} goes with --dataset or a CSV file"))
    if options.expression is not None:
        return ExpressionSpec(options.expression, start=start)
    return SurfaceSpec(options.surface or "rosenbrock", start)


def _dataset(options: argparse.Namespace, start: tuple[float, ...]) -> Specification:
    name = options.dataset
    given = {key: getattr(options, key) for key in DATA_KEYS if is_given(options, key)}
    if name in DATASETS or not (names_table(name) or os.path.lexists(name)):
        refuse(options, ["target"], _("{} goes with a CSV file: a built-in dataset has its own"))
        return DatasetSpec(name, start=start, **given)
    os.stat(name)  # a file that is not there is an input error, not a wrong option
    given["target"] = tuple(options.target)
    return CsvSpec(name, start=start, **given)


def numbers(option: str, text: str | None) -> tuple[float, ...]:
    """Read numbers separated by commas; CommandFailure for parts that are no finite numbers."""
    if text is None:
        return ()
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        message = _("{}: numbers with commas between them are wanted, not {!r}").format(option, text)
        raise CommandFailure(message) from None
    if not all(abs(value) < float("inf") for value in values):
        raise CommandFailure(_("{}: numbers must be finite, not {!r}").format(option, text))
    return values


def _lanes(options: argparse.Namespace) -> tuple[Lane, ...]:
    asked = options.optimizer or [name for name, _rate in DEFAULT_LANES]
    rates = {} if options.optimizer or options.surface or options.expression or options.dataset else dict(DEFAULT_LANES)
    try:
        sampling = read_sampling(options.sampling)
    except SamplingError as error:
        raise CommandFailure(f"--sampling: {error}") from None
    lanes: list[Lane] = []
    for text, given in zip(asked, _rates(options.lr, len(asked)), strict=True):
        name, _colon, dialect = text.partition(":")
        rate = rates.get(name) if given is None else given
        settings = {} if rate is None else {"lr": rate}
        lane = Lane("lane", name, dialect or None, sampling=sampling)
        _rule = lane.rule  # is there such an optimizer, such a dialect?
        free = free_lane_name(text.replace(":", "-"), [lane.name for lane in lanes])
        lanes.append(replace(lane, name=free, settings=settings))
    return tuple(lanes)


def _rates(given: list[float] | None, lanes: int) -> list[float | None]:
    """Return the rate that is asked for each lane; None: none is."""
    if not given:
        return [None] * lanes
    if len(given) not in (1, lanes):
        message = _("--lr is given {count} times: give it once for all lanes, or once for each of the {lanes} lanes")
        raise CommandFailure(message.format(count=len(given), lanes=lanes))
    return [*given] if len(given) == lanes else [given[0]] * lanes


def override(experiment: Experiment, text: str) -> Experiment:
    """Return the experiment changed by one ``LANE.KEY=VALUE``; CommandFailure if it has no such lane, key or value."""
    name, sign, value = text.partition("=")
    lane_name, dot, key = name.strip().partition(".")
    if not (sign and dot):
        raise CommandFailure(_("--set takes LANE.KEY=VALUE, not {!r}").format(text))
    lane = next((lane for lane in experiment.lanes if lane.name == lane_name), None)
    if lane is None:
        names = [lane.name for lane in experiment.lanes]
        hint = did_you_mean(lane_name, names, _(" (there are: {})").format(", ".join(names)))
        raise CommandFailure(_("--set {}: there is no lane {!r}").format(text, lane_name) + hint)
    try:
        changed = _changed(lane, key, value.strip())
        _rule = changed.rule
    except ParameterError as error:
        known = settable(lane)
        hint = "" if error.hint or error.key != key or key in known else did_you_mean(key, known)
        raise CommandFailure(f"--set {text}: {error}{hint}") from None
    except SamplingError as error:
        raise CommandFailure(f"--set {text}: {error}") from None
    if key in ("sampling", "accumulate"):
        check_effect(f"--set {text}", key, changed, experiment.objective.build(experiment.seed))
    lanes = tuple(changed if other is lane else other for other in experiment.lanes)
    return replace(experiment, lanes=lanes)


def check_effect(option: str, key: str, lane: Lane, objective: Objective) -> None:
    """Raise CommandFailure for a setting that changes nothing, as batches of an objective without rows or noise."""
    if wrong := idle(lane.sampling, lane.settings, objective).get(key):
        raise CommandFailure(f"{option}: {wrong}")


def settable(lane: Lane) -> list[str]:
    """Return every key that `--set` takes for a lane, also those of other forms of its optimizer."""
    forms = find(lane.optimizer).options(lane.dialect)
    return [*lane.rule.settings, *forms, "dialect", "sampling", "start"]


def _changed(lane: Lane, key: str, value: str) -> Lane:
    if key == "dialect":
        return replace(lane, dialect=value)
    if key == "sampling":
        return replace(lane, sampling=read_sampling(value))
    if key == "start":
        return replace(lane, start=numbers("--set", value))
    if value in ("true", "false") and key not in (*lane.rule.defaults, *COMMON):
        return replace(lane, options={**lane.options, key: value == "true"})
    if find(lane.optimizer).is_choice(key, lane.dialect):
        raise ParameterError(key, _("{key} is true or false, not {value!r}").format(key=key, value=value))
    try:
        number = float(value)
    except ValueError:
        lane.check(key, lane.values().get(key, 0.0))  # is there such a key at all?
        raise ParameterError(key, _("{!r} is not a number").format(value)) from None
    return replace(lane, settings={**lane.settings, key: number})
