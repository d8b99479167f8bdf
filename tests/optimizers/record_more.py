"""Record what the libraries do where tests/reference/optimizers.json does not look; not run by the tests.

In an environment with torch 2.13.0, keras 3.15.1, optax 0.2.8 and jax:
    KERAS_BACKEND=jax JAX_ENABLE_X64=1 python tests/optimizers/record_more.py

The gradients are those of optimizers.json. A record with "blocks" is over several blocks of parameters,
rows x columns each; their gradients follow the stream from a later update on (see `stream`).
Muon is recorded with its bfloat16 casts taken out: the rule here works in float64.
"""

import itertools
import json
from pathlib import Path

HERE = Path(__file__).parent
VECTOR = [[4, 1]]
BLOCKS = [[3, 2], [4, 1]]
MATRIX = [[3, 2]]

FTRL = {"learning_rate": 0.1, "l1_regularization_strength": 0.5, "l2_regularization_strength": 0.1}

CONFIGURATIONS = [
    ("torch", "RMSprop", {"lr": 0.01, "alpha": 0.9, "centered": True, "momentum": 0.9}, VECTOR),
    ("torch", "NAdam", {"lr": 0.01, "momentum_decay": 0.05}, VECTOR),
    ("torch", "ASGD", {"lr": 0.01, "lambd": 0.01, "t0": 10.0}, VECTOR),
    ("torch", "Rprop", {"lr": 0.5}, VECTOR),
    ("torch", "Adafactor", {"lr": 0.01}, BLOCKS),
    ("torch", "Adafactor", {"lr": 0.3, "d": 2.0, "weight_decay": 0.1}, BLOCKS),
    ("torch", "Muon", {"lr": 0.01}, MATRIX),
    ("torch", "Muon", {"lr": 0.1, "weight_decay": 0.0, "momentum": 0.5}, [[2, 5]]),
    ("keras", "RMSprop", {"learning_rate": 0.01, "centered": True}, VECTOR),
    ("keras", "RMSprop", {"learning_rate": 0.01, "momentum": 0.9}, VECTOR),
    (
        "keras",
        "Ftrl",
        {"learning_rate": 0.1, "l1_regularization_strength": 0.5, "l2_regularization_strength": 0.1},
        VECTOR,
    ),
    ("optax", "adam", {"learning_rate": 0.01, "eps_root": 1e-4}, VECTOR),
    ("optax", "amsgrad", {"learning_rate": 0.01}, VECTOR),
    ("optax", "adamw", {"learning_rate": 0.01, "weight_decay": 0.1, "eps_root": 1e-4}, VECTOR),
    ("optax", "nadam", {"learning_rate": 0.01, "eps_root": 1e-4}, VECTOR),
    ("optax", "adan", {"learning_rate": 0.01, "weight_decay": 0.1}, VECTOR),
    ("optax", "lion", {"learning_rate": 0.01}, VECTOR),
    ("optax", "novograd", {"learning_rate": 0.01}, BLOCKS),
    ("optax", "novograd", {"learning_rate": 0.01, "weight_decay": 0.1}, BLOCKS),
    ("optax", "lars", {"learning_rate": 0.1, "eps": 0.01}, BLOCKS),
    ("optax", "lamb", {"learning_rate": 0.01, "weight_decay": 0.1}, BLOCKS),
]


def stream(reference, blocks):
    """Return (theta0, gradients) for blocks of parameters: block b reads the stream b·7 updates later."""
    theta0, gradients = [], [[] for _ in reference["gradients"]]
    for b, (rows, cols) in enumerate(blocks):
        size = rows * cols
        theta0 += [reference["theta0"][i % 4] * (1 + i // 4 + b) for i in range(size)]
        for t, row in enumerate(gradients):
            later = [reference["gradients"][(t + 7 * b + 11 * (i // 4)) % 60][i % 4] for i in range(size)]
            row += later
    return theta0, gradients


def record_torch(name, kwargs, blocks, theta0, gradients):
    import torch
    from torch.optim import _muon

    torch.set_default_dtype(torch.float64)  # NAdam and ASGD keep scalars in the default type

    def orthogonal(g, coefficients, steps, eps):
        a, b, c = coefficients
        x = g / max(float(g.norm()), eps)
        for _ in range(steps):
            gram = x @ x.T
            x = a * x + (b * gram + c * gram @ gram) @ x
        return x

    _muon._zeropower_via_newtonschulz = orthogonal
    split = [rows * cols for rows, cols in blocks]
    shapes = [(rows, cols) if cols > 1 else (rows,) for rows, cols in blocks]

    def parts(flat):
        pieces = torch.tensor(flat, dtype=torch.float64).split(split)
        return [piece.reshape(shape).clone() for piece, shape in zip(pieces, shapes, strict=True)]

    parameters = [torch.nn.Parameter(p) for p in parts(theta0)]
    optimizer = getattr(torch.optim, name)(parameters, **kwargs)
    for g in gradients:
        for parameter, grad in zip(parameters, parts(g), strict=True):
            parameter.grad = grad
        optimizer.step()
        yield torch.cat([p.detach().reshape(-1) for p in parameters]).tolist()


def record_keras(name, kwargs, blocks, theta0, gradients):
    import keras
    import numpy as np

    keras.config.set_floatx("float64")
    variable = keras.Variable(np.array(theta0), dtype="float64")
    optimizer = getattr(keras.optimizers, name)(**kwargs)
    optimizer.build([variable])
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(np.array(g))])
        yield np.asarray(variable.value).tolist()


def record_optax(name, kwargs, blocks, theta0, gradients):
    import numpy as np
    import optax

    bounds = np.cumsum([0, *(rows * cols for rows, cols in blocks)])

    def parts(flat):
        return [np.array(flat[a:b]) for a, b in itertools.pairwise(bounds)]

    parameters = parts(theta0)
    optimizer = getattr(optax, name)(**kwargs)
    state = optimizer.init(parameters)
    for g in gradients:
        updates, state = optimizer.update(parts(g), state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        yield np.concatenate([np.asarray(p) for p in parameters]).tolist()


def main():
    reference = json.loads((HERE.parent / "reference" / "optimizers.json").read_text(encoding="utf-8"))
    records = []
    for library, name, kwargs, blocks in CONFIGURATIONS:
        theta0, gradients = stream(reference, blocks)
        run = {"torch": record_torch, "keras": record_keras, "optax": record_optax}[library]
        rows = list(run(name, kwargs, blocks, theta0, gradients[:40]))
        records.append({"library": library, "class": name, "kwargs": kwargs, "blocks": blocks, "theta": rows})
    text = json.dumps({"records": records}).replace('{"library"', '\n{"library"')
    (HERE / "more_recordings.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
