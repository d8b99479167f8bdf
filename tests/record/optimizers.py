"""optimizers.json and more_optimizers.json: optimizers of torch 2.13.0, keras 3.15.1, optax 0.2.8, schedulefree 1.4.1.

python -m tests.record optimizers more_optimizers
"""

from tests.record import files
from tests.record.drivers import VERSIONS, record
from tests.record.streams import VECTOR, stream

UPDATES = 40
BLOCKS = [[3, 2], [4, 1]]
MATRIX = [[3, 2]]

#: What optimizers.json does not look at: (library, class, arguments, blocks of parameters).
MORE = [
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
        "keras", "Ftrl",
        {"learning_rate": 0.1, "l1_regularization_strength": 0.5, "l2_regularization_strength": 0.1}, VECTOR,
    ),
    ("optax", "adam", {"learning_rate": 0.01, "eps_root": 1e-4}, VECTOR),
    ("optax", "amsgrad", {"learning_rate": 0.01}, VECTOR),
    ("optax", "adamw", {"learning_rate": 0.01, "weight_decay": 0.1, "eps_root": 1e-4}, VECTOR),
    ("optax", "nadam", {"learning_rate": 0.01, "eps_root": 1e-4}, VECTOR),
    ("optax", "adan", {"learning_rate": 0.01, "weight_decay": 0.1}, VECTOR),
    ("optax", "lion", {"learning_rate": 0.01}, VECTOR),
    ("optax", "adopt", {"learning_rate": 0.01}, VECTOR),
    ("schedulefree", "SGDScheduleFree", {"lr": 0.01}, VECTOR),
    ("schedulefree", "SGDScheduleFree", {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.1}, VECTOR),
    ("schedulefree", "AdamWScheduleFree", {"lr": 0.01}, VECTOR),
    ("schedulefree", "AdamWScheduleFree", {"lr": 0.1, "weight_decay": 0.1}, VECTOR),
    ("optax", "novograd", {"learning_rate": 0.01}, BLOCKS),
    ("optax", "novograd", {"learning_rate": 0.01, "weight_decay": 0.1}, BLOCKS),
    ("optax", "lars", {"learning_rate": 0.1, "eps": 0.01}, BLOCKS),
    ("optax", "lamb", {"learning_rate": 0.01, "weight_decay": 0.1}, BLOCKS),
]  # fmt: skip


def record_optimizers(known):
    """Record anew what `known` holds: its classes and arguments, on its gradients."""
    theta0, gradients = known["theta0"], known["gradients"]
    records = []
    for old in known["records"]:
        made = {key: old[key] for key in ("library", "version", "class", "kwargs")}
        made["version"] = VERSIONS[old["library"]]
        made["theta"] = record(old["library"], old["class"], old["kwargs"], VECTOR, theta0, gradients)
        records.append(made)
    return {**known, "records": records}


def record_more(_known):
    """Record `MORE` on the gradients of optimizers.json."""
    reference, records = files.read("optimizers"), []
    for library, name, kwargs, blocks in MORE:
        theta0, gradients = stream(reference, blocks)
        theta = record(library, name, kwargs, blocks, theta0, gradients[:UPDATES])
        records.append({"library": library, "class": name, "kwargs": kwargs, "blocks": blocks, "theta": theta})
    return {"records": records}
