"""Words take the place that they need."""

from textual.app import App, ComposeResult

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
