"""What verbs share that make many runs of a lane: how these are made within the limits of a scenario."""

from __future__ import annotations

import threading
from collections.abc import Generator

from gdtui.session.budget import Budget
from gdtui.simulation.fields.members import Halt
from gdtui.simulation.fields.running import SHORT, Field


def made(field: Field, budget: Budget) -> Generator[None, None, None]:
    """Make the runs of a field, with a pause after each part, and take their updates from the budget.

    Raises
    ------
    LimitError
        a limit is passed; a part that is under way when the time is up is given up.
    """
    halt = Halt()
    seconds = budget.limits.seconds
    # a little late: the budget has to agree that the time is up
    clock = None if seconds is None else threading.Timer(max(0.0, seconds - budget.seconds) + 0.01, halt.set)
    if clock is not None:
        clock.daemon = True
        clock.start()
    try:
        for part in field.parts(halt=halt, seconds=SHORT):
            budget.take(int(field.outcomes.updates[part].sum()))
            yield
        budget.check()  # halted, it makes no part
    finally:
        if clock is not None:
            clock.cancel()
