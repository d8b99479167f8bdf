"""Sections of words and what they mean, in two columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content

from gdtui.plot.widths import cell_width, wrapped
from gdtui.tui.widgets.words import Prose
from gdtui.view.panels.paper import pad


class TwoColumns(Prose):
    """All sections as one text: with a widget for each word it takes a second until they are there.

    Parameters
    ----------
    sections
        each a title, and the meaning of each word below it.
    """

    def __init__(self, sections: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        super().__init__("\n".join(word for _title, rows in sections for word in rows))
        self.sections = sections
        self._left = max(cell_width(word) for _title, rows in sections for word in rows) + 2
        self._made: tuple[int, Content] = 0, Content()

    def _broken(self, width: int) -> Content:
        if self._made[0] != width:
            self._made = width, Content("\n").join(self._lines(width))
        return self._made[1]

    def _lines(self, width: int) -> Iterator[Content]:
        for place, (title, rows) in enumerate(self.sections):
            if place:
                yield Content()
            yield Content.styled(title, "bold")
            for word, what in rows.items():
                for number, line in enumerate(wrapped(what, max(1, width - self._left))):
                    left = "" if number else word
                    yield Content.assemble((pad(left, self._left), "bold $accent"), line)
