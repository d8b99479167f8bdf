"""Loss functions: surfaces from a line of mathematics, datasets with their models, and tapes of gradients.

A specification of `specs` describes one; its `build` returns an `Objective`.
"""
