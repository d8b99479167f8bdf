"""What a class has answered, over the lecturer's bench once the answer is shown."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from gdtui.plot.widths import cell_width
from gdtui.text import _
from gdtui.tui.widgets.words import Measured, spell
from gdtui.view.panels.paper import pad

#: Cells of the longest bar, the most answers that are shown, and the longest of them in cells.
BAR, MOST, LONGEST = 24, 6, 28

#: An answer, how often it was given, and whether it is right.
Row = tuple[str, int, bool | None]


class Tally(Measured):
    """A bar for each answer; right ones have a check mark."""

    DEFAULT_CSS = """
    Tally {
        layer: tour; dock: right; width: auto; max-width: 90%; height: auto; padding: 0 1; margin: 8 2 0 0;
        background: $surface; border: round $primary; display: none;
    }
    """

    def __init__(self) -> None:
        super().__init__("", id="tally", markup=False)

    def show(self, rows: Sequence[Row], following: int) -> None:
        """Show these answers; none hides the box."""
        self.display = bool(rows)
        if not rows:
            return
        answered = sum(count for _answer, count, _right in rows)
        title = _("{answered} of {following} have answered").format(answered=answered, following=following)
        self.border_title = spell(self.app, title)
        shown = [*rows[:MOST]]
        if rest := sum(count for _answer, count, _right in rows[MOST:]):
            shown.append((_("others"), rest, None))
        widest = min(LONGEST, max(cell_width(answer) for answer, _count, _right in shown))
        most = max(count for _answer, count, _right in shown)
        lines = [self._line(row, widest, most) for row in shown]
        self.update(Content("\n").join(lines))

    def _line(self, row: Row, widest: int, most: int) -> Content:
        answer, count, right = row
        mark, style = ("✓", "bold $success") if right else ("✗", "") if right is False else (" ", "$muted")
        bar = "█" * max(count > 0, round(BAR * count / most))
        text = f"{mark} {pad(answer, widest)} {bar} {count}"
        content = spell(self.app, text)
        return Content.styled(content, style) if style else Content(content)
