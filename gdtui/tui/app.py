"""The application: themes, the bench, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App

from gdtui.tui.themes import GDTUI_DARK, GDTUI_LIGHT

if TYPE_CHECKING:
    from gdtui.simulation.experiment import Experiment


class Gdtui(App[None]):
    """The bench as a Textual app.

    Parameters
    ----------
    experiment
        what is put on the bench; None for the default.
    plain
        show ASCII alone.
    """

    TITLE = "gdtui"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[Any]] = []

    def __init__(self, experiment: Experiment | None = None, *, plain: bool = False) -> None:
        super().__init__()
        self._experiment = experiment
        self.plain = plain
        self.register_theme(GDTUI_DARK)
        self.register_theme(GDTUI_LIGHT)
        self.theme = "gdtui-dark"

    def on_mount(self) -> None:
        """Open the bench."""
        from gdtui.tui.defaults import default_experiment
        from gdtui.tui.screens.bench import Bench

        self.push_screen(Bench(self._experiment or default_experiment()))


def run_app(experiment: Experiment | None = None, *, scenario: object | None = None) -> int:
    """Open the screen; return the exit code.

    Parameters
    ----------
    experiment
        what is put on the bench; None for the default.
    scenario
        the scenario that it came from.
    """
    app = Gdtui(experiment)
    app.run()
    return app.return_code or 0
