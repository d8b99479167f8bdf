"""`gdtui list`: optimizers, surfaces, datasets, schedules, and the scenarios and courses that come with gdtui."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import starmap

from gdtui.cli.command_options import LISTED
from gdtui.cli.exits import PASSED, warn
from gdtui.text import _, aligned

Entries = list[tuple[str, ...]]


def command(options: argparse.Namespace) -> int:
    """Print one list, or all of them."""
    kinds = [options.kind] if options.kind else list(LISTED)
    for kind in kinds:
        if len(kinds) > 1:
            print(("" if kind == kinds[0] else "\n") + kind)
        print("\n".join(aligned(LISTS[kind](), indent="  " if len(kinds) > 1 else "")))
    return PASSED


def _optimizers() -> Entries:
    from gdtui.optimizers import REGISTRY

    return [(o.name, _(o.title), ", ".join(o.dialects) if len(o.dialects) > 1 else "") for o in REGISTRY.values()]


def _surfaces() -> Entries:
    from gdtui.objectives.surfaces.catalogue import SURFACES

    return [(s.name, f"{s.dimension}-D", _(s.teaches)) for s in SURFACES.values()]


def _datasets() -> Entries:
    from gdtui.objectives.data.datasets import DATASETS

    return [(d.name, _("{} rows").format(d.rows), _(d.title)) for d in DATASETS.values()]


def _schedules() -> Entries:
    from gdtui.simulation.schedules import KINDS

    def given(key: str, default: float | None) -> str:
        return key if default is None else f"{key} = {default:g}"

    return [(name, ", ".join(starmap(given, kind.defaults.items())), _(kind.title)) for name, kind in KINDS.items()]


def _scenarios() -> Entries:
    from gdtui.scenario.read.heads import heads
    from gdtui.scenario.read.selection import shipped

    return [(head.name, head.title, head.summary) for head in heads(shipped(), scripted=False).values()]


def courses() -> Entries:
    """Return name, title, size and length of each course that comes with gdtui."""
    from gdtui.scenario.read.heads import shipped_course_heads

    return [
        (
            course.name, course.title, _("{n} lessons").format(n=len(course.lessons)),
            _("{minutes} min").format(minutes=course.minutes),
        )
        for course in shipped_course_heads()
    ]  # fmt: skip


def _themes() -> Entries:
    from gdtui.tui.theme_names import NAMES, about

    return [(name, about(name)) for name in NAMES]


def _keys() -> Entries:
    from gdtui.tui.configuration import Configuration, configuration_file
    from gdtui.tui.keys import KEYS, default_keys, names_of
    from gdtui.tui.theme_names import NAMES

    configuration = Configuration(configuration_file())
    configuration.theme(NAMES)  # its fault is printed with those of the keys
    keys = default_keys() | configuration.keymap(default_keys())
    for fault in configuration.faults:
        warn(fault)
    names = names_of(keys)
    return [(key.id, keys[key.id].replace(",", " "), _(key.help).format_map(names)) for key in KEYS]


LISTS: dict[str, Callable[[], Entries]] = {
    "optimizers": _optimizers, "surfaces": _surfaces, "datasets": _datasets, "schedules": _schedules,
    "scenarios": _scenarios, "courses": courses, "themes": _themes, "keys": _keys,
}  # fmt: skip
