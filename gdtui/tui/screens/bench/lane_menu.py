"""The menu of the selected lane, with what the whole experiment shares: its seed and its noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gdtui.errors import ParameterError
from gdtui.objectives.specs import ExpressionSpec, SurfaceSpec
from gdtui.optimizers import find
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.experiment import Lane, free_lane_name, name_refusal
from gdtui.text import N_, _, number
from gdtui.tui.screens.bench.display import Display
from gdtui.tui.screens.bench.menu import Entry, key, said
from gdtui.tui.screens.lane_pickers import PickForm, PickLane, pick_sampling, pick_schedule
from gdtui.tui.screens.prompt import Prompt
from gdtui.tui.screens.typed_lane import (
    fitting,
    read_count,
    read_number,
    sampling_typed,
    schedule_typed,
    stop_typed,
    with_start,
    with_stop,
)
from gdtui.verbs import Add, Branch, Move, Mute, Noise, Rename, Replace, Seed, Show
from gdtui.view.comparisons import comparison

#: Parameters up to which a start is typed.
MOST_TYPED = 16


# A lane --------------------------------------------------------------------------------------------


def _replace(bench: Display, lane: Lane) -> None:
    bench.act(Replace(lane))


def _optimizer(bench: Display, lane: LaneView, _snapshot: Snapshot) -> None:
    def take(act: Add) -> None:
        chosen, old = act.lane, lane.spec
        _replace(bench, replace(
            chosen, name=old.name, sampling=old.sampling, start=old.start, stream=old.stream, schedule=old.schedule,
            stop=old.stop,
        ))  # fmt: skip

    PickLane((), 0, _("{lane}: another optimizer").format(lane=lane.name)).ask(bench.app, take)


def _form(bench: Display, lane: LaneView, _snapshot: Snapshot) -> None:
    PickForm(lane.spec).ask(bench.app, lambda made: _replace(bench, made))


def _sampling(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    pick_sampling(lane.spec, snapshot.objective).ask(bench.app, lambda made: _replace(bench, made))


def _schedule(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    picker = pick_schedule(lane.spec, snapshot.objective, snapshot.experiment.updates)
    picker.ask(bench.app, lambda made: _replace(bench, made))


def _start(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    names = ", ".join(snapshot.objective.names)
    Prompt(
        _("{lane}: where it starts").format(lane=lane.name), _start_of(lane, snapshot),
        _("a number for each of {names}; nothing: where the objective starts").format(names=names),
        lambda text: with_start(lane.spec, text, snapshot.objective),
    ).ask(bench.app, lambda made: _replace(bench, made))  # fmt: skip


def _start_of(lane: LaneView, snapshot: Snapshot) -> str:
    return ", ".join(f"{value:g}" for value in lane.spec.start or snapshot.objective.start)


def _stop(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    Prompt(
        _("{lane}: when it stops").format(lane=lane.name), stop_typed(lane.spec.stop),
        _("some of loss=1e-3 grad_norm=1e-6 patience=20 updates=500; nothing: never"),
        lambda text: fitting(with_stop(lane.spec, text), snapshot.objective),
    ).ask(bench.app, lambda made: _replace(bench, made))  # fmt: skip


def _stream(bench: Display, lane: LaneView, _snapshot: Snapshot) -> None:
    def read(text: str) -> Lane:
        if not 1 <= len(text.strip()) <= 64 or not text.isprintable():
            raise ParameterError("stream", _("a stream has a name of 1 to 64 characters"))
        return replace(lane.spec, stream=text.strip())

    Prompt(
        _("{lane}: its random stream").format(lane=lane.name), lane.spec.stream or lane.name,
        _("lanes with the same stream get the same gradient noise"), read,
    ).ask(bench.app, lambda made: _replace(bench, made))  # fmt: skip


def _new_name(text: str, snapshot: Snapshot, old: str = "") -> str:
    """Return a name for a lane; ParameterError if it cannot have it."""
    name = text.strip()
    if refusal := name_refusal(name, [lane.name for lane in snapshot.lanes if lane.name != old]):
        raise ParameterError("name", refusal)
    return name


def _rename(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    def take(name: str) -> None:
        if name != lane.name:
            bench.act(Rename(lane.name, name))

    Prompt(
        _("rename {lane}").format(lane=lane.name), lane.name, _("its past, its colour and its random stream stay"),
        lambda text: _new_name(text, snapshot, lane.name),
    ).ask(bench.app, take)  # fmt: skip


def _free(lane: LaneView, snapshot: Snapshot) -> str:
    return free_lane_name(lane.name, [each.name for each in snapshot.lanes])


def _branch(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    name = _free(lane, snapshot)
    bench.act(Branch(lane.name, name))
    bench.show(Show(lane=name).changed)


def _copy(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    name = _free(lane, snapshot)
    settings = {key: value for key, value in lane.settings.items() if value != lane.spec.rule.defaults.get(key, 0.0)}
    spec = replace(lane.spec, name=name, settings=settings, stream=lane.spec.stream or lane.name)
    bench.act(Add(spec, at=lane.position))
    bench.show(Show(lane=name).changed)


def _place(lane: LaneView, snapshot: Snapshot) -> int:
    """Return the place of the lane, counted from 1."""
    return 1 + [each.name for each in snapshot.lanes].index(lane.name)


def _moved(by: int) -> Callable[[Display, LaneView, Snapshot], None]:
    def move(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
        bench.act(Move(lane.name, _place(lane, snapshot) + by))
        bench.show(Show(lane=lane.name).changed)

    return move


def _mute(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    muted = snapshot.muted ^ {lane.name}
    bench.act(Mute(tuple(each.name for each in snapshot.lanes if each.name in muted)))


def _solo(bench: Display, lane: LaneView, snapshot: Snapshot) -> None:
    others = tuple(each.name for each in snapshot.lanes if each is not lane)
    bench.act(Mute(() if set(others) == snapshot.muted else others))


def _several(_lane: LaneView, snapshot: Snapshot) -> bool:
    return len(snapshot.lanes) > 1


def _has_noise(_lane: LaneView, snapshot: Snapshot) -> bool:
    return isinstance(snapshot.experiment.objective, (SurfaceSpec, ExpressionSpec))


def _has_samples(_lane: LaneView, snapshot: Snapshot) -> bool:
    return snapshot.objective.seeded


# The experiment ------------------------------------------------------------------------------------


def _seed(bench: Display, _lane: LaneView, snapshot: Snapshot) -> None:
    Prompt(
        _("the seed of all randomness"), str(snapshot.experiment.seed),
        _("every lane is computed again from its start, with its edits"),
        lambda text: Seed(read_count("seed", text, 2**64 - 1)),
    ).ask(bench.app, bench.act)  # fmt: skip


def _noise(bench: Display, _lane: LaneView, snapshot: Snapshot) -> None:
    def read(text: str) -> Noise:
        value = read_number("noise", text)
        if value < 0:
            raise ParameterError("noise", _("{key} must be ≥ {bound}").format(key="noise", bound=0))
        return Noise(value)

    Prompt(
        _("the standard deviation of the gradient noise"), f"{snapshot.objective.noise:g}",
        _("every lane is computed again from its start, with its edits"), read,
    ).ask(bench.app, bench.act)  # fmt: skip


LANE_MENU: dict[str, Entry] = {
    "settings": Entry(
        N_("settings …"), lambda lane, _s: _("lr = {lr}, and the others").format(lr=number(lane.settings["lr"])),
        key("edit"),
    ),
    "optimizer": Entry(N_("optimizer …"), lambda lane, _s: lane.spec.optimizer, _optimizer),
    "dialect": Entry(
        N_("dialect and form …"), lambda lane, _s: lane.spec.arithmetic, _form,
        lambda lane, _s: len(find(lane.spec.optimizer).rules) > 1 or len(find(lane.spec.optimizer).dialects) > 1,
    ),
    "sampling": Entry(N_("sampling …"), lambda lane, _s: sampling_typed(lane.spec.sampling), _sampling, _has_samples),
    "schedule": Entry(N_("schedule …"), lambda lane, _s: schedule_typed(lane.spec.schedule), _schedule),
    "start": Entry(
        N_("start …"), _start_of, _start, lambda _lane, snapshot: snapshot.objective.dimension <= MOST_TYPED
    ),
    "stop": Entry(N_("stop …"), lambda lane, _s: stop_typed(lane.spec.stop) or _("never"), _stop),
    "stream": Entry(
        N_("random stream …"), lambda lane, _s: lane.spec.stream or lane.name, _stream,
        lambda _lane, snapshot: snapshot.objective.noise > 0,
    ),
    "branch": Entry(N_("branch here"), said(N_("a second lane with the same past")), _branch),
    "copy": Entry(N_("copy"), said(N_("a second lane with the same settings from the start")), _copy),
    "rename": Entry(N_("rename …"), lambda lane, _s: lane.name, _rename),
    "up": Entry(
        N_("move up"), said(N_("one place up in the table")), _moved(-1),
        lambda lane, snapshot: _place(lane, snapshot) > 1,
    ),
    "down": Entry(
        N_("move down"), said(N_("one place down in the table")), _moved(1),
        lambda lane, snapshot: _place(lane, snapshot) < len(snapshot.lanes),
    ),
    "mute": Entry(
        N_("mute or unmute"), lambda lane, snapshot: _("not drawn, still computed") if lane in snapshot.drawn else
        _("draw it again"), _mute, _several,
    ),
    "solo": Entry(
        N_("solo"), lambda _lane, snapshot: _("draw every lane") if len(snapshot.drawn) == 1 else
        _("draw this lane alone"), _solo, _several,
    ),
    "remove": Entry(
        N_("remove"), said(N_("take it away; undo brings it back")), key("remove"),
        _several,
    ),
    "compare": Entry(
        N_("compare rates …"), lambda _lane, snapshot: next(iter(comparison(snapshot)), _("this lane alone")),
        key("compare_rates"), _several,
    ),
    "seed": Entry(N_("seed …"), lambda _lane, snapshot: str(snapshot.experiment.seed), _seed),
    "noise": Entry(N_("noise …"), lambda _lane, snapshot: f"{snapshot.objective.noise:g}", _noise, _has_noise),
}  # fmt: skip
