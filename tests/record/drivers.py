"""Drive an optimizer of torch, Keras, optax or schedulefree over given gradients, in float64.

`extras` are what combines with it, by our names: weight_decay, clip_norm, clip_value, global_clip_norm (Keras
has both norms), schedule ({"kind": "exponential", "factor": 0.9} or {"kind": "step", "every": 5, "factor": 0.1}).

torch's Muon runs with its bfloat16 casts taken out: the rule that it is compared with works in float64. optax's
Muon gets matrices as inputs x outputs, the transpose of torch's, as Flax has them.
"""

import os
from functools import partial
from importlib.metadata import version
from itertools import pairwise

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import keras
import numpy as np
import optax
import optax.contrib
import schedulefree
import torch
from torch.optim import _muon, lr_scheduler

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)  # NAdam and ASGD keep scalars in the default type
keras.config.set_floatx("float64")

VERSIONS = {"torch": torch.__version__, "keras": keras.__version__, "optax": optax.__version__}
VERSIONS["schedulefree"] = version("schedulefree")


def record(library, name, kwargs, blocks, theta0, gradients, extras=None):
    """Return the parameters after every update, one flat list an update."""
    return list(DRIVERS[library](name, kwargs, blocks, theta0, gradients, extras or {}))


def parts(flat, blocks):
    """Return the blocks of a flat list of numbers; a block of one column is a vector."""
    bounds = np.cumsum([0, *(rows * cols for rows, cols in blocks)])
    shapes = [(rows, cols) if cols > 1 else (rows,) for rows, cols in blocks]
    return [np.array(flat[a:b]).reshape(shape) for (a, b), shape in zip(pairwise(bounds), shapes, strict=True)]


def flat(blocks):
    return np.concatenate([np.asarray(block).reshape(-1) for block in blocks]).tolist()


# torch -------------------------------------------------------------------------------------------


def _orthogonal(g, coefficients, steps, eps):
    a, b, c = coefficients
    x = g / max(float(g.norm()), eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


_muon._zeropower_via_newtonschulz = _orthogonal


def _torch_schedule(optimizer, kind="constant", every=1, factor=1.0):
    if kind == "step":
        return lr_scheduler.StepLR(optimizer, step_size=every, gamma=factor)
    return lr_scheduler.ExponentialLR(optimizer, gamma=factor)


def torch_updates(name, kwargs, blocks, theta0, gradients, extras):
    parameters = [torch.nn.Parameter(torch.from_numpy(part)) for part in parts(theta0, blocks)]
    decay = {"weight_decay": extras["weight_decay"]} if "weight_decay" in extras else {}
    library = torch.optim if hasattr(torch.optim, name) else schedulefree
    optimizer = getattr(library, name)(parameters, **kwargs, **decay)
    if hasattr(optimizer, "train"):  # schedule-free: the parameters are y
        optimizer.train()
    scheduler = _torch_schedule(optimizer, **extras.get("schedule", {}))
    for g in gradients:
        for parameter, grad in zip(parameters, parts(g, blocks), strict=True):
            parameter.grad = torch.from_numpy(grad)
            if name == "SparseAdam":
                parameter.grad = parameter.grad.to_sparse()
        if "clip_norm" in extras:
            torch.nn.utils.clip_grad_norm_(parameters, extras["clip_norm"])
        if "clip_value" in extras:
            torch.nn.utils.clip_grad_value_(parameters, extras["clip_value"])
        optimizer.step()
        scheduler.step()
        yield flat(p.detach() for p in parameters)


# Keras -------------------------------------------------------------------------------------------

KERAS_KEYS = {
    "weight_decay": "weight_decay", "clip_norm": "clipnorm", "clip_value": "clipvalue",
    "global_clip_norm": "global_clipnorm",
}  # fmt: skip


def _keras_schedule(lr, kind="constant", every=1, factor=1.0):
    if kind == "constant":
        return lr
    decay = keras.optimizers.schedules.ExponentialDecay
    return decay(lr, decay_steps=every, decay_rate=factor, staircase=kind == "step")


def keras_updates(name, kwargs, blocks, theta0, gradients, extras):
    variables = [keras.Variable(part, dtype="float64") for part in parts(theta0, blocks)]
    own = {KERAS_KEYS[key]: value for key, value in extras.items() if key in KERAS_KEYS}
    rate = _keras_schedule(kwargs["learning_rate"], **extras.get("schedule", {}))
    optimizer = getattr(keras.optimizers, name)(**{**kwargs, "learning_rate": rate, **own})
    optimizer.build(variables)
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(part) for part in parts(g, blocks)])
        yield flat(v.value for v in variables)


# optax -------------------------------------------------------------------------------------------

#: Those whose own weight_decay argument is optax's way.
OWN_DECAY = ("adamw", "adan", "lamb", "lars", "lion", "muon", "novograd")
#: What stands before add_decayed_weights and scale_by_learning_rate where the factory takes no weight_decay:
#: the parts that the factory itself chains, in adamw's order.
DIRECTIONS = {
    "sgd": lambda momentum=0.0: optax.trace(decay=momentum) if momentum else optax.identity(),
    "adabelief": optax.scale_by_belief,
    "adopt": optax.contrib.scale_by_adopt,
    "adam": optax.scale_by_adam,
    "amsgrad": optax.scale_by_amsgrad,
    "nadam": partial(optax.scale_by_adam, nesterov=True),
    "rmsprop": partial(optax.scale_by_rms, decay=0.9, eps=1e-8),
    "sign_sgd": optax.scale_by_sign,
    "yogi": optax.scale_by_yogi,
}


def _optax_schedule(lr, kind="constant", every=1, factor=1.0):
    if kind == "constant":
        return lr
    schedule = optax.exponential_decay(lr, transition_steps=every, decay_rate=factor, staircase=kind == "step")
    return lambda count: schedule(count.astype("float64"))  # of a 32-bit count it gives a 32-bit rate


def _optax_optimizer(name, kwargs, extras):
    given = {**kwargs, "learning_rate": _optax_schedule(kwargs["learning_rate"], **extras.get("schedule", {}))}
    decay = extras.get("weight_decay")
    factory = getattr(optax, name, None) or getattr(optax.contrib, name)
    if decay is None:
        return factory(**given)
    if name in OWN_DECAY:
        return factory(**given, weight_decay=decay)
    rate = given.pop("learning_rate")
    direction = DIRECTIONS[name](**given)
    return optax.chain(direction, optax.add_decayed_weights(decay), optax.scale_by_learning_rate(rate))


def optax_updates(name, kwargs, blocks, theta0, gradients, extras):
    chain = [_optax_optimizer(name, kwargs, extras)]
    if "clip_value" in extras:
        chain.insert(0, optax.clip(extras["clip_value"]))
    if "clip_norm" in extras:
        chain.insert(0, optax.clip_by_global_norm(extras["clip_norm"]))
    optimizer = optax.chain(*chain)
    turn = (lambda part: part.T) if name == "muon" else (lambda part: part)
    parameters = [turn(part) for part in parts(theta0, blocks)]
    state = optimizer.init(parameters)
    for g in gradients:
        updates, state = optimizer.update([turn(part) for part in parts(g, blocks)], state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        yield flat(turn(part) for part in parameters)


DRIVERS = {"torch": torch_updates, "keras": keras_updates, "optax": optax_updates, "schedulefree": torch_updates}
