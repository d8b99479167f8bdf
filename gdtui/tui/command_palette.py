"""The command palette of the bench: everything it can do, by the words of keys, menus, catalogues and lessons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol, cast

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.specs import DatasetSpec, SurfaceSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers.language.symbols import MEANINGS, symbol
from gdtui.scenario.read.selection import lesson_titles
from gdtui.session import ChangeObjective, Command
from gdtui.text import _
from gdtui.tui.screens.key_list import keys_of
from gdtui.tui.screens.pick import new_lanes
from gdtui.tui.themes import THEMES
from gdtui.tui.widgets.words import spell
from gdtui.verbs import Add, Show
from gdtui.view.charts import CHARTS
from gdtui.view.frame_state import FrameState
from gdtui.view.look import LookChange

Entry = tuple[str, str, Callable[[], object]]
"""(text, help, action)"""


class Commanded(Protocol):
    """The part of a screen that the palette needs."""

    BINDINGS: ClassVar[list[BindingType]]
    frame: FrameState | None

    async def run_action(self, action: str) -> bool: ...  # noqa: D102
    def show(self, *asked: LookChange) -> None: ...  # noqa: D102
    def act(self, *commands: Command) -> None: ...  # noqa: D102
    def add_lane(self, act: Add) -> None: ...  # noqa: D102
    def action_edit(self, first: str) -> None: ...  # noqa: D102
    def open_file(self, path: Path) -> None: ...  # noqa: D102
    def menu_entries(self, frame: FrameState) -> Iterator[tuple[str, str, str, str]]: ...  # noqa: D102


class Palette(CommandPalette):
    """The command palette, which closes once however fast one types."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the first time; later calls change nothing."""
        if self.app.screen is self:
            return super().dismiss(result)
        closed: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
        return closed


class BenchCommands(Provider):
    """Offers everything that the bench can do."""

    def _entries(self) -> Iterator[Entry]:
        bench = cast("Commanded", self.screen)
        keys: dict[str, str] = {}
        for binding in bench.BINDINGS:
            if isinstance(binding, Binding):
                keys[binding.action] = "  ".join(keys_of(binding, self.app))
                label, what = binding.description, binding.tooltip or binding.description
                name = what if label == what else _("{label}: {what}").format(label=label, what=what)
                yield name, keys[binding.action], partial(bench.run_action, binding.action)
        if bench.frame is not None:
            yield from self._of_lane(bench, bench.frame, keys)
        for chart in CHARTS.values():
            name = _("chart: {title}").format(title=chart.title)
            yield name, _("show it first"), partial(bench.show, Show(show=chart.name).changed)
        for theme in THEMES:
            yield _("theme: {name}").format(name=theme), _("remembered"), partial(setattr, self.app, "theme", theme)
        offered: list[tuple[SurfaceSpec | DatasetSpec, str]] = [
            *((SurfaceSpec(surface.name), _(surface.teaches)) for surface in SURFACES.values()),
            *((DatasetSpec(dataset.name), _(dataset.teaches)) for dataset in DATASETS.values()),
        ]
        for spec, teaches in offered:
            yield _("objective: {name}").format(name=spec.name), teaches, partial(bench.act, ChangeObjective(spec))
        for path, title in lesson_titles().items():
            yield _("lesson: {title}").format(title=title), path.name, partial(bench.open_file, path)

    def _of_lane(self, bench: Commanded, frame: FrameState, keys: Mapping[str, str]) -> Iterator[Entry]:
        """Yield the entries of the menus, the settings of the selected lane, and every optimizer."""
        for which, key, words, about in bench.menu_entries(frame):
            name = _("lane: {entry}") if which == "lane" else _("time: {entry}")
            opens = keys.get(f"menu('{which}')", "")
            help_ = _("{key} · {about}").format(key=opens, about=about)
            yield name.format(entry=words), help_, partial(bench.run_action, f"change('{which}', '{key}')")
        for key, value in frame.lane.settings.items():
            sign = symbol(key)
            name = _("setting: {key} {symbol}").format(key=key, symbol="" if sign == key else sign).rstrip()
            help_ = _("{value:g} · {meaning}").format(value=value, meaning=MEANINGS.get(key, key))
            yield name, help_, partial(bench.action_edit, key)
        for choice in new_lanes([lane.name for lane in frame.snapshot.lanes]):
            yield _("add: {name}").format(name=choice.name), choice.about, partial(bench.add_lane, choice.value)

    async def discover(self) -> Hits:
        """Offer everything before a letter is typed."""
        for text, help_, act in self._entries():
            yield DiscoveryHit(spell(self.app, text), act, help=spell(self.app, help_))

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for text, help_, act in self._entries():
            score = matcher.match(spelt := spell(self.app, text))
            if score > 0 or query.casefold() in help_.casefold():
                yield Hit(score, matcher.highlight(spelt), act, help=spell(self.app, help_))
