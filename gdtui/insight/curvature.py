"""How an objective curves at a point."""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives.objective import Objective

#: The largest dimension for which the Hessian is worked out.
MOST = 8


def curvatures(objective: Objective, theta: Array) -> Array | None:
    """Return the Hessian's eigenvalues at theta, ascending; None where it is not known or not finite."""
    if objective.expression is None or objective.dimension > MOST:
        return None
    with np.errstate(all="ignore"):
        hessian = objective.expression.evaluate_hessian(theta)
    if not np.all(np.isfinite(hessian)):
        return None
    return np.asarray(np.linalg.eigvalsh((hessian + hessian.T) / 2), dtype=np.float64)
