"""What a teacher would say of a lane: why it grows, oscillates, crawls or rests.

A diagnosis is one function in a file of `gdtui.insight.diagnoses`, with the decorator `@diagnosis`, which states its
weight: the heaviest is said first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from gdtui.insight.case import LONG, RECENT, Case

__all__ = ["LONG", "RECENT", "Case", "diagnose", "diagnosis"]


#: A sentence about a lane, or None: it does not apply.
Find = Callable[[Case], str | None]


@dataclass(frozen=True)
class _Entry:
    find: Find
    weight: int
    stopped: bool
    alone: bool


_ENTRIES: list[_Entry] = []


def diagnosis(weight: int, *, stopped: bool = False, alone: bool = False) -> Callable[[Find], Find]:
    """Register a function that returns a sentence, or None if it does not apply.

    Parameters
    ----------
    weight
        heavier ones are said first.
    stopped
        whether it also applies to a lane that is not going any more.
    alone
        it is only said where nothing heavier is: it states what is measured, not a cause.
    """

    def register(find: Find) -> Find:
        _ENTRIES.append(_Entry(find, weight, stopped, alone))
        _ENTRIES.sort(key=lambda entry: -entry.weight)
        return find

    return register


@cache
def _discover() -> None:
    from gdtui.insight import diagnoses

    for module in iter_modules(diagnoses.__path__):
        import_module(f"{diagnoses.__name__}.{module.name}")


def diagnose(case: Case, most: int | None = None) -> tuple[str, ...]:
    """Return what there is to say of a lane, at `most` so much, weightiest first; () where nothing stands out."""
    _discover()
    if case.update < 1:
        return ()
    said: list[str] = []
    with np.errstate(all="ignore"):
        for entry in _ENTRIES:
            if (entry.stopped or case.going) and not (entry.alone and said):
                sentence = entry.find(case)
                if sentence is not None:
                    said.append(sentence)
                    if len(said) == most:
                        break
    return tuple(said)
