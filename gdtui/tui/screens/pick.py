"""Pickers: type to narrow a list down, arrows and enter to choose."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from gdtui.errors import ExpressionError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.specs import DatasetSpec, ExpressionSpec, Specification, SurfaceSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers import REGISTRY
from gdtui.scenario.play.lesson import Lesson, read_lesson
from gdtui.simulation.experiment import Lane
from gdtui.text import _, free_name
from gdtui.tui.screens.dialog import Dialog
from gdtui.tui.widgets.words import Words, spell

T = TypeVar("T")


@dataclass(frozen=True)
class Choice(Generic[T]):
    """One line of a picker."""

    name: str
    about: str
    value: T
    kind: str = ""


class Picker(Dialog[T], Generic[T]):
    """A list that narrows down while one types; `hint` says what else may be typed."""

    CSS_PATH = "pick.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", _("cancel")),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("pageup", "move(-8)", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choice[T]], hint: str) -> None:
        super().__init__()
        self._title, self._choices, self._hint = title, list(choices), hint
        self._shown: list[Choice[T]] = list(choices)

    def compose(self) -> ComposeResult:
        """Lay out title, input, list, the full text about the highlighted line, and a line for faults."""
        with Vertical(id="dialog"):
            yield Words(self._title, id="title")
            yield Input(placeholder=self._hint, id="typed")
            yield OptionList(id="list")
            yield Words("", id="about")
            yield Words("", id="fault")

    def on_mount(self) -> None:
        """Show everything."""
        self._fill("")
        self.query_one(Input).focus()

    def _fill(self, typed: str) -> None:
        words = typed.casefold().split()
        found = [c for c in self._choices if all(w in f"{c.name} {c.about} {c.kind}".casefold() for w in words)]
        found.sort(key=lambda c: 0 if words and c.name.casefold().startswith(words[0]) else 1)
        self._shown = found
        listed = self.query_one(OptionList)
        listed.clear_options()
        width = max((len(c.name) for c in self._choices), default=0) + 2
        for choice in found:
            line = Content.assemble(
                (spell(self.app, choice.name.ljust(width)), "bold $primary"),
                (spell(self.app, choice.about), "$muted"),
            )
            listed.add_option(Option(line))
        if found:
            listed.highlighted = 0
        else:
            self.query_one("#about", Words).update("")

    def action_move(self, by: int) -> None:
        """Move the highlight."""
        listed = self.query_one(OptionList)
        if self._shown:
            now = listed.highlighted or 0
            listed.highlighted = max(0, min(len(self._shown) - 1, now + by))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self.is_asking and event.option_index < len(self._shown):
            self.query_one("#about", Words).update(self._shown[event.option_index].about)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if not self.is_asking:
            return
        self._fill(event.value)
        self.query_one("#fault", Words).update("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not self.is_asking:
            return
        made, fault = self.read(event.value)
        if made is not None:
            self.dismiss(made)
        elif self._shown:
            self.dismiss(self._shown[self.query_one(OptionList).highlighted or 0].value)
        else:
            self.query_one("#fault", Words).update(fault)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        if event.option_index < len(self._shown):
            self.dismiss(self._shown[event.option_index].value)

    def read(self, typed: str) -> tuple[T | None, str]:
        """Return the value of something typed that is not in the list, or what is wrong with it."""
        return None, _("nothing of that name")


class PickObjective(Picker[Specification]):
    """Choose a surface or a dataset, or type a formula."""

    def __init__(self) -> None:
        choices: list[Choice[Specification]] = [
            Choice(s.name, _(s.teaches), SurfaceSpec(s.name), _("surface")) for s in SURFACES.values()
        ]
        choices += [
            Choice(
                d.name,
                _("{title}. {teaches}").format(title=_(d.title), teaches=_(d.teaches)),
                DatasetSpec(d.name),
                _("dataset"),
            )
            for d in DATASETS.values()
        ]
        super().__init__(
            _("objective: a surface, a dataset, or your own formula"),
            choices,
            _("type to search, or a formula: x**2 + 10*y**2"),
        )

    def read(self, typed: str) -> tuple[Specification | None, str]:
        """Read a formula if nothing in the list matches."""
        if self._shown or not typed.strip():
            return None, ""
        spec = ExpressionSpec(typed)
        try:
            spec.build()
        except ExpressionError as error:
            return None, str(error)
        return spec, ""


class PickLane(Picker[Lane]):
    """Choose an optimizer in one of its dialects; the new lane gets a name that is not taken."""

    def __init__(self, taken: tuple[str, ...]) -> None:
        choices = []
        for optimizer in REGISTRY.values():
            for dialect in optimizer.dialects:
                rule = optimizer.rule(dialect)
                several = len(optimizer.dialects) > 1
                label = f"{optimizer.name} {dialect}" if several else optimizer.name
                base = optimizer.name if dialect == optimizer.dialects[0] else f"{optimizer.name}-{dialect}"
                lane = Lane(free_name(base, taken), optimizer.name, dialect if several else None)
                choices.append(Choice(label, rule.teaches, lane, rule.title))
        super().__init__(_("add a lane: optimizer and dialect"), choices, _("type to search"))


class PickLesson(Picker[Lesson]):
    """Choose a lesson that comes with gdtui, by title and summary."""

    def __init__(self) -> None:
        from gdtui.scenario.read.load import ScenarioError, load_scenario  # late: only the library reads scenarios
        from gdtui.scenario.read.selection import shipped

        choices = []
        for path in shipped():
            with suppress(ScenarioError, OSError):  # one faulty file does not close the library
                scenario = load_scenario(path)
                if scenario.acts:
                    about, tags = scenario.summary, " ".join(scenario.tags)
                    choices.append(Choice(scenario.title, about, read_lesson(scenario), tags))
        super().__init__(_("library: lessons"), choices, _("type to search in titles and summaries"))
