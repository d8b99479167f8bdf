"""wrappers.json: what goes around an optimizer, as optax 0.2.8 and torch 2.13.0 do it.

python -m tests.record wrappers

Lookahead, accumulation and averages are fed the gradients of optimizers.json. SAM needs gradients where it looks for
them: those of Rosenbrock's function.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax
import optax.contrib
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn, get_swa_avg_fn

from tests.record import files
from tests.record.drivers import VERSIONS
from tests.record.streams import stream

jax.config.update("jax_enable_x64", True)

UPDATES = 40
START = [-1.2, 1.0]
#: The learning rate of SAM's runs: on Rosenbrock's function small enough for all of them.
SLOW = 1e-4
#: Our optimizer, its dialect, its settings: the same class in optax and in torch.
GD = ("gd", "optax", {"lr": 0.01}, optax.sgd, torch.optim.SGD)
MOMENTUM = (
    "momentum", "pytorch", {"lr": 0.01, "momentum": 0.9}, lambda learning_rate: optax.sgd(learning_rate, 0.9),
    lambda parameters, lr: torch.optim.SGD(parameters, lr, momentum=0.9),
)  # fmt: skip
ADAM = ("adam", "pytorch", {"lr": 0.01}, optax.adam, torch.optim.Adam)


def lookahead(inner: Any, settings: dict[str, float], theta0: list[float], gradients: list[list[float]]) -> Any:
    """The fast parameters after every update."""
    wrapped = optax.lookahead(inner[3](inner[2]["lr"]), int(settings["lookahead"]), settings["lookahead_alpha"])
    parameters = optax.LookaheadParams.init_synced(jnp.array(theta0))
    state = wrapped.init(parameters)
    for g in gradients:
        updates, state = wrapped.update(jnp.array(g), state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        yield parameters.fast.tolist()


def accumulated(inner: Any, settings: dict[str, float], theta0: list[float], gradients: list[list[float]]) -> Any:
    """The parameters after every k-th gradient: losses over k, backwards one by one, then a step."""
    k = int(settings["accumulate"])
    theta = torch.nn.Parameter(torch.tensor(theta0, dtype=torch.float64))
    optimizer = inner[4]([theta], lr=inner[2]["lr"])
    for number, g in enumerate(gradients, 1):
        loss = torch.tensor(g, dtype=torch.float64) @ theta / k
        loss.backward()
        if number % k == 0:
            optimizer.step()
            optimizer.zero_grad()
            yield theta.detach().tolist()


def averages(inner: Any, settings: dict[str, float], theta0: list[float], gradients: list[list[float]]) -> Any:
    """The average after every update from the first that it takes in."""
    model = torch.nn.Module()
    model.theta = torch.nn.Parameter(torch.tensor(theta0, dtype=torch.float64))
    optimizer = inner[4](model.parameters(), lr=inner[2]["lr"])
    decay = settings.get("average_decay")
    average = AveragedModel(model, avg_fn=get_swa_avg_fn() if decay is None else get_ema_avg_fn(decay))
    for update, g in enumerate(gradients, 1):
        model.theta.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        if update >= settings["average_from"]:
            average.update_parameters(model)
            yield average.module.theta.detach().tolist()


def sam(inner: Any, settings: dict[str, float], _theta0: Any, _gradients: Any) -> Any:
    """The parameters after every update on Rosenbrock's function."""
    gradient = jax.grad(lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2)
    uphill = optax.chain(optax.contrib.normalize(), optax.sgd(settings["sam_rho"]))
    wrapped = optax.contrib.sam(inner[3](SLOW), uphill, sync_period=2, opaque_mode=True)
    parameters = jnp.array(START)
    state = wrapped.init(parameters)
    for _ in range(UPDATES):
        updates, state = wrapped.update(gradient(parameters), state, parameters, grad_fn=lambda p, _step: gradient(p))
        parameters = optax.apply_updates(parameters, updates)
        yield parameters.tolist()


CASES = [
    *((lookahead, inner, {"lookahead": k, "lookahead_alpha": a}) for inner in (GD, MOMENTUM, ADAM)
      for k, a in ((5, 0.5), (3, 0.8))),
    *((accumulated, inner, {"accumulate": k}) for inner in (GD, MOMENTUM, ADAM) for k in (2, 4)),
    *((averages, inner, settings) for inner in (GD, ADAM)
      for settings in ({"average_from": 1}, {"average_from": 11}, {"average_from": 1, "average_decay": 0.9})),
    *((sam, inner, {"sam_rho": rho}) for inner in (GD, MOMENTUM, ADAM) for rho in (0.05, 0.2)),
]  # fmt: skip


def record(_known: Any) -> dict[str, Any]:
    """Record every case."""
    theta0, gradients = stream(files.read("optimizers"))
    records = []
    for case, inner, settings in CASES:
        own = {**inner[2], "lr": SLOW} if case is sam else inner[2]
        theta = list(case(inner, settings, theta0, gradients[:UPDATES]))
        records.append(
            {
                "wrapper": case.__name__,
                "optimizer": inner[0],
                "dialect": inner[1],
                "settings": {**own, **settings},
                "theta": theta,
            }
        )
    version = {key: VERSIONS[key] for key in ("torch", "optax")}
    return {"version": version, "start": START, "records": records}
