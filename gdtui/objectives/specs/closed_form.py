"""Objectives given by a formula: the built-in surfaces, and what a user types."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.errors import ExpressionError, ObjectiveError
from gdtui.objectives.expression.compilation import objective_kernel
from gdtui.objectives.expression.expression import gradient, parse
from gdtui.objectives.expression.tree import number
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs.specification import NotNegative, Point, Specification
from gdtui.objectives.surfaces.catalogue import surface
from gdtui.text import _

#: The range of each variable if no domain is given.
DEFAULT_RANGE = (-3.0, 3.0)


@dataclass(frozen=True)
class SurfaceSpec(Specification):
    """A built-in surface.

    `noise` is the standard deviation of the gradient noise; an empty start means the surface's own.
    """

    kind = "surface"

    name: str
    start: Point = ()
    noise: NotNegative = 0.0

    def build(self, seed: int = 0) -> Objective:
        """Return the surface as an objective; `seed` changes nothing."""
        entry = surface(self.name)
        return Objective(
            name=entry.name,
            formula=entry.expression.pretty,
            kernel=objective_kernel(entry.formula, entry.expression.variables, keep=True),
            start=self.starting_point(entry.start, entry.name),
            names=entry.expression.variables,
            noise=self.noise,
            expression=entry.expression,
            domain=entry.domain,
            minima=entry.minima,
            teaches=_(entry.teaches),
        )


@dataclass(frozen=True)
class ExpressionSpec(Specification):
    """A formula that the user types.

    The domain is (low, high) for each variable, by default `DEFAULT_RANGE`; an empty start means a point in it.
    `noise` is the standard deviation of the gradient noise.
    """

    kind = "expression"

    formula: str
    domain: tuple[tuple[float, float], ...] = ()
    start: Point = ()
    noise: NotNegative = 0.0

    def build(self, seed: int = 0) -> Objective:
        """Return the formula as an objective; `seed` changes nothing.

        Raises
        ------
        ExpressionError
            the formula cannot be read, with its column, or it is constant.
        ObjectiveError
            domain or start do not fit it.
        """
        parsed = parse(self.formula)
        if not parsed.singular and all(slope == number(0.0) for slope in gradient(parsed)):
            message = _("it is flat: its slope is 0 everywhere, so that no optimizer would move")
            raise ExpressionError(message, 1, self.formula)
        domain = self.domain or (DEFAULT_RANGE,) * parsed.dimension
        if len(domain) != parsed.dimension:
            message = _("the formula has {count} variables, domain has {given}")
            raise ObjectiveError("domain", message.format(count=parsed.dimension, given=len(domain)))
        for low, high in domain:
            if not -float("inf") < low < high < float("inf"):
                message = _("a domain is [low, high] with low < high, not [{low}, {high}]")
                raise ObjectiveError("domain", message.format(low=low, high=high))
        default = tuple(low + (0.15 if i % 2 == 0 else 0.8) * (high - low) for i, (low, high) in enumerate(domain))
        return Objective(
            name="expression",
            formula=parsed.pretty,
            kernel=objective_kernel(self.formula, parsed.variables, keep=False),
            start=self.starting_point(default, _("the formula")),
            names=parsed.variables,
            noise=self.noise,
            expression=parsed,
            domain=domain,
            teaches=f"{_('Your own function.')} {parsed.singular}".rstrip(),
        )
