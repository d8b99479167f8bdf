"""Optimizers: `rules` has one file for each family, `language` is the language they are written in.

A plugin imports a decorator (`optimizer`, `block_optimizer`, `solver`) and the roles from here.
"""

from gdtui.optimizers.language import *  # noqa: F403
from gdtui.optimizers.language import __all__ as _language
from gdtui.optimizers.language.registry import REGISTRY, Optimizer, find
from gdtui.optimizers.language.rule import Rule, Stepping, Task
from gdtui.optimizers.language.shared_settings import COMMON

from gdtui.optimizers import rules  # isort: skip - it fills the registry

__all__ = ["COMMON", "REGISTRY", "Optimizer", "Rule", "Stepping", "Task", "find", "rules", *_language]
