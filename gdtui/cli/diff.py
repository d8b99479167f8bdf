"""`gdtui show optimizer NAME --diff A B`: how two dialects differ, as text and as numbers."""

from __future__ import annotations

from gdtui.objectives.specs import SurfaceSpec
from gdtui.optimizers import Optimizer, Rule
from gdtui.optimizers.language.symbols import symbol
from gdtui.scenario.play.golden import round_numbers
from gdtui.session import LaneView, Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.stopping import Status
from gdtui.simulation.suitability import refusal
from gdtui.text import _, aligned, typed
from gdtui.verbs import Step

#: Coordinates of theta that are shown.
SHOWN = 2


def diff(optimizer: Optimizer, names: list[str], surface: str, lr: float | None, updates: int) -> list[str]:
    """Return the comparison as lines; ParameterError or ObjectiveError if a name or the rate is unknown to gdtui."""
    rules = [optimizer.rule(name) for name in names]
    settings = {} if lr is None else {"lr": lr}
    lanes = tuple(Lane(f"lane-{place}", optimizer.name, name, settings) for place, name in enumerate(names))
    experiment = Experiment(SurfaceSpec(surface), lanes)
    objective = experiment.objective.build(experiment.seed)
    lines = [_(optimizer.title), "", *_rules(names, rules), "", *_defaults(names, rules)]
    refusals = [refusal(lane, objective) for lane in lanes]
    if any(refusals):  # the texts can be compared, the trajectories cannot
        message = _("no trajectory on {}: {}")
        return [*lines, "", *(message.format(surface, reason) for reason in refusals if reason)]
    session = Session(experiment)
    return [*lines, "", *_trajectory(names, session, surface, updates)]


def _sides(left: list[str], right: list[str], head: list[str]) -> list[str]:
    """Return two columns side by side; lines that differ are marked ≠."""
    length = max(len(left), len(right))
    left, right = [*left, *[""] * (length - len(left))], [*right, *[""] * (length - len(right))]
    rows = [(a, "≠" if a != b else " ", b) for a, b in zip(left, right, strict=True)]
    return aligned([(head[0], " ", head[1]), *rows], indent="  ")


def _rules(names: list[str], rules: list[Rule]) -> list[str]:
    rate = symbol("effective_lr")
    texts = [
        {line.name: f"{line.label} {'=' if line.name == rate else '←'} {line.symbols}" for line in rule.lines()}
        for rule in rules
    ]
    order = _merged(list(texts[0]), list(texts[1]))
    return _sides([texts[0].get(name, "") for name in order], [texts[1].get(name, "") for name in order], names)


def _merged(first: list[str], second: list[str]) -> list[str]:
    """Return the names of both sides, in an order that puts lines of one name beside each other."""
    order = list(first)
    for place, name in enumerate(second):
        if name not in order:
            after = next((order.index(n) + 1 for n in reversed(second[:place]) if n in order), 0)
            order.insert(after, name)
    return order


def _defaults(names: list[str], rules: list[Rule]) -> list[str]:
    known = list(dict.fromkeys(info.name for rule in rules for info in rule.hyper))
    sides = [
        [f"{key} = {typed(rule.defaults[key])}" if key in rule.defaults else "" for key in known] for rule in rules
    ]
    starts = [
        [f"{symbol(slot.name)}₀ = {_start(slot.start, rule)}" for slot in rule.slots if slot.start] for rule in rules
    ]
    return [_("defaults"), *_sides([*sides[0], *starts[0]], [*sides[1], *starts[1]], names)]


def _start(start: float | str, rule: Rule) -> str:
    if start == "theta":
        return symbol("theta")
    return f"{start} = {typed(rule.defaults[start])}" if isinstance(start, str) else typed(start)


def _trajectory(names: list[str], session: Session, surface: str, updates: int) -> list[str]:
    rows: list[list[str]] = []
    made = 0
    for update in (*round_numbers(updates), updates):
        if update > made:
            session.apply(Step(update - made))
        made = update
        rows.append([str(update), *_both(session)])
    head = [_("update"), _("θ of {}").format(names[0]), _("θ of {}").format(names[1]), _("difference")]
    lanes = session.snapshot().lanes
    rates = ", ".join(f"{name} {typed(lane.settings['lr'])}" for name, lane in zip(names, lanes, strict=True))
    table = aligned([head, *rows], indent="  ")
    stopped = ((name, lane) for name, lane in zip(names, lanes, strict=True) if lane.status != Status.GOING)
    ends = [f"{name} {lane.status_text}" for name, lane in stopped]
    return [_("on {}, lr: {}").format(surface, rates), *table, *(f"  {text}" for text in ends)]


def _both(session: Session) -> list[str]:
    a, b = (_theta(lane) for lane in session.snapshot().lanes)
    gap = sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5
    return [_vector(a), _vector(b), f"{gap:.3g}"]


def _theta(lane: LaneView) -> list[float]:
    theta = lane.vector("theta")
    assert theta is not None
    values: list[float] = theta.tolist()
    return values


def _vector(values: list[float]) -> str:
    shown = "  ".join(f"{value: .12g}" for value in values[:SHOWN])
    return shown + (" …" if len(values) > SHOWN else "")
