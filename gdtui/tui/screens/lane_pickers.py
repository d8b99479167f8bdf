"""Pickers of what is chosen for a lane: its optimizer, its form, its sampling, its schedule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType

from gdtui.errors import GdtuiError
from gdtui.objectives.objective import Objective
from gdtui.optimizers import REGISTRY, find
from gdtui.simulation.experiment import Lane, free_lane_name
from gdtui.simulation.sampling import SHUFFLES
from gdtui.simulation.schedules import KINDS
from gdtui.text import N_, _
from gdtui.tui.screens.pick import Choice, Picker
from gdtui.tui.screens.typed_lane import (
    fitting,
    in_form,
    sampling_typed,
    schedule_typed,
    with_sampling,
    with_schedule,
)
from gdtui.tui.widgets.words import Words
from gdtui.verbs import Add

#: What follows the word "batch" in the list of samplings.
BATCHES = ("1", "10", "20", "50", "100")


def new_lanes(lanes: Collection[str]) -> Iterator[Choice[Add]]:
    """Yield every optimizer in each of its dialects as a lane beside those with the names `lanes`."""
    for optimizer in REGISTRY.values():
        for dialect in optimizer.dialects:
            rule = optimizer.rule(dialect)
            several = len(optimizer.dialects) > 1
            label = f"{optimizer.name} {dialect}" if several else optimizer.name
            base = optimizer.name if dialect == optimizer.dialects[0] else f"{optimizer.name}-{dialect}"
            lane = Lane(free_lane_name(base, lanes), optimizer.name, dialect if several else None)
            yield Choice(label, _(rule.teaches), Add(lane), _(rule.title))


class PickLane(Picker[Add]):
    """Choose an optimizer in one of its dialects, and where its lane begins.

    Parameters
    ----------
    lanes
        names of the present lanes.
    position
        the update where they are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "place", N_("where it begins"), show=False)]

    def __init__(self, lanes: tuple[str, ...], position: int, title: str = "") -> None:
        self._places = [(_("at update 0"), "", 0)]
        if position:
            self._places.append((_("at update {update}, with the others").format(update=position), "", position))
            self._places += [(_("at update 0, where {lane} is now").format(lane=lane), lane, 0) for lane in lanes]
        title = title or _("add a lane: optimizer and dialect")
        super().__init__(title, list(new_lanes(lanes)), _("type to search"))

    def keys(self) -> str:
        """Say where the lane begins, and what the keys do."""
        usual = super().keys()
        if len(self._places) == 1:
            return usual
        return _("tab: it begins {place} · {keys}").format(place=self._places[0][0], keys=usual)

    def action_place(self) -> None:
        """Turn to the next place where the lane can begin."""
        self._places.append(self._places.pop(0))
        self.query_one("#keys", Words).update(self.keys())

    def dismiss(self, result: Add | None = None) -> AwaitComplete:
        """Answer with the lane, at the chosen place."""
        _words, lane, update = self._places[0]
        return super().dismiss(result and replace(result, from_=lane, at=update))


class PickForm(Picker[Lane]):
    """Choose the dialect and the options of a lane's optimizer."""

    def __init__(self, lane: Lane) -> None:
        found = find(lane.optimizer)
        choices = []
        for rule in found.rules:
            for dialect in rule.dialects:
                chosen = (key if on else _("without {option}").format(option=key) for key, on in rule.options.items())
                form = in_form(lane, dialect, dict(rule.options))
                here = _("as it is now") if dialect == lane.arithmetic and rule is lane.rule else _(rule.teaches)
                choices.append(Choice(" · ".join([dialect, *chosen]), here, form))
        super().__init__(_("{lane}: dialect and form").format(lane=lane.name), choices, _("type to search"))


class PickOrType(Picker[Lane]):
    """Choose one of the choices, or type another that `read` takes."""

    def __init__(
        self, title: str, choices: Sequence[Choice[Lane]], hint: str, read: Callable[[str], Lane], objective: Objective
    ) -> None:
        super().__init__(title, choices, hint)
        self._read, self._objective = read, objective

    def read(self, typed: str) -> Lane | None:
        """Return the lane of something typed, if it is free of faults."""
        return None if self.explain(typed)[1] else self._read(typed)

    def explain(self, typed: str) -> tuple[str, str]:
        """Return what is wrong with something typed, or that it can be taken."""
        try:
            fitting(self._read(typed), self._objective)
        except GdtuiError as error:
            return "", str(error)
        return _("enter takes it"), ""


def pick_sampling(lane: Lane, objective: Objective) -> PickOrType:
    """Return a picker of samplings."""
    rows = len(objective.train)
    sizes = [size for size in BATCHES if int(size) < rows] if rows else BATCHES[1:]
    listed = ["full", *sizes, *(f"20 {way}" for way in SHUFFLES[1:] if rows)]

    def about(text: str) -> str:
        sampling = with_sampling(lane, text).sampling
        if sampling == lane.sampling:
            return _("as it is now")
        if not rows:
            message = _("an update averages {count} evaluations: the noise is 1/√{count} of what it was")
            return message.format(count=sampling.size(rows))
        updates = sampling.updates_per_epoch(rows)
        return _("an epoch is {updates} updates").format(updates=updates) if updates > 1 else _("an epoch is an update")

    choices = [Choice(text, about(text), with_sampling(lane, text)) for text in listed]
    hint = _("type to search, or a batch size: {present}").format(present=sampling_typed(lane.sampling))
    title = _("{lane}: how the rows of an update are drawn").format(lane=lane.name)
    return PickOrType(title, choices, hint, lambda text: with_sampling(lane, text), objective)


def pick_schedule(lane: Lane, objective: Objective, updates: int) -> PickOrType:
    """Return a picker of schedules; those that need a number of updates get that of the experiment."""
    needed = {
        "updates": updates, "warmup": max(1, updates // 10), "period": max(1, updates // 4),
        "every": max(1, updates // 3), "decay": 0.01, "factor": 0.99,
    }  # fmt: skip
    choices = []
    for name, kind in KINDS.items():
        words = (f"{key}={needed[key]}" for key, default in kind.defaults.items() if default is None)
        text = " ".join([name, *words])
        choices.append(Choice(text, _(kind.title), with_schedule(lane, text)))
    hint = _("type to search, or as it is now: {present}").format(present=schedule_typed(lane.schedule))
    title = _("{lane}: how its learning rate changes").format(lane=lane.name)
    return PickOrType(title, choices, hint, lambda text: with_schedule(lane, text), objective)
