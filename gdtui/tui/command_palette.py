"""The command palette of the bench: everything it can do, by the words of keys, menus, catalogues and lessons."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol, cast

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandInput, CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content

from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.specs import DatasetSpec, SurfaceSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers.language.symbols import MEANINGS, symbol
from gdtui.plot.ascii_text import spelled, writing
from gdtui.plot.widths import cell_width
from gdtui.scenario.read.heads import shipped_heads
from gdtui.session import ChangeObjective, Command
from gdtui.text import _
from gdtui.tui.key_names import first_keys, help_of, keys_of
from gdtui.tui.screens.lane_pickers import new_lanes
from gdtui.tui.screens.terminal_sized import TerminalSized
from gdtui.tui.theme_names import about as about_theme
from gdtui.tui.themes import THEMES, is_plain
from gdtui.tui.widgets.words import spell
from gdtui.verbs import Add, Show
from gdtui.view.charts import CHARTS
from gdtui.view.frame_state import FrameState
from gdtui.view.look import LookChange
from gdtui.view.panels.paper import clip

#: The widest line of the palette, the cells beside it, and the fewest in which more about an entry is worth saying.
MOST_CELLS, BESIDE, LEAST_ABOUT = 110, 6, 12


@dataclass(frozen=True)
class Entry:
    """One line of the palette: what it does, more about it, the key that does the same ("": none), and the act."""

    text: str
    about: str
    key: str
    act: Callable[[], object]


class HasCommands(Protocol):
    """The part of a screen that the palette needs."""

    BINDINGS: ClassVar[list[BindingType]]
    frame: FrameState | None

    async def run_action(self, action: str) -> bool: ...  # noqa: D102
    def say(self, text: str, *, good: bool = False) -> None: ...  # noqa: D102
    def show(self, *asked: LookChange) -> None: ...  # noqa: D102
    def act(self, *commands: Command) -> None: ...  # noqa: D102
    def add_lane(self, act: Add) -> None: ...  # noqa: D102
    def action_edit(self, first: str) -> None: ...  # noqa: D102
    def open_file(self, path: Path) -> None: ...  # noqa: D102
    def menu_entries(self, frame: FrameState) -> Iterator[tuple[str, str, str, str]]: ...  # noqa: D102


class Palette(TerminalSized, CommandPalette):
    """The command palette, a line an entry. It closes once however fast one types."""

    DEFAULT_CSS = """
    Palette > Vertical { max-width: 110; }
    Palette CommandList { text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1; }
    Palette CommandList > .option-list--option { text-style: none; }
    Palette SearchIcon { color: $accent; }
    """

    def on_mount(self) -> None:
        """Put a sign that every terminal has before the words that are searched for."""
        self.query_one(SearchIcon).icon = ">"
        self.query_one(CommandInput).placeholder = spell(self.app, _("a few letters of what you want …"))

    def _action_command_list(self, action: str) -> None:
        """Move by pages only in a list that is laid out: Textual looks for its lines, and there are none before."""
        if not action.startswith("page_") or self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the first time; later calls change nothing."""
        if self.app.screen is self:
            return super().dismiss(result)
        closed: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
        return closed


class BenchCommands(Provider):
    """Offers everything that the bench can do."""

    def entries(self) -> Iterator[Entry]:
        """Yield everything that the bench can do at present."""
        bench = cast("HasCommands", self.screen)
        keys: dict[str, str] = {}
        names = first_keys(self.screen)
        for binding in bench.BINDINGS:
            if isinstance(binding, Binding):
                keys[binding.action] = " ".join(keys_of(binding, self.app))
                label, what = binding.description, help_of(binding, names)
                labelled = binding.tooltip not in ("", label)
                name = _("{label}: {what}").format(label=_(label), what=what) if labelled else what
                yield Entry(name, "", keys[binding.action], partial(bench.run_action, binding.action))
        if bench.frame is not None:
            yield from self._of_lane(bench, bench.frame, keys)
        for chart in CHARTS.values():
            name, key = _("chart: {title}").format(title=_(chart.title)), keys.get("turn('chart', 1)", "")
            yield Entry(name, _(chart.about), key, partial(bench.show, Show(show=chart.name).changed))
        for theme in THEMES:
            name = _("theme: {name}").format(name=theme)
            yield Entry(name, about_theme(theme), "", partial(setattr, self.app, "theme", theme))
        offered: list[tuple[SurfaceSpec | DatasetSpec, str]] = [
            *((SurfaceSpec(s.name), " · ".join((_(s.title), _(s.teaches)))) for s in SURFACES.values()),
            *((DatasetSpec(d.name), " · ".join((_(d.title), _(d.teaches)))) for d in DATASETS.values()),
        ]
        for spec, teaches in offered:
            name, change = _("objective: {name}").format(name=spec.name), ChangeObjective(spec)
            yield Entry(name, teaches, keys.get("objective", ""), partial(bench.act, change))
        data = partial(bench.run_action, "objective(True)")
        yield Entry(
            _("objective: a CSV file …"), _("your own data, in a tree of files"), keys.get("objective", ""), data
        )
        yield Entry(_("picture: this screen as an SVG file"), "", "", partial(self._save_picture, bench))
        for lesson in shipped_heads().values():
            name, key = _("lesson: {title}").format(title=lesson.title), keys.get("library", "")
            yield Entry(name, lesson.path.name, key, partial(bench.open_file, lesson.path))

    def _save_picture(self, bench: HasCommands) -> None:
        """Save the screen as an SVG file in the working directory, and say where."""
        try:
            bench.say(_("saved: {path}").format(path=self.app.save_screenshot(path=os.curdir)), good=True)
        except OSError as error:
            bench.say(error.strerror or str(error))

    def _of_lane(self, bench: HasCommands, frame: FrameState, keys: Mapping[str, str]) -> Iterator[Entry]:
        """Yield the entries of the menus, the settings of the selected lane, and every optimizer."""
        for which, key, words, about in bench.menu_entries(frame):
            name = _("lane: {entry}") if which == "lane" else _("time: {entry}")
            act = partial(bench.run_action, f"change('{which}', '{key}')")
            yield Entry(name.format(entry=words), about, keys.get(f"menu('{which}')", ""), act)
        for key, value in frame.lane.settings.items():
            sign = symbol(key)
            name = _("setting: {key} {symbol}").format(key=key, symbol="" if sign == key else sign).rstrip()
            meaning = MEANINGS.get(key, key)
            about = _("{value:g} · {meaning}").format(value=value, meaning=_(meaning))
            yield Entry(name, about, keys.get("edit", ""), partial(bench.action_edit, key))
        for choice in new_lanes([lane.name for lane in frame.snapshot.lanes]):
            name, about = _("add: {name}").format(name=choice.name), f"{choice.kind} · {choice.about}"
            yield Entry(name, about, keys.get("add", ""), partial(bench.add_lane, choice.value))

    def _line(self, entry: Entry, letters: Collection[int] = ()) -> Content:
        """Return an entry as one line: what it does, more about it as far as there is room, and its key at the end.

        The letters that match are those at these places of its text.
        """
        with writing(plain=is_plain(self.app)):
            room = min(self.app.size.width, MOST_CELLS) - BESIDE
            key = spelled(entry.key)
            left = room - (cell_width(key) + 2 if key else 0)
            text = clip(entry.text, left)
            free = left - cell_width(text) - 2
            about = clip(entry.about, free) if free >= LEAST_ABOUT else ""
        shown = Content(text)
        for place in letters:
            if place < len(text):
                shown = shown.stylize("bold underline", place, place + 1)
        gap = " " * (room - cell_width(text) - 2 - cell_width(about) - cell_width(key))
        return Content.assemble(shown, "  ", (about, "$muted"), gap, (key, "bold $accent"))

    async def discover(self) -> Hits:
        """Offer everything before a letter is typed."""
        for entry in self.entries():
            yield DiscoveryHit(self._line(entry), entry.act, entry.text)

    async def search(self, query: str) -> Hits:
        """Offer what matches; what has the very letters comes first, what speaks of them last."""
        matcher, wanted = self.matcher(query), query.casefold()
        for entry in self.entries():
            text = spell(self.app, entry.text)
            score, letters = matcher.fuzzy_search.match(query, text)
            at = text.casefold().find(wanted)
            if at >= 0:
                score, letters = score + 1, range(at, at + len(wanted))
            if score > 0 or wanted in entry.about.casefold():
                yield Hit(score, self._line(entry, letters), entry.act, text)
