"""Words take the place that they need."""

from textual.app import App, ComposeResult

from gdtui.plot.widths import cell_width
from gdtui.tui.widgets.tally import BAR, LONGEST, Tally
from gdtui.tui.widgets.words import Words


class Page(App[None]):
    CSS = "Words { height: auto; }"
    plain = False

    def compose(self) -> ComposeResult:
        yield Words("one")


async def test_words_that_change_while_a_layout_is_due_are_as_high_as_they_are():
    app = Page()
    async with app.run_test(size=(40, 12)) as pilot:
        words = app.query_one(Words)
        words.refresh(layout=True)  # as by a change of the terminal's size
        app.screen._clear_arrangement_cache()
        app.screen._refresh_layout()
        words.update("one\ntwo\nthree")
        await pilot.pause()
        await pilot.pause()
        assert words.size.height == 3


async def test_bars_of_what_a_class_answered_begin_in_one_column() -> None:
    class Class(App[None]):
        plain = False

        def compose(self) -> ComposeResult:
            yield Tally()

    app = Class()
    async with app.run_test(size=(80, 24)):
        tally = app.query_one(Tally)
        tally.show([("每个坐标的步长都一样，与梯度无关", 3, True), ("momentum", 1, False)], 4)
        lines = str(tally.render()).splitlines()
        assert len({cell_width(line[: line.index("█")]) for line in lines}) == 1
        assert max(map(cell_width, lines)) <= 2 + LONGEST + 1 + BAR + 2
