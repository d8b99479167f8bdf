"""The columns of a lane's trace: the one table of what can be recorded, exported and compared.

The compiled loop, the trace, CSV, JSON, charts and conditions take names and positions from here. A rule names further
columns, for its state and intermediate values.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Column(IntEnum):
    """One number (or word) for each update of a lane; the value is its position in a recorded row.

    Columns with a negative value are derived from the rows. Exported columns, in the order of definition, are in CSV
    and JSON; conditions and expectations know every column.
    """

    meaning: str
    unit: str
    exported: bool

    def __new__(cls, position: int, meaning: str, unit: str = "", exported: bool = True) -> Column:
        """Make a member from its entry below."""
        column = int.__new__(cls, position)
        column._value_ = position
        column.meaning, column.unit, column.exported = meaning, unit, exported
        return column

    UPDATE = 0, "number of updates made", "updates"
    EPOCH = -1, "passes over the training data", "epochs"
    SAMPLES = -2, "training samples seen", "samples"
    EVALUATIONS = 9, "evaluations of value and gradient so far; a first-order rule needs one a batch", "evaluations"
    LR = 1, "learning rate of the update"
    LOSS = 2, "loss over all training data after the update"
    BATCH_LOSS = 3, "loss over the update's batch before the update"
    VAL_LOSS = 4, "loss over the validation data after the update"
    GRAD_NORM = 5, "norm of the batch's gradient"
    STEP_NORM = 6, "norm of the change of the parameters"
    ANGLE = 7, "angle between the batch's gradient and the full gradient", "degrees", False
    SNR = 8, "norm of the full gradient over the norm of the batch's deviation from it", "", False
    AVERAGE_LOSS = 10, "loss over all training data at the average of the parameters that a lane keeps", "", False
    AVERAGE_VAL_LOSS = 11, "loss over the validation data at that average", "", False
    ACCURACY = -3, "share of the training data that is classified correctly", "", False
    VAL_ACCURACY = -4, "share of the validation data that is classified correctly", "", False
    VELOCITY_ANGLE = -6, "angle between the way that the velocity leads and downhill, −gradient", "degrees", False
    SHARPNESS = -7, "largest curvature (Hessian eigenvalue) of the loss over all training data", "", False
    STATUS = -5, "whether the lane goes on, or how it stopped"

    @property
    def word(self) -> str:
        """The name that users type."""
        return self.name.lower()


class Vector(StrEnum):
    """One number for each recorded coordinate; velocity and accumulator only if the rule keeps them."""

    THETA = "theta"
    GRAD = "grad"
    VELOCITY = "velocity"
    ACCUMULATOR = "accumulator"
    EFFECTIVE_LR = "effective_lr"


#: Names of the scalars in a recorded row, by position; the vectors follow them.
RECORDED = tuple(column.word for column in sorted(Column) if column >= 0)
#: Names of the scalar columns of CSV and JSON, after the lane's name.
EXPORTED = tuple(column.word for column in Column if column.exported)
#: Vectors that CSV and JSON have, one column for each coordinate.
EXPORTED_VECTORS = (Vector.THETA, Vector.GRAD, Vector.VELOCITY, Vector.ACCUMULATOR)
#: Every scalar that conditions and expectations know.
SCALARS = tuple(column.word for column in Column)
