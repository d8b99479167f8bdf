"""The update rules, one file a family: rules and nothing else. The order of import is the order of the catalogue."""

from gdtui.optimizers.rules import first_order  # isort: skip
from gdtui.optimizers.rules import adagrad, rmsprop, adadelta  # isort: skip
from gdtui.optimizers.rules import adam, adam_variants  # isort: skip
from gdtui.optimizers.rules import sign_based, novograd, rprop, asgd, ftrl  # isort: skip
from gdtui.optimizers.rules import layerwise, adafactor, muon  # isort: skip
from gdtui.optimizers.rules import second_order, lbfgs  # isort: skip

__all__ = [
    "adadelta", "adafactor", "adagrad", "adam", "adam_variants", "asgd", "first_order", "ftrl", "layerwise", "lbfgs",
    "muon", "novograd", "rmsprop", "rprop", "second_order", "sign_based",
]  # fmt: skip
