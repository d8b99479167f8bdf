"""The answer to a question of a lesson: a choice, a number, or a place that is pointed at on the bench behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from gdtui.errors import GdtuiError
from gdtui.plot.widths import wrapped
from gdtui.scenario.play.marking import LONGEST, Given, read_number, written
from gdtui.text import N_, _
from gdtui.tui.screens.dialog import Dialog
from gdtui.tui.widgets.words import Words, spell
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import Form

#: The widest dialog, and the cells beside a choice in it: borders, padding, number, scroll bar.
WIDEST, BESIDE = 88, 10
#: What may stand in a number; other keys do what they do on the bench.
SIGNS = frozenset("0123456789+-−.,/eE")


@dataclass(frozen=True)
class Reply:
    """What has been answered (None skips the question), and how finely it could be pointed at."""

    given: Given
    grain: tuple[float, ...] = ()


class Pointer(Protocol):
    """What is pointed with on the bench: by cells of the screen."""

    def move(self, right: int, down: int) -> None:
        """Move it by so many cells."""

    def put(self, place: Offset) -> None:
        """Put it at a cell of the screen, if an answer can be there."""

    def value(self) -> float | tuple[float, float]:
        """Return where it points."""

    def grain(self) -> tuple[float, ...]:
        """Return how much a cell is of each of its numbers."""

    def said(self) -> str:
        """Say where it points."""


class NumberInput(Input):
    """A line for a number; keys that are part of none are for the bench."""

    class Other(Message):
        """A key that is part of no number."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say whether it takes a key."""
        return (character is None or character in SIGNS) and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable and event.character not in SIGNS:
            event.stop()
            event.prevent_default()
            self.post_message(self.Other(event.key))


class Answer(Dialog[Reply]):
    """Asks for the answer at the lower edge: the pictures of the bench stay in sight, and keys that turn them work.

    Parameters
    ----------
    ask
        the question.
    look
        does what a key does on the bench if it only looks; returns whether it does.
    pointer
        for a place.
    words
        the question, where no caption shows it.
    seen
        the answer has been seen, so that this one is not scored.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("look first")),
        Binding("s", "skip", N_("skip"), priority=True),
        Binding("enter", "point", show=False),
        *(Binding(str(n), f"choose({n})", show=False) for n in range(1, 10)),
    ]

    def __init__(
        self,
        ask: Ask,
        look: Callable[[str], bool],
        pointer: Pointer | None = None,
        words: str = "",
        seen: bool = False,
    ) -> None:
        super().__init__()
        self._ask, self._look, self._pointer = ask, look, pointer
        self._words, self._seen = words, seen

    @property
    def _form(self) -> Form:
        """How it is answered: a place that cannot be pointed at by its number."""
        return "number" if self._ask.form == "place" and self._pointer is None else self._ask.form

    def compose(self) -> ComposeResult:
        """Lay out what is answered with, what is wrong, and the keys."""
        with Vertical(id="dialog"):
            if self._words:
                yield Words(self._words, id="question")
            if self._form == "choice":
                yield OptionList(*self._options(), id="choices")
            elif self._form == "number":
                yield NumberInput(placeholder=_("a number, such as 0.25, −3 or 1/3"), id="typed", max_length=LONGEST)
            else:
                yield Words(self._place(), id="place")
            yield Words("", id="fault")
            yield Words(self._keys(), id="keys")

    def _options(self) -> list[Option]:
        room = min(WIDEST, self.app.size.width) - BESIDE
        choices = (wrapped(spell(self.app, written(each)), room) for each in self._ask.choices or ())
        return [
            Option(Content.assemble((f"{number})  ", "bold"), "\n    ".join(lines)))
            for number, lines in enumerate(choices, start=1)
        ]

    def _keys(self) -> str:
        return {
            "choice": _("1 2 3 … or ↑ ↓ and enter answer · s skips · esc looks first"),
            "number": _("enter answers · s skips · esc looks first"),
        }.get(self._form, _("a click or ← → ↑ ↓ point, enter answers · s skips · esc looks first"))

    def _place(self) -> str:
        return "" if self._pointer is None else self._pointer.said()

    def on_mount(self) -> None:
        """Begin where the answer goes."""
        dialog = self.query_one("#dialog")
        dialog.border_title = spell(self.app, _("your answer"))
        dialog.border_subtitle = spell(self.app, _("you have seen the answer: not scored")) if self._seen else None
        for listed in self.query(OptionList):
            listed.highlighted = None  # enter takes nothing that has not been chosen
        for widget in self.query("OptionList, Input"):
            widget.focus()

    def on_key(self, event: events.Key) -> None:
        """Point with the arrows, and look with the keys of the bench."""
        arrows = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
        if self._pointer is not None and event.key in arrows:
            self._pointer.move(*arrows[event.key])
            self.query_one("#place", Words).update(self._place())
            event.stop()
        elif self._look(event.key):
            event.stop()

    @on(NumberInput.Other)
    def _other_key(self, event: NumberInput.Other) -> None:
        self._look(event.key)

    def clicked_beside(self, place: Offset) -> None:
        """Point at a place on the bench; a click elsewhere does nothing."""
        if self._pointer is not None:
            self._pointer.put(place)
            self.query_one("#place", Words).update(self._place())

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(event.option_index + 1)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            given = read_number(event.value)
        except GdtuiError as error:
            self.query_one("#fault", Words).update(str(error))
        else:
            self.dismiss(Reply(given))

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#fault", Words).update("")

    def action_choose(self, number: int) -> None:
        """Answer with a choice, counted from 1."""
        choices = self._ask.choices or ()
        if number <= len(choices):
            self.dismiss(Reply(choices[number - 1]))

    def action_point(self) -> None:
        """Answer with the place that is pointed at."""
        if self._pointer is not None:
            self.dismiss(Reply(self._pointer.value(), self._pointer.grain()))

    def action_skip(self) -> None:
        """Answer nothing, and see the answer."""
        self.dismiss(Reply(None))
