"""Optimizers: `rules` has one file a family, `language` is what they are written in.

A plugin needs nothing but this package: a decorator (`optimizer`, `block_optimizer`, `solver`) and the roles.
"""

from gdtui.optimizers.language.block_rule import block_optimizer
from gdtui.optimizers.language.coordinate_rule import optimizer
from gdtui.optimizers.language.registry import REGISTRY, Optimizer, find, same_text
from gdtui.optimizers.language.roles import (
    Accumulator,
    Accumulators,
    Decay,
    Factor,
    Falling,
    Grow,
    Memories,
    Memory,
    Number,
    Rate,
    Shrink,
    Small,
    Velocities,
    Velocity,
    starts,
)
from gdtui.optimizers.language.rule import COMMON, Rule, Stepping, Task
from gdtui.optimizers.language.solver import Count, solver

from gdtui.optimizers import rules  # isort: skip - it fills the registry

__all__ = [
    "COMMON", "REGISTRY", "Accumulator", "Accumulators", "Count", "Decay", "Factor", "Falling", "Grow", "Memories",
    "Memory", "Number", "Optimizer", "Rate", "Rule", "Shrink", "Small", "Stepping", "Task", "Velocities", "Velocity",
    "block_optimizer", "find", "optimizer", "rules", "same_text", "solver", "starts",
]  # fmt: skip
