"""What a follower makes of a line: the next transcript, or an error that leaves the transcript as it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from gdtui.classroom.lines import Update, WireError, command_of
from gdtui.classroom.parcels import Parcel, Refused, unpack, unpack_lesson
from gdtui.classroom.transcript import Log, Scene, Shown, Transcript
from gdtui.scenario.play.lesson import Lesson
from gdtui.text import _
from gdtui.view.charts import CHARTS
from gdtui.view.layout import VIEWS
from gdtui.view.look import Look
from gdtui.view.map_window import NARROWEST, WIDEST
from gdtui.view.x_axis import X_AXES

#: The most commands of a log.
MOST_COMMANDS = 200_000


def merged(transcript: Transcript, update: Update, folder: Path) -> Transcript:
    """Return the transcript after a line, or raise WireError; `folder` takes the files that come with it.

    Long work: an experiment is built when it comes.
    """
    if update.scene is not None or update.refused:
        transcript = _opened(transcript, update, folder)
    if update.lesson is not None:
        transcript = replace(transcript, lesson=_lesson(transcript, update.lesson, folder))
    log, digest = transcript.log, transcript.digest
    if update.keep is not None:
        log, digest = _log(log, update), None
    digest = digest if update.digest is None else update.digest
    return replace(transcript, log=log, digest=digest, shown=_shown(transcript.shown, update))


def _opened(transcript: Transcript, update: Update, folder: Path) -> Transcript:
    if update.scene is None:
        return replace(transcript, refused=update.refused, log=(), digest=None)
    try:
        scenario = unpack(update.scene, folder)
    except Refused as error:
        return replace(transcript, refused=str(error), log=(), digest=None)
    scene = Scene(scenario.experiment, update.coords, scenario.objective)
    return replace(transcript, scene=scene, refused="", log=(), digest=None)


def _lesson(transcript: Transcript, parcel: Parcel, folder: Path) -> Lesson | None:
    seed = transcript.scene.experiment.seed if transcript.scene is not None else 0
    try:
        return unpack_lesson(parcel, folder, seed)
    except Refused:  # the bench can be followed without its captions
        return None


def _log(log: Log, update: Update) -> Log:
    assert update.keep is not None
    if update.keep > len(log) or update.keep + len(update.do) > MOST_COMMANDS:
        raise WireError(_("a line does not fit the lines before it"))
    return (*log[: update.keep], *map(command_of, update.do))


@cache
def _looks() -> TypeAdapter[Look]:
    return TypeAdapter(Look)


def _shown(shown: Shown, update: Update) -> Shown:
    if update.look:
        shown = replace(shown, look=_look(shown.look, update.look))
    keys = {key: getattr(update, key) for key in ("page", "furthest", "detour", "running", "level", "black")}
    news = {key: value for key, value in keys.items() if value is not None}
    return replace(shown, **news) if news else shown


def _look(look: Look, changes: Mapping[str, object]) -> Look:
    keys = asdict(look)
    try:
        if not keys.keys() >= changes.keys():
            raise ValueError
        found = _looks().validate_python({**keys, **changes})
    except (ValidationError, ValueError):
        raise WireError(_("a look that this bench does not have")) from None
    window, numbers = found.window, (*found.window.centre, found.time.span, found.time.until or 0)
    sound = (
        found.chart in CHARTS and found.view in VIEWS and found.x_axis in X_AXES and WIDEST <= window.zoom <= NARROWEST
        and all(math.isfinite(value) and abs(value) < 1e15 for value in numbers)
        and min(found.lane, found.sample, found.time.span, found.time.until or 0, found.coordinate or 0) >= 0
    )  # fmt: skip
    if not sound:
        raise WireError(_("a look that this bench does not have"))
    return found
