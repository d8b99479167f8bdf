"""The command palette of the bench: every key by its words, every chart, every objective."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, Protocol, cast

from textual.binding import Binding, BindingType
from textual.command import DiscoveryHit, Hit, Hits, Provider

from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.specs import DatasetSpec, SurfaceSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.session import ChangeObjective, Command
from gdtui.text import _
from gdtui.tui.screens.key_list import keys_of
from gdtui.tui.themes import THEMES
from gdtui.tui.widgets.words import spell
from gdtui.verbs import Show
from gdtui.view.charts import CHARTS
from gdtui.view.look import LookChange

Entry = tuple[str, str, Callable[[], object]]
"""(text, help, action)"""


class Commanded(Protocol):
    """The part of a screen that the palette needs."""

    BINDINGS: ClassVar[list[BindingType]]

    async def run_action(self, action: str) -> bool: ...  # noqa: D102
    def show(self, *asked: LookChange) -> None: ...  # noqa: D102
    def act(self, command: Command) -> None: ...  # noqa: D102


class BenchCommands(Provider):
    """Offers everything that the bench can do."""

    def _entries(self) -> Iterator[Entry]:
        bench = cast("Commanded", self.screen)
        for binding in bench.BINDINGS:
            if isinstance(binding, Binding):
                keys = "  ".join(keys_of(binding, self.app))
                label, what = binding.description, binding.tooltip or binding.description
                name = what if label == what else _("{label}: {what}").format(label=label, what=what)
                yield name, keys, partial(bench.run_action, binding.action)
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

    async def discover(self) -> Hits:
        """Offer everything before a letter is typed."""
        for text, help_, act in self._entries():
            yield DiscoveryHit(spell(self.app, text), act, help=spell(self.app, help_))

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for text, help_, act in self._entries():
            score = matcher.match(spelt := spell(self.app, text))
            if score > 0:
                yield Hit(score, matcher.highlight(spelt), act, help=spell(self.app, help_))
