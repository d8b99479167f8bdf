"""What a lecture needs besides the bench: its course, what has been done of it, the lecturer's notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdtui.files import runtime_folder
from gdtui.scenario.play.cue import CueFile
from gdtui.scenario.play.score import Score, score_file
from gdtui.scenario.play.study_record import Progress, progress_file

if TYPE_CHECKING:
    from gdtui.scenario.quiz.quiz import Quiz
    from gdtui.scenario.read.courses import Course


@dataclass(frozen=True)
class Lectern:
    """The course (None: the largest shipped one with the lesson), where progress is noted, where notes are shown.

    `score` keeps the answers to questions; the questions of a `quiz` are asked one after the other.
    """

    course: Course | None = None
    progress: Progress = field(default_factory=lambda: Progress(None))
    cue: CueFile | None = None
    score: Score = field(default_factory=lambda: Score(None))
    quiz: Quiz | None = None

    @property
    def fault(self) -> str:
        """What was wrong with the user's files; "" for nothing."""
        return self.progress.fault or self.score.fault

    @classmethod
    def of_user(cls, course: Course | None = None, quiz: Quiz | None = None) -> Lectern:
        """Return the lectern with the user's own files."""
        return cls(course, Progress(progress_file()), CueFile(runtime_folder()), Score(score_file()), quiz)
