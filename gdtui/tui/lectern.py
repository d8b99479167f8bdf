"""What a lecture needs besides the bench: its course, what has been done of it, the lecturer's notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdtui.scenario.play.cue import CueFile, cue_folder
from gdtui.scenario.play.study_record import Progress, progress_file

if TYPE_CHECKING:
    from gdtui.scenario.read.courses import Course


@dataclass(frozen=True)
class Lectern:
    """The course (None: the largest shipped one with the lesson), where progress is noted, where notes are shown."""

    course: Course | None = None
    progress: Progress = field(default_factory=lambda: Progress(None))
    cue: CueFile | None = None

    @classmethod
    def of_user(cls, course: Course | None = None) -> Lectern:
        """Return the lectern with the user's own files."""
        return cls(course, Progress(progress_file()), CueFile(cue_folder()))
