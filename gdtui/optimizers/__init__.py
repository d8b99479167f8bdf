"""The update rules: one file a family, a file shows rules and nothing else.

`base` holds the decorator and the records it makes; `roles` the words of a rule's signature;
`blocks` the second kind, over whole blocks of parameters; `solvers` the third, which evaluate
where they want.
"""

from gdtui.optimizers.base import REGISTRY, Optimizer
from gdtui.optimizers.rule import ParameterError, Rule, nearest

# The order of import is the order in which the optimizers are listed.
from gdtui.optimizers import first_order  # isort: skip
from gdtui.optimizers import adagrad, rmsprop, adadelta  # isort: skip
from gdtui.optimizers import adam, adam_kin  # isort: skip
from gdtui.optimizers import sign_based, novograd, rprop, asgd, ftrl  # isort: skip
from gdtui.optimizers import layerwise, adafactor, muon  # isort: skip
from gdtui.optimizers import second_order, lbfgs  # isort: skip

__all__ = [
    "REGISTRY", "Optimizer", "ParameterError", "Rule", "adadelta", "adafactor", "adagrad", "adam", "adam_kin", "asgd",
    "find", "first_order", "ftrl", "layerwise", "lbfgs", "muon", "nearest", "novograd", "rmsprop", "rprop",
    "second_order", "sign_based",
]  # fmt: skip


def find(name: str) -> Optimizer:
    """Return the optimizer of that name.

    Raises
    ------
    ParameterError
        there is none; the message suggests the nearest.
    """
    if name not in REGISTRY:
        raise ParameterError("optimizer", f"there is no optimizer {name!r}", nearest(name, list(REGISTRY)))
    return REGISTRY[name]
