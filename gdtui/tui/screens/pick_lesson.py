"""The library: every lesson that comes with gdtui, by title and summary."""

from __future__ import annotations

from gdtui.scenario.play.lesson import Lesson, read_lesson
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import ScenarioError, load_scenario
from gdtui.scenario.read.selection import shipped
from gdtui.text import _
from gdtui.tui.screens.pick import Choice, Picker


class PickLesson(Picker[Lesson]):
    """Choose a lesson."""

    def __init__(self) -> None:
        scenarios: list[Scenario] = []
        for path in shipped():
            try:
                scenarios.append(load_scenario(path))
            except (ScenarioError, OSError):  # one faulty file does not close the library
                continue
        choices = [Choice(s.title, s.summary, read_lesson(s), " ".join(s.tags)) for s in scenarios if s.acts]
        super().__init__(_("library: lessons"), choices, _("type to search in titles and summaries"))
