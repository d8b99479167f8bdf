"""The menu of the place in time: go to an update, run until a condition holds, marks."""

from __future__ import annotations

from gdtui.errors import ParameterError, QuantityError
from gdtui.session import LaneView, Snapshot
from gdtui.session.quantities import parse_condition
from gdtui.text import N_, _, free_name
from gdtui.tui.screens.bench.display import Display
from gdtui.tui.screens.bench.menu import Entry, key, said
from gdtui.tui.screens.pick import Choice, Picker
from gdtui.tui.screens.prompt import Prompt
from gdtui.tui.screens.typed_lane import read_count
from gdtui.verbs import Back, Mark, Step, Until
from gdtui.verbs.base import MOST
from gdtui.verbs.until import holds_now

#: The updates of "until" without a number of its own.
USUAL_MOST = 10_000


def _go_to(bench: Display, _lane: LaneView, snapshot: Snapshot) -> None:
    def go(update: int) -> None:
        by = update - snapshot.position
        if by:
            bench.act(Step(by) if by > 0 else Back(-by))

    Prompt(
        _("go to an update"), str(snapshot.position), _("the number of an update, before or after this one"),
        lambda text: read_count("update", text, MOST),
    ).ask(bench.app, go)  # fmt: skip


def read_until(text: str, snapshot: Snapshot) -> Until:
    """Return "adam.loss < 1e-3", with "max 2000" after it if wanted; a GdtuiError if it cannot come true."""
    condition, word, most = text.partition(" max ")
    parsed = parse_condition(condition)
    if holds_now(snapshot, parsed):
        raise QuantityError(_("{condition} holds already").format(condition=condition.strip()))
    count = read_count("max", most, MOST) if word else USUAL_MOST
    if count == 0:
        raise ParameterError("max", _("max is 1 or more"))
    return Until(condition.strip(), count)


def _until(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    def run(act: Until) -> None:
        bench.act(act)
        bench.run_worker(_say_met(bench, act), exit_on_error=True)

    quantities = ", ".join(name for name in lane.names() if name != "status")
    Prompt(
        _("run until a condition holds"), f"{lane.name}.loss < 1e-3 max {USUAL_MOST}",
        _("LANE.QUANTITY < NUMBER (or <=, >, >=, ==, !=) max UPDATES; of {lane}: {quantities}").format(
            lane=lane.name, quantities=quantities
        ),
        lambda text: read_until(text, snapshot),
    ).ask(bench.app, run)  # fmt: skip


async def _say_met(bench: Display, act: Until) -> None:
    """Say whether the condition came true, unless something else has been said meanwhile."""
    await bench.engine.settled()
    snapshot = bench.engine.snapshot
    if snapshot is not None and snapshot.met is not None:
        message = _("{condition}: at update {update}") if snapshot.met else _("{condition}: not by update {update}")
        bench.say(message.format(condition=act.until, update=snapshot.position), good=snapshot.met)


def _mark(bench: Display, _lane: LaneView, snapshot: Snapshot) -> None:
    def read(text: str) -> Mark:
        name = text.strip()
        if not name or not name.isprintable():
            raise ParameterError("mark", _("a mark has a name"))
        if name in snapshot.marks:
            raise ParameterError("mark", _("there is a mark {!r} already").format(name))
        return Mark(name)

    name = free_name(_("update {update}").format(update=snapshot.position), snapshot.marks, " ")
    Prompt(_("mark this point"), name, _("a name by which to come back"), read).ask(bench.app, bench.act)


def _marks(bench: Display, _lane: LaneView, snapshot: Snapshot) -> None:
    at = _("update {update}")
    choices = [
        Choice(name, at.format(update=update), Back(name)) for name, update in snapshot.mark_updates.items()
    ]  # fmt: skip
    title, hint = _("go back to a mark"), _("type to search")
    Picker(title, choices, hint).ask(bench.app, bench.act)


TIME_MENU: dict[str, Entry] = {
    "go": Entry(
        N_("go to update …"), lambda _lane, snapshot: _("now {update}").format(update=snapshot.position), _go_to
    ),
    "until": Entry(
        N_("run until …"), lambda lane, _s: _("a condition holds: {lane}.loss < 1e-3").format(lane=lane.name), _until
    ),
    "mark": Entry(N_("mark this point …"), said(N_("to come back to it")), _mark),
    "marks": Entry(
        N_("back to a mark …"), lambda _lane, snapshot: ", ".join(snapshot.marks), _marks,
        lambda _lane, snapshot: bool(snapshot.marks),
    ),
    "reset": Entry(
        N_("back to the start"), said(N_("every lane at update 0, without edits")),
        key("reset"),
    ),
}  # fmt: skip
