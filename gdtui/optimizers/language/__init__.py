"""The language that rules are written in; a file of rules imports it from here.

`rule` is the interface of all optimizers. Its kinds are `coordinate_rule`, `block_rule` and `solver`, each with a
decorator that adds it to `registry`. `rule_text` reads a text, `kernel_source` and `block_kernel_source` make kernels
of it, `writer` and `formula` write it for people.
"""

from gdtui.optimizers.language.block_rule import block_optimizer
from gdtui.optimizers.language.coordinate_rule import optimizer
from gdtui.optimizers.language.formula import Formula
from gdtui.optimizers.language.parameters import (
    Accumulator,
    Accumulators,
    Count,
    Decay,
    Factor,
    Falling,
    Grow,
    Memories,
    Memory,
    Momentum,
    Number,
    Rate,
    Shrink,
    Small,
    Velocities,
    Velocity,
    starts,
)
from gdtui.optimizers.language.registry import same_text
from gdtui.optimizers.language.solver import Problem, SolverState, SolverUpdate, solver

__all__ = [
    "Accumulator", "Accumulators", "Count", "Decay", "Factor", "Falling", "Formula", "Grow", "Memories", "Memory",
    "Momentum", "Number", "Problem", "Rate", "Shrink", "Small", "SolverState", "SolverUpdate", "Velocities", "Velocity",
    "block_optimizer", "optimizer", "same_text", "solver", "starts",
]  # fmt: skip
