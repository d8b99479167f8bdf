"""The update rules: one file a family, a file shows rules and nothing else.

`base` holds the decorator and the records it makes; `roles` the words of a rule's signature;
`blocks` the second kind, over whole blocks of parameters; `solvers` the third, which evaluate
where they want.
"""

from gdtui.errors import ParameterError
from gdtui.optimizers.language.decorator import REGISTRY, Optimizer
from gdtui.optimizers.language.rule import Rule
from gdtui.text import did_you_mean

from gdtui.optimizers import rules  # isort: skip - it fills the registry

__all__ = ["REGISTRY", "Optimizer", "ParameterError", "Rule", "find", "rules"]


def find(name: str) -> Optimizer:
    """Return the optimizer of that name.

    Raises
    ------
    ParameterError
        there is none; the message suggests the nearest.
    """
    if name not in REGISTRY:
        raise ParameterError("optimizer", f"there is no optimizer {name!r}", did_you_mean(name, list(REGISTRY)))
    return REGISTRY[name]
