"""What is typed about a lane, as values: `20 once`, `cosine updates=500`, `1.5, -0.5`."""

from __future__ import annotations

import math
from dataclasses import replace

from gdtui.errors import ParameterError
from gdtui.objectives.objective import Objective
from gdtui.simulation.experiment import Lane, Stop
from gdtui.simulation.sampling import SHUFFLES, Sampling, read_sampling
from gdtui.simulation.schedules import KINDS, Schedule
from gdtui.simulation.suitability import refusal, wrong_start
from gdtui.text import _, did_you_mean

#: The word that leaves out the short last batch of an epoch.
DROP_LAST = "drop-last"


def read_number(key: str, text: str) -> float:
    """Return a finite number; ParameterError for other text."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ParameterError(key, _("{key} is a number, not {typed!r}").format(key=key, typed=text))
    return value


def read_count(key: str, text: str, most: int) -> int:
    """Return a whole number from 0 to `most`; ParameterError for other text."""
    if not text.strip().isdecimal() or int(text) > most:
        message = _("{key} is a whole number from 0 to {most}, not {typed!r}")
        raise ParameterError(key, message.format(key=key, most=most, typed=text))
    return int(text)


def _pairs(text: str) -> dict[str, float]:
    """Return the numbers of `key=value key=value`."""
    pairs = {}
    for word in text.replace(" = ", "=").split():
        key, sign, value = word.partition("=")
        if not sign:
            raise ParameterError(key, _("after the name come settings such as updates=500, not {!r}").format(word))
        pairs[key] = read_number(key, value)
    return pairs


def _spelt(pairs: dict[str, float]) -> str:
    return " ".join(f"{key}={int(value) if value == int(value) else repr(value)}" for key, value in pairs.items())


def with_sampling(lane: Lane, text: str) -> Lane:
    """Return the lane with `full`, `single` or a batch size, then a way of shuffling and `drop-last`."""
    size, *words = text.split() or [""]
    shuffle, drop_last = Sampling().shuffle, False
    for word in words:
        if word == DROP_LAST:
            drop_last = True
        elif word in SHUFFLES:
            shuffle = word
        else:
            known = (*SHUFFLES, DROP_LAST)
            message = _("after the batch comes one of {known}, not {typed!r}")
            message = message.format(known=", ".join(known), typed=word)
            raise ParameterError("sampling", message, did_you_mean(word, known))
    return replace(lane, sampling=replace(read_sampling(size), shuffle=shuffle, drop_last=drop_last))


def sampling_typed(sampling: Sampling) -> str:
    """Return a sampling as it is typed."""
    return f"{sampling} {DROP_LAST}" if sampling.drop_last else str(sampling).removeprefix("batch ")


def with_schedule(lane: Lane, text: str) -> Lane:
    """Return the lane with the schedule of `kind key=value …`."""
    kind, _space, rest = text.strip().partition(" ")
    return replace(lane, schedule=Schedule(kind, _pairs(rest) if kind in KINDS else {}))


def schedule_typed(schedule: Schedule) -> str:
    """Return a schedule as it is typed."""
    return f"{schedule.kind} {_spelt(dict(schedule.settings))}".strip()


def with_start(lane: Lane, text: str, objective: Objective) -> Lane:
    """Return the lane with its own first parameters; an empty text gives it the objective's."""
    start = tuple(read_number(_("start"), word) for word in text.replace(",", " ").split())
    if start and (wrong := wrong_start(objective, len(start))):
        raise ParameterError("start", wrong)
    return replace(lane, start=start)


def with_stop(lane: Lane, text: str) -> Lane:
    """Return the lane with the conditions of `key=value …`; an empty text lets it go on."""
    known, pairs = vars(Stop()), _pairs(text)
    for key, value in pairs.items():
        if key not in known:
            message = _("a lane stops at {known}, not at {key!r}").format(known=", ".join(known), key=key)
            raise ParameterError(key, message, did_you_mean(key, known))
        if isinstance(known[key], int) and value != int(value):
            raise ParameterError(key, _("{key} is a whole number, not {value!r}").format(key=key, value=value))
    return replace(lane, stop=Stop(**{key: type(known[key])(value) for key, value in pairs.items()}))


def stop_typed(stop: Stop) -> str:
    """Return the conditions as they are typed; "" for none."""
    return _spelt({key: value for key, value in vars(stop).items() if value})


def in_form(lane: Lane, dialect: str, options: dict[str, bool]) -> Lane:
    """Return the lane in another form of its optimizer, with those of its settings that this form has."""
    form = replace(lane, dialect=dialect, options=options, settings={})
    return replace(form, settings={key: value for key, value in lane.settings.items() if form.takes(key, value)})


def fitting(lane: Lane, objective: Objective) -> Lane:
    """Return the lane; ParameterError if it cannot work on the objective."""
    if (wrong := refusal(lane, objective)) is not None:
        raise wrong
    return lane
