"""Questions for the next θ of one coordinate, on a tape: every number of the rule is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gdtui.objectives.specs import TapeSpec
from gdtui.optimizers import find
from gdtui.optimizers.language.symbols import symbol
from gdtui.scenario.quiz.mistakes import choices_of, tolerance
from gdtui.scenario.quiz.situation import Dice, Situation
from gdtui.session import LaneView, Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.text import N_, _, number, typed
from gdtui.verbs import Step
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import Ahead
from gdtui.verbs.show import Show

#: Gradients that are easy to compute with.
USUAL = ((2.0, 1.0), (2.0, -1.0), (-4.0, 2.0), (1.0, 1.0), (4.0, -2.0), (-1.0, 3.0), (10.0, -10.0), (5.0, 5.0))
#: Pairs whose squares add up to a square, for methods that divide by the root of a sum.
PYTHAGOREAN = ((3.0, 4.0), (4.0, 3.0), (6.0, -8.0), (8.0, 6.0), (-3.0, 4.0), (5.0, 12.0), (12.0, -5.0))
STARTS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)


@dataclass(frozen=True)
class Now:
    """The numbers of the moment: θ, the last state by its names, lr, the next gradient and the step that is made."""

    theta: float
    state: Mapping[str, float]
    lr: float
    g: float
    step: float


#: A common mistake: the moment → the wrong θ.
Mistake = Callable[[Now], float]
SIGN: Mistake = lambda now: now.theta - now.step  # noqa: E731 - a table of mistakes
NO_RATE: Mistake = lambda now: now.theta + now.step / now.lr  # noqa: E731
PLAIN: Mistake = lambda now: now.theta - now.lr * now.g  # noqa: E731
BY_SIGN: Mistake = lambda now: now.theta - now.lr * math.copysign(1.0, now.g)  # noqa: E731


@dataclass(frozen=True)
class Recipe:
    """A rule to ask about: its settings, its gradients, and the mistakes that one makes with it."""

    topic: str
    optimizer: str
    dialect: str | None
    settings: Mapping[str, float]
    mistakes: Sequence[Mistake]
    updates: Sequence[int] = (1,)
    gradients: Sequence[tuple[float, float]] = USUAL
    rates: Sequence[float] = (0.1, 0.5, 0.2)
    told: Sequence[str] = field(default=())
    form: str = N_("{title} with {settings}. {name} is {theta}{state}; the next gradient is {g}. Where will {name} be?")


RECIPES = (
    Recipe("gd", "gd", None, {}, (SIGN, NO_RATE, lambda now: now.theta - 2 * now.lr * now.g), updates=(0,)),
    Recipe(
        "momentum", "momentum", "pytorch", {"momentum": 0.9},
        (PLAIN, SIGN, lambda now: now.theta - now.lr * (0.9 * now.state["v"] + 0.1 * now.g), NO_RATE), told=("v",),
    ),
    Recipe(
        "momentum", "momentum", "ema", {"beta": 0.9},
        (PLAIN, SIGN, lambda now: now.theta - now.lr * (0.9 * now.state["v"] + now.g), NO_RATE), told=("v",),
        rates=(1.0, 0.5),
    ),
    Recipe(
        "momentum", "momentum", "classical", {"momentum": 0.5},
        (PLAIN, SIGN, lambda now: now.theta + now.state["v"], lambda now: now.theta - now.lr * now.state["v"]),
        told=("v",),
    ),
    Recipe(
        "adagrad", "adagrad", "notes", {},
        (
            PLAIN, BY_SIGN, SIGN,
            lambda now: now.theta - now.lr * now.g / (now.state["G"] + now.g**2),
        ), gradients=PYTHAGOREAN, told=("G",),
    ),
    Recipe(
        "rmsprop", "rmsprop", "notes", {"beta": 0.75},
        (BY_SIGN, PLAIN, SIGN, lambda now: now.theta - now.lr * 4 * math.copysign(1.0, now.g)), updates=(0,),
    ),
    Recipe(
        "adam", "adam", "paper", {},
        (PLAIN, lambda now: now.theta - now.lr * 0.1 * now.g / math.sqrt(0.001 * now.g**2), SIGN,
         lambda now: now.theta - 0.1 * now.lr * now.g),
        updates=(0,), gradients=((4.0, 0.0), (-20.0, 0.0), (0.5, 0.0), (100.0, 0.0), (-8.0, 0.0)),
    ),
    Recipe(
        "signs", "signsgd", None, {}, (PLAIN, SIGN, lambda now: now.theta - now.g), updates=(0,),
        gradients=((4.0, 0.0), (-20.0, 0.0), (0.5, 0.0), (-0.01, 0.0)),
    ),
)  # fmt: skip


def next_theta(dice: Dice) -> Situation | None:
    """Return a question for the next θ under a rule; the wrong choices are what common mistakes give."""
    recipe = dice.pick(RECIPES)
    updates, pair, lr = dice.pick(recipe.updates), dice.pick(recipe.gradients), dice.pick(recipe.rates)
    start = dice.pick(STARTS)
    gradients = pair if updates else pair[:1]
    lane = Lane(recipe.optimizer, recipe.optimizer, recipe.dialect, settings={"lr": lr, **recipe.settings})
    experiment = Experiment(TapeSpec(gradients=tuple((g,) for g in gradients), start=(start,)), (lane,))
    session = Session(experiment)
    if updates:
        session.apply(Step(updates))
    before = session.lane(lane.name)
    session.apply(Step(1))
    now = _now(before, session.lane(lane.name), lr, gradients[-1])
    right = now.theta + now.step
    choices = choices_of(right, (mistake(now) for mistake in recipe.mistakes), (now.theta, now.theta + now.step / 2))
    if choices is None:
        return None
    ask = Ask(
        _words(recipe, before, now, lane), answer=choices[0], choices=tuple(dice.mixed(choices)),
        of=f"{lane.name}.theta[0]", after=Ahead(1), abs=tolerance(choices),
    )  # fmt: skip
    return Situation(recipe.topic, experiment, updates, ask, Show("theta", coordinate=0))


def _now(before: LaneView, after: LaneView, lr: float, g: float) -> Now:
    names = before.trace.layout.rule.symbols
    vectors = {name: before.vector(name) for name in names}
    state = {name: float(vector[0]) for name, vector in vectors.items() if vector is not None}
    theta = before.vector("theta")
    later = after.vector("theta")
    assert theta is not None
    assert later is not None
    return Now(float(theta[0]), state, lr, g, float(later[0]) - float(theta[0]))


def _words(recipe: Recipe, before: LaneView, now: Now, lane: Lane) -> str:
    rule = before.trace.layout.rule
    settings = ", ".join(
        f"{symbol(key) if key != 'lr' else 'lr'} {typed(value)}" for key, value in lane.settings.items()
    )
    told = "".join(f", {symbol(name)} {number(now.state[name])}" for name in recipe.told)
    title = f"{_(rule.title)} ({lane.dialect_name})" if lane.dialect_name else _(rule.title)
    if not recipe.told and find(lane.optimizer).rule(lane.dialect).slots:
        told = _(" and nothing is remembered yet")
    return _(recipe.form).format(
        title=title, settings=settings, name="θ", theta=number(now.theta), state=told, g=number(now.g)
    )
