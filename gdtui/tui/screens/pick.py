"""A picker: type to narrow a list down, arrows and enter to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from gdtui.plot.widths import cell_width
from gdtui.text import N_, _
from gdtui.tui.screens.dialog import Dialog
from gdtui.tui.widgets.text_field import TextField
from gdtui.tui.widgets.words import Words, spell
from gdtui.view.panels.paper import pad

T = TypeVar("T")


@dataclass(frozen=True)
class Choice(Generic[T]):
    """One line of a picker: `kind` is found and not shown, `group` is the heading above, `mark` is before the name."""

    name: str
    about: str
    value: T
    kind: str = ""
    group: str = ""
    mark: str = ""


class Picker(Dialog[T], Generic[T]):
    """A list that narrows down while one types; `hint` says what else may be typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("cancel")),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("pageup", "move(-8)", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choice[T]], hint: str) -> None:
        super().__init__()
        self._title, self._choices, self._hint = title, list(choices), hint
        self._shown: list[Choice[T]] = list(choices)
        self._rows: list[Choice[T] | None] = []  # None: a heading

    def compose(self) -> ComposeResult:
        """Lay out title, input, list, the full text about the highlighted line, faults, and what the keys do."""
        with Vertical(id="dialog"):
            yield from self.head(self._title)
            yield TextField(placeholder=self._hint, id="typed")
            yield OptionList(id="list")
            yield Words("", id="about")
            yield Words("", id="fault")
            yield Words(self.keys(), id="keys")

    def on_mount(self) -> None:
        """Show everything."""
        self._fill("")
        self.query_one(Input).focus()

    @property
    def typed(self) -> str:
        """What is typed to search."""
        return self.query_one(Input).value

    def _fill(self, typed: str) -> None:
        words = typed.casefold().split()
        found = [c for c in self._choices if all(w in f"{c.name} {c.about} {c.kind}".casefold() for w in words)]
        found.sort(key=lambda c: 0 if words and not c.group and c.name.casefold().startswith(words[0]) else 1)
        self._shown, self._rows = found, []
        listed = self.query_one(OptionList)
        listed.clear_options()
        group = ""
        for choice in found:
            if choice.group != group:
                group = choice.group
                self._rows.append(None)
                listed.add_option(Option(Content.styled(spell(self.app, group), "bold"), disabled=True))
            self._rows.append(choice)
            listed.add_option(Option(self.line(choice)))
        if found and words:  # before that, enter has nothing to choose
            named = (choice for choice in found if all(word in choice.name.casefold() for word in words))
            self._highlight(next(named, found[0]))
        about, fault = ("", "") if found else self.explain(typed)
        self.query_one("#about", Words).update(about)
        self.query_one("#fault", Words).update(fault)

    def line(self, choice: Choice[T]) -> Content:
        """Return the line of a choice."""
        width = max(cell_width(c.name) for c in self._choices) + 2
        return Content.assemble(
            (spell(self.app, choice.mark), "$success"),
            (spell(self.app, pad(choice.name, width)), "bold $primary"),
            (spell(self.app, choice.about), "$muted"),
        )

    def _highlight(self, choice: Choice[T]) -> None:
        self.query_one(OptionList).highlighted = next(n for n, row in enumerate(self._rows) if row is choice)

    @property
    def highlighted(self) -> Choice[T] | None:
        """The choice that enter takes."""
        at = self.query_one(OptionList).highlighted
        return None if at is None or at >= len(self._rows) else self._rows[at]

    def action_move(self, by: int) -> None:
        """Move the highlight."""
        if self._shown:
            now = self.highlighted
            at = 0 if now is None else self._shown.index(now) + by
            self._highlight(self._shown[max(0, min(len(self._shown) - 1, at))])

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        if self.is_asking and (choice := self.highlighted) is not None:
            self.query_one("#about", Words).update(choice.about)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self.is_asking:
            self._fill(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not self.is_asking:
            return
        chosen = self.highlighted
        made = self.read(event.value) if not self._shown else None if chosen is None else chosen.value
        if made is not None:
            self.dismiss(made)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        chosen = self._rows[event.option_index] if event.option_index < len(self._rows) else None
        if chosen is not None:
            self.dismiss(chosen.value)

    def keys(self) -> str:
        """Say what the keys do."""
        return _("↑ ↓ choose · enter take · esc cancel")

    def read(self, typed: str) -> T | None:
        """Return the value of something typed that is not in the list, or None."""
        return None

    def explain(self, typed: str) -> tuple[str, str]:
        """Return what is known of something typed that is not in the list, and what is wrong with it."""
        return "", _("nothing here matches {typed!r}").format(typed=typed)
