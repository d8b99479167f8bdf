"""What the bench asks: each dialog opens over it, and its answer becomes commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import App

from gdtui.scenario.play.lesson import Lesson
from gdtui.session import ChangeObjective, Command, LaneView, Session, Snapshot
from gdtui.simulation.experiment import Lane
from gdtui.text import _
from gdtui.tui.screens.pick import PickLane, PickObjective
from gdtui.tui.screens.settings import EditLane
from gdtui.verbs import Set

Act = Callable[[Command], None]


def ask_objective(app: App[object], act: Act) -> None:
    """Choose a surface, a dataset, or type a formula."""
    app.push_screen(PickObjective(), lambda spec: act(ChangeObjective(spec)) if spec is not None else None)


def ask_lane(app: App[object], snapshot: Snapshot, add: Callable[[Lane], None]) -> None:
    """Choose an optimizer for a new lane."""
    names = tuple(lane.name for lane in snapshot.lanes)
    app.push_screen(PickLane(names), lambda lane: add(lane) if lane is not None else None)


def ask_settings(app: App[object], lane: LaneView, act: Act) -> None:
    """Change the settings of a lane."""

    def chosen(changes: dict[str, float] | None) -> None:
        for key, value in (changes or {}).items():
            act(Set(f"{lane.name}.{key}", value))

    app.push_screen(EditLane(lane), chosen)


def ask_lesson(app: App[object], open_lesson: Callable[[Lesson], None]) -> None:
    """Choose a lesson."""
    from gdtui.tui.screens.pick_lesson import PickLesson

    app.push_screen(PickLesson(), lambda lesson: open_lesson(lesson) if lesson is not None else None)


def ask_file(app: App[object], save: Callable[[Path, str], None]) -> None:
    """Ask where to save, and under which title."""
    from gdtui.tui.screens.save import SaveAs

    app.push_screen(SaveAs(), lambda answer: save(*answer) if answer is not None else None)


def saved(session: Session, path: Path, title: str) -> tuple[str, bool]:
    """Write what was done as a scenario; return a message, and whether it is good news."""
    from gdtui.errors import RecordError
    from gdtui.scenario.write.record import save

    try:
        save(session, path, title)
    except (RecordError, OSError) as error:
        return f"{path}: {error.strerror if isinstance(error, OSError) and error.strerror else error}", False
    return _("saved: gdtui replay {path}").format(path=path), True
