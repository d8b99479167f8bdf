"""A scenario file once it has been read: its experiment, and its script as a list of acts."""

from __future__ import annotations

from dataclasses import dataclass, field

from gdtui.objectives.objective import Objective
from gdtui.scenario.read.lesson_keys import Head
from gdtui.session.budget import Limits
from gdtui.simulation.experiment import Experiment
from gdtui.toml.source import Place
from gdtui.verbs import Verb


@dataclass(frozen=True)
class Act:
    """One line of a script: its place in the file, its text on one line, and the verb."""

    place: Place
    text: str
    verb: Verb


@dataclass(frozen=True, kw_only=True)
class Scenario(Head):
    """A scenario file without faults, with its objective as built when the file was checked.

    `coords` are the coordinates to record if the script names others than those recorded anyway; else None. `notes`
    name the keys that have no effect, each with its place.
    """

    experiment: Experiment
    limits: Limits = field(default_factory=Limits)
    acts: tuple[Act, ...] = ()
    coords: tuple[int, ...] | None = None
    objective: Objective | None = field(default=None, compare=False, repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)
