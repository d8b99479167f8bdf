"""Questions for what will happen: which lane is lower, whether a rate diverges, which way a step goes."""

from __future__ import annotations

import math

from gdtui.objectives.specs import DatasetSpec, ExpressionSpec, SurfaceSpec, TapeSpec
from gdtui.scenario.quiz.mistakes import choices_of, tolerance
from gdtui.scenario.quiz.situation import Dice, Situation
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.text import _, number, typed
from gdtui.verbs import Step
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import Ahead
from gdtui.verbs.show import Show

#: How many times lower a lane must be for a question about it.
CLEARLY = 3.0


def lower_lane(dice: Dice) -> Situation | None:
    """Ask which of two lanes has the lower loss after some updates; None unless one is lower by far."""
    surface = dice.pick(("ravine", "sphere", "rosenbrock", "valley", "plateau", "quadratic"))
    optimizers = dice.mixed(("gd", "momentum", "adam", "rmsprop", "adagrad"))[:2]
    rates = [dice.pick((0.001, 0.01, 0.1)) for _lane in optimizers]
    updates = dice.pick((10, 30, 100))
    lanes = tuple(Lane(name, name, settings={"lr": lr}) for name, lr in zip(optimizers, rates, strict=True))
    experiment = Experiment(SurfaceSpec(name=surface), lanes)
    losses = [lane.scalar("loss") for lane in Session(experiment).apply(Step(updates)).lanes]
    if not all(map(math.isfinite, losses)) or min(losses) <= 0 or max(losses) < CLEARLY * min(losses):
        return None
    first, second = optimizers
    words = _(
        "On {surface}, {first} with lr {lr1} and {second} with lr {lr2} start at the same point. "
        "Which has the lower loss after {n} updates?"
    )
    ask = Ask(
        words.format(surface=surface, first=first, lr1=typed(rates[0]), second=second, lr2=typed(rates[1]), n=updates),
        answer=optimizers[losses.index(min(losses))], choices=tuple(optimizers), after=Ahead(updates),
        check_=(f"{first}.loss < {second}.loss", f"{second}.loss < {first}.loss"),
    )  # fmt: skip
    return Situation("methods", experiment, 0, ask, Show("loss"))


def stable_rate(dice: Dice) -> Situation | None:
    """Ask what a learning rate does on a parabola: its factor is 1 − lr·curvature."""
    curvature = dice.pick((1.0, 2.0, 4.0, 5.0, 10.0, 20.0))
    factor = dice.pick((0.75, 0.5, 0.2, -0.5, -0.8, -1.0, -1.2, -2.0))
    lr = (1.0 - factor) / curvature
    experiment = Experiment(
        ExpressionSpec(
            formula=_parabola(curvature).replace("·", "*").replace("²", "^2"), domain=((-4.0, 4.0),), start=(1.0,)
        ),
        (Lane("gd", "gd", settings={"lr": lr}),),
    )
    outcomes = (
        (_("it comes nearer to 0 on the same side"), factor > 0, "gd.theta[0] > 0"),
        (
            _("it jumps to the other side and is nearer to 0"), -1 < factor <= 0,
            "gd.theta[0] < 0 and gd.theta[0] > -0.999",
        ),
        (_("it jumps to the other side, as far from 0"), factor == -1, "gd.theta[0] < -0.999 and gd.theta[0] > -1.001"),
        (_("it jumps to the other side and is farther away"), factor < -1, "gd.theta[0] < -1.001"),
    )  # fmt: skip
    words = _(
        "The loss is {formula}, so its curvature is {curvature}. Plain descent starts at x = 1 with lr {lr}. "
        "What will one update do to x?"
    )
    ask = Ask(
        words.format(formula=_parabola(curvature), curvature=f"{curvature:g}", lr=number(lr)),
        answer=next(text for text, true, _claim in outcomes if true),
        choices=tuple(text for text, _true, _claim in outcomes), after=Ahead(1),
        check_=tuple(claim for _text, _true, claim in outcomes),
        why=_("The factor is 1 − {lr}·{curvature} = {factor}.").format(
            lr=number(lr), curvature=f"{curvature:g}", factor=number(factor)
        ),
    )  # fmt: skip
    return Situation("rate", experiment, 0, ask, Show("theta", coordinate=0))


def _parabola(curvature: float) -> str:
    return "x²" if curvature == 2 else f"{curvature / 2:g}·x²"


def way_of_step(dice: Dice) -> Situation | None:
    """Ask which way a step goes where the velocity and the gradient disagree."""
    first, second = dice.pick((1.0, 2.0, 4.0)), dice.pick((0.5, 1.0, 1.5, 2.0, 3.0, 5.0))
    sign, mu = dice.pick((1.0, -1.0)), dice.pick((0.5, 0.9))
    if abs(mu * first - second) < 0.05:
        return None
    lane = Lane("momentum", "momentum", "pytorch", settings={"lr": 0.1, "momentum": mu})
    experiment = Experiment(TapeSpec(gradients=((sign * first,), (-sign * second,)), start=(0.0,)), (lane,))
    rises = sign * (mu * first - second) < 0
    words = _(
        "Momentum keeps v = {mu}·v + g and makes the step −lr·v. v is {v} now, and the next gradient is {g}. "
        "What will θ do?"
    )
    ask = Ask(
        words.format(mu=typed(mu), v=number(sign * first), g=number(-sign * second)),
        answer=_("rise") if rises else _("fall"), choices=(_("rise"), _("fall")), after=Ahead(1),
        check_=("momentum.theta[0] > before", "momentum.theta[0] < before"),
    )  # fmt: skip
    return Situation("momentum", experiment, 1, ask, Show("velocity", coordinate=0))


def bias_of_average(dice: Dice) -> Situation | None:
    """Ask how much of a constant gradient is in Adam's m after a few updates: 1 − βᵗ."""
    beta, t, g = dice.pick((0.9, 0.5, 0.8)), dice.pick((1, 2, 3)), dice.pick((1.0, 10.0, 2.0))
    lane = Lane("adam", "adam", "paper", settings={"lr": 0.1, "beta1": beta})
    experiment = Experiment(TapeSpec(gradients=((g,),) * t, start=(0.0,)), (lane,))
    wrong = (
        g * beta**t,
        g,
        g * (1 - beta) / (1 - beta**t),
        g * (1 - beta),
        g * t * (1 - beta),
        g * (1 - beta ** (t + 1)),
    )
    choices = choices_of(g * (1 - beta**t), wrong, ())
    if choices is None:
        return None
    words = (
        _("Every gradient is {g}. Adam's m begins at 0, β₁ is {beta}. What is m after {t} updates, uncorrected?")
        if t > 1
        else _("Every gradient is {g}. Adam's m begins at 0, β₁ is {beta}. What is m after 1 update, uncorrected?")
    )
    ask = Ask(
        words.format(g=number(g), beta=typed(beta), t=t), answer=choices[0], choices=tuple(dice.mixed(choices)),
        of="adam.m[0]", after=Ahead(t), abs=tolerance(choices),
    )  # fmt: skip
    return Situation("adam", experiment, 0, ask, Show("velocity", coordinate=0))


def updates_of_epochs(dice: Dice) -> Situation | None:
    """Ask how many updates some epochs are."""
    rows, batch, epochs = dice.pick((100, 200, 400, 1000)), dice.pick((1, 10, 20, 50, 100)), dice.pick((1, 2, 3, 5))
    updates = rows // batch * epochs
    lane = Lane("gd", "gd", settings={"lr": 0.01}, sampling=Sampling(batch))
    experiment = Experiment(DatasetSpec(name="linear-4-3", rows=rows), (lane,))
    wrong = (rows * epochs, rows // batch, batch * epochs, epochs, rows)
    choices = choices_of(float(updates), map(float, wrong), (2.0 * updates,))
    if choices is None:
        return None
    words = (
        _("{rows} rows in batches of {batch}. How many updates are {epochs} epochs?")
        if epochs > 1
        else _("{rows} rows in batches of {batch}. How many updates is one epoch?")
    )
    ask = Ask(
        words.format(rows=rows, batch=batch, epochs=epochs), answer=choices[0], choices=tuple(dice.mixed(choices)),
        of="gd.update", after=Ahead(epoch=epochs), abs=0.0,
    )  # fmt: skip
    return Situation("batches", experiment, 0, ask, Show("loss"))


def shrinking_step(dice: Dice) -> Situation | None:
    """Ask how long AdaGrad's step is after many equal gradients: lr/√t."""
    t, g, lr = dice.pick((4, 9, 16, 25, 100)), dice.pick((1.0, 2.0, 10.0)), dice.pick((0.1, 1.0, 0.5))
    experiment = Experiment(
        TapeSpec(gradients=((g,),) * t, start=(0.0,)), (Lane("adagrad", "adagrad", "notes", settings={"lr": lr}),)
    )
    choices = choices_of(lr / math.sqrt(t), (lr / t, lr, lr * g, lr * g / math.sqrt(t), lr * math.sqrt(t)), ())
    if choices is None:
        return None
    words = _("Every gradient is {g}. How long is AdaGrad's step number {t}, with lr {lr}?")
    ask = Ask(
        words.format(g=number(g), t=t, lr=typed(lr)), answer=choices[0], choices=tuple(dice.mixed(choices)),
        of="adagrad.step_norm", after=Ahead(t), abs=tolerance(choices),
    )  # fmt: skip
    return Situation("adagrad", experiment, 0, ask, Show("step_norm"))
