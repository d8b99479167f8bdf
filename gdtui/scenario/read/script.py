"""From `[script] do = […]` to acts: each verb checks that the names in it exist at its point. Nothing is run."""

from __future__ import annotations

from collections.abc import Mapping

from gdtui.scenario.read.acts import Act
from gdtui.scenario.read.tables import ScriptTable
from gdtui.text import _, did_you_mean
from gdtui.toml.positions import Path
from gdtui.toml.records import kind_of, read_sound
from gdtui.verbs import VERBS
from gdtui.verbs.point import Point


def read_script(point: Point, data: object) -> tuple[Act, ...]:
    """Return the acts of `[script]`; faults are noted, and `point` moves along from act to act."""
    if data is None:
        return ()
    table, _whole = read_sound(point.source, ("script",), ScriptTable, data)
    acts = (_read_act(point, ("script", "do", number), item) for number, item in enumerate(table.do if table else ()))
    return tuple(act for act in acts if act is not None)


def _read_act(point: Point, path: Path, item: object) -> Act | None:
    source = point.source
    point.path = path
    name = _name_of(point, item)
    if name and isinstance(item, Mapping) and not VERBS[name].refuses(point, item):
        verb = VERBS[name].read(point, item)
        if verb is not None and not source.faulty(path):
            return Act(source.place(source.offset(path)), source.written(path), verb)
    point.incomplete = point.incomplete or not name or VERBS[name].names
    return None


def _name_of(point: Point, item: object) -> str:
    """Return the verb of an act's table; "" after noting its fault."""
    if not isinstance(item, dict):
        point.source.add(point.path, _("an act is a table such as {{ step = 1 }}, not {}").format(kind_of(item)))
        return ""
    found = [key for key in item if key in VERBS]
    if len(found) == 1:
        return str(found[0])
    if found:
        listed = _(" and ").join(map(repr, found))
        point.fault(found[1], _("one verb an act: this has {}").format(listed), key=True)
    elif item:
        first = next(iter(item))
        hint = did_you_mean(first, VERBS, _(" (verbs: {})").format(", ".join(VERBS)))
        point.fault(first, _("there is no verb {!r}").format(first) + hint, key=True)
    else:
        point.source.add(point.path, _("an empty act"))
    return ""
