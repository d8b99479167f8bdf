"""What the tests of rules share: every rule of the registry, and a state to run one in."""

import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from gdtui.optimizers import REGISTRY, Rule, Stepping, Task, find
from gdtui.optimizers.language.block_rule import BlockRule

#: Every rule with a kernel. Solvers have none; test_second_order tests them.
RULES = [rule for o in REGISTRY.values() for rule in o.rules if rule.stepping == Stepping.COMPILED]


def rule_id(rule):
    options = [key if value else f"no-{key}" for key, value in rule.options.items()]
    return "-".join([rule.name, rule.dialects[0], *options])


@cache
def reference():
    return json.loads((Path(__file__).parents[1] / "reference" / "optimizers.json").read_text(encoding="utf-8"))


def one_block(d):
    return np.array([[0, d, 1]], dtype=np.int64)


def matrix_block(rows, cols):
    return np.array([[0, rows, cols]], dtype=np.int64)


def refused(rule, blocks):
    """Why the rule cannot work on these blocks, as a sentence; "" where it can."""
    return str(rule.refusal(Task("anything", np.array(blocks, dtype=np.int64))) or "")


def blocks_for(rule, d):
    """Return one block of d coordinates, of a shape that the rule takes."""
    if isinstance(rule, BlockRule) and rule.matrices_only:
        return matrix_block(2, d // 2)
    return one_block(d)


def relative_error(found, wanted):
    """Return how far off each number is, as a part of the right one; 0 where it is that."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(found == wanted, 0.0, np.abs(found - wanted) / np.abs(wanted))


def interpreted(text, theta, g, t, slots, hyper):
    """Call a rule's function in Python; return the final value of each of its names, θ's new value as "theta"."""
    caught = {}

    def catch(frame, event, _result):
        if event == "return" and frame.f_code is text.function.__code__:
            caught.update(frame.f_locals)

    previous = sys.getprofile()
    sys.setprofile(catch)
    try:
        new = text.function(theta, g, t, **slots, **hyper)
    finally:
        sys.setprofile(previous)
    return {**caught, "theta": new}


@dataclass
class State:
    """The state of one rule, driven by its kernel."""

    rule: Rule
    theta: np.ndarray
    slots: np.ndarray
    hyper: np.ndarray
    blocks: np.ndarray
    t: int = 0

    @classmethod
    def start(cls, rule, theta, settings=None, blocks=None):
        theta = np.array(theta, dtype=np.float64)
        values = {**rule.defaults, **(settings or {})}
        assert set(values) == set(rule.defaults), set(values) - set(rule.defaults)
        slots = rule.initial_slots(theta, values)
        hyper = np.array([values[info.name] for info in rule.hyper])
        return cls(rule, theta, slots, hyper, blocks_for(rule, len(theta)) if blocks is None else blocks)

    def copy(self):
        return State(self.rule, self.theta.copy(), self.slots.copy(), self.hyper.copy(), self.blocks, self.t)

    def update(self, g):
        self.t += 1
        g = np.array(g, dtype=np.float64)
        with np.errstate(all="ignore"):
            self.rule.kernel(self.theta, g, self.slots, self.hyper, float(self.t), self.blocks)
        return self.theta

    def probe(self, g, coords=None):
        """Return what the next update will compute, by name, one number per coordinate."""
        coords = np.arange(len(self.theta)) if coords is None else np.array(coords, dtype=np.int64)
        out = np.full((len(self.rule.symbols), len(coords)), 777.0)
        arguments = [self.theta, np.array(g, dtype=np.float64), self.slots, self.hyper, float(self.t + 1), coords, out]
        arguments.append(self.blocks)
        with np.errstate(all="ignore"):
            self.rule.probe(*arguments)
        return dict(zip(self.rule.symbols, out, strict=True))

    def settings(self):
        return dict(zip(self.rule.defaults, self.hyper, strict=True))

    def interpret(self, g):
        """Return every name of the text called in Python, one number per coordinate; nothing changes."""
        g = np.array(g, dtype=np.float64)
        with np.errstate(all="ignore"):
            parts = self._by_block(g) if isinstance(self.rule, BlockRule) else self._by_coordinate(g)
        names = dict.fromkeys(name for part in parts for name in part)
        missing = [np.full(len(part["theta"]), np.nan) for part in parts]  # names of another text
        return {n: np.concatenate([p.get(n, m) for p, m in zip(parts, missing, strict=True)]) for n in names}

    def _by_coordinate(self, g):
        hyper = {key: np.float64(value) for key, value in self.settings().items()}
        parts = []
        for i in range(len(g)):
            slots = {slot.name: self.slots[k, i] for k, slot in enumerate(self.rule.slots)}
            names = interpreted(self.rule.texts[0], self.theta[i], g[i], np.float64(self.t + 1), slots, hyper)
            parts.append({name: np.array([value], dtype=np.float64) for name, value in names.items()})
        return parts

    def _by_block(self, g):
        hyper = {key: np.float64(value) for key, value in self.settings().items()}
        parts = []
        for first, rows, cols in self.blocks:
            span = slice(first, first + rows * cols)
            text = self.rule.text_for(cols)
            shape = (rows, cols) if self.rule.matrices_only or text is not self.rule.texts[0] else (rows * cols,)
            slots = {slot.name: self.slots[k, span].reshape(shape) for k, slot in enumerate(self.rule.slots)}
            theta, t = self.theta[span].reshape(shape), np.float64(self.t + 1)
            names = interpreted(text, theta, g[span].reshape(shape), t, slots, hyper)
            parts.append({name: np.broadcast_to(value, shape).ravel() for name, value in names.items()})
        return parts


# The recordings ----------------------------------------------------------------------------------

#: (library, class) → (optimizer, dialect), unless the keywords decide.
CLASSES = {
    ("torch", "SGD"): ("gd", None), ("keras", "SGD"): ("gd", None), ("optax", "sgd"): ("momentum", "optax"),
    ("optax", "sign_sgd"): ("signsgd", "optax"), ("schedulefree", "SGDScheduleFree"): ("schedule-free-sgd", None),
    ("schedulefree", "AdamWScheduleFree"): ("schedule-free-adamw", None),
}  # fmt: skip
DIALECT = {"torch": "pytorch", "keras": "keras", "optax": "optax", "schedulefree": "schedulefree"}
#: Names of hyperparameters: the library's → gdtui's.
KEYS = {
    "learning_rate": "lr", "alpha": "beta", "epsilon": "eps", "initial_accumulator_value": "initial_accumulator",
    "l1_regularization_strength": "l1", "l2_regularization_strength": "l2",
}  # fmt: skip


def recorded(record):
    """Return (rule, settings, L2 weight decay added to the gradient) of a recording."""
    library, name, kwargs = record["library"], record["class"], dict(record["kwargs"])
    optimizer, dialect = CLASSES.get((library, name), (name.lower(), DIALECT[library]))
    options = {}
    if name == "SGD" and "momentum" in kwargs:
        optimizer = "nesterov" if kwargs.pop("nesterov", False) else "momentum"
        dialect = DIALECT[library]
    if kwargs.pop("amsgrad", False):
        optimizer = "amsgrad"
    if name == "RMSprop":
        options = {"centered": bool(kwargs.pop("centered", False)), "momentum": "momentum" in kwargs}
    rule = find(optimizer).rule(dialect, options)
    settings = {KEYS.get(key, key): float(value) for key, value in kwargs.items()}
    decay = 0.0 if "weight_decay" in rule.defaults else settings.pop("weight_decay", 0.0)
    return rule, settings, decay


def recording_id(record):
    blocks = ["x".join(map(str, block)) for block in record.get("blocks", [])]
    return "-".join([record["library"], record["class"], *(f"{k}={v}" for k, v in record["kwargs"].items()), *blocks])
