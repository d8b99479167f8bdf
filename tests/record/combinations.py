"""combinations.json: decay, clipping and schedules with every optimizer of torch, Keras, optax and schedulefree.

python -m tests.record combinations

The gradients are those of optimizers.json, spread over blocks as `tests.record.streams` says. Decay is the
optimizer's own argument wherever it has one; `made` says how optax was chained where it has none. torch's Rprop
takes no weight decay: it is recorded without. SparseAdam takes none either, and torch clips no sparse gradient:
it is recorded with the schedule only. Keras allows one kind of clipping at a time.
"""

from math import sqrt

from tests.record import files
from tests.record.drivers import DIRECTIONS, VERSIONS
from tests.record.drivers import record as drive
from tests.record.streams import VECTOR, stream

UPDATES = 15
#: Two vectors whose gradients differ in length by a factor of ten and more.
TWO = [[4, 1], [2, 1]]
MATRIX_AND_VECTOR = [[3, 2], [4, 1]]
TWO_MATRICES = [[3, 2], [2, 2]]

DECAY, NORM, VALUE = {"weight_decay": 0.1}, {"clip_norm": 1.0}, {"clip_value": 0.5}
GLOBAL = {"global_clip_norm": 1.0}
EXPONENTIAL = {"schedule": {"kind": "exponential", "factor": 0.9}}
STEP = {"schedule": {"kind": "step", "every": 5, "factor": 0.1}}
ALL = {**DECAY, **NORM, **EXPONENTIAL}
VARIANTS = [DECAY, NORM, VALUE, EXPONENTIAL, ALL]

TORCH = [
    ("SGD", {"lr": 0.01}),
    ("SGD", {"lr": 0.01, "momentum": 0.0}),
    ("SGD", {"lr": 0.01, "momentum": 0.9}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.01}),
    ("RMSprop", {"lr": 0.01}),
    ("RMSprop", {"lr": 0.01, "centered": True}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.9, "centered": True}),
    ("Adadelta", {"lr": 1.0}),
    ("Adam", {"lr": 0.01}),
    ("Adam", {"lr": 0.01, "amsgrad": True}),
    ("SparseAdam", {"lr": 0.01}),
    ("AdamW", {"lr": 0.01}),
    ("Adamax", {"lr": 0.01}),
    ("NAdam", {"lr": 0.01}),
    ("RAdam", {"lr": 0.01}),
    ("Rprop", {"lr": 0.01}),
    ("ASGD", {"lr": 0.01, "lambd": 0.01, "t0": 5.0}),
    ("Adafactor", {"lr": 0.1}),
    ("Muon", {"lr": 0.01}),
]
KERAS = [
    ("SGD", {"learning_rate": 0.01}),
    ("SGD", {"learning_rate": 0.01, "momentum": 0.0}),
    ("SGD", {"learning_rate": 0.01, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("RMSprop", {"learning_rate": 0.01}),
    ("RMSprop", {"learning_rate": 0.01, "centered": True}),
    ("RMSprop", {"learning_rate": 0.01, "momentum": 0.9}),
    ("RMSprop", {"learning_rate": 0.01, "momentum": 0.9, "centered": True}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adam", {"learning_rate": 0.01}),
    ("AdamW", {"learning_rate": 0.01}),
    ("Adamax", {"learning_rate": 0.01}),
    ("Nadam", {"learning_rate": 0.01}),
    ("Ftrl", {"learning_rate": 0.1}),
    ("Lion", {"learning_rate": 0.01}),
]
OPTAX = [
    ("sgd", {"learning_rate": 0.01}),
    ("sgd", {"learning_rate": 0.01, "momentum": 0.9}),
    ("rmsprop", {"learning_rate": 0.01}),
    ("adam", {"learning_rate": 0.01}),
    ("amsgrad", {"learning_rate": 0.01}),
    ("adamw", {"learning_rate": 0.01}),
    ("nadam", {"learning_rate": 0.01}),
    ("adabelief", {"learning_rate": 0.01}),
    ("yogi", {"learning_rate": 0.01}),
    ("adan", {"learning_rate": 0.01}),
    ("lion", {"learning_rate": 0.01}),
    ("sign_sgd", {"learning_rate": 0.01}),
    ("novograd", {"learning_rate": 0.01}),
    ("lars", {"learning_rate": 0.1}),
    ("lamb", {"learning_rate": 0.01}),
    ("adopt", {"learning_rate": 0.01}),
    ("muon", {"learning_rate": 0.01}),
]
SCHEDULE_FREE = [("SGDScheduleFree", {"lr": 0.01}), ("AdamWScheduleFree", {"lr": 0.01})]
EVERY = [("torch", *c) for c in TORCH] + [("keras", *c) for c in KERAS] + [("optax", *c) for c in OPTAX]
EVERY += [("schedulefree", *c) for c in SCHEDULE_FREE]
#: What the others do not take.
OTHERS = {"Rprop": [NORM, VALUE, EXPONENTIAL, {**NORM, **EXPONENTIAL}], "SparseAdam": [EXPONENTIAL]}

#: Rules over whole blocks: their blocks in every variant.
BLOCKS = {
    "Adafactor": MATRIX_AND_VECTOR, "Muon": TWO_MATRICES, "novograd": MATRIX_AND_VECTOR, "lars": MATRIX_AND_VECTOR,
    "lamb": MATRIX_AND_VECTOR, "muon": MATRIX_AND_VECTOR,
}  # fmt: skip


def configurations(gradients):
    """Yield (library, class, arguments, what combines with it) of every record."""
    for configuration in EVERY:
        yield from ((*configuration, extras) for extras in OTHERS.get(configuration[1], VARIANTS))
        if "momentum" in configuration[2] and configuration[1] in ("SGD", "sgd"):
            yield *configuration, STEP
    # both kinds of clipping, the norm first; Keras refuses them together
    yield "torch", "Adam", {"lr": 0.01}, {**NORM, **VALUE}
    yield "optax", "adam", {"learning_rate": 0.01}, {**NORM, **VALUE}
    # the norm of the first gradient exactly: torch shortens it even so, by c/(c + 1e-6)
    first = sqrt(sum(g * g for g in gradients[0]))
    yield "torch", "SGD", {"lr": 0.01, "momentum": 0.0}, {"clip_norm": first}
    yield "optax", "sgd", {"learning_rate": 0.01, "momentum": 0.0}, {"clip_norm": first}
    # c/norm over all blocks with the papers' arithmetic: what Keras calls the global norm
    yield "keras", "SGD", {"learning_rate": 0.01}, GLOBAL
    yield "keras", "SGD", {"learning_rate": 0.01, "momentum": 0.9}, GLOBAL
    yield "keras", "SGD", {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True}, GLOBAL
    yield "keras", "RMSprop", {"learning_rate": 0.01, "epsilon": 1e-8}, GLOBAL
    yield "keras", "Adadelta", {"learning_rate": 1.0, "epsilon": 1e-6}, GLOBAL


def made(library, name, extras):
    """Say how a record was made, where that is more than the class with its arguments."""
    if library == "optax" and "weight_decay" in extras and name in DIRECTIONS:
        return f"chain(what {name} scales by, add_decayed_weights, scale_by_learning_rate)"
    return ""


def record(_known):
    """Record every configuration."""
    reference, records = files.read("optimizers"), []
    for library, name, kwargs, extras in configurations(stream(reference, TWO)[1]):
        norm = "clip_norm" in extras or "global_clip_norm" in extras
        blocks = BLOCKS.get(name, TWO if norm else VECTOR)
        theta0, gradients = stream(reference, blocks)
        theta = drive(library, name, kwargs, blocks, theta0, gradients[:UPDATES], extras)
        said = {"made": made(library, name, extras)} if made(library, name, extras) else {}
        records.append(
            {
                "library": library,
                "class": name,
                "kwargs": kwargs,
                "extras": extras,
                **said,
                "blocks": blocks,
                "theta": theta,
            }
        )
    return {"about": "float64; theta[t] after update t+1", "version": VERSIONS, "records": records}
