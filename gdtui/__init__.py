"""gdtui: a terminal bench on which optimizers are taken apart one update at a time."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdtui.api import Experiment, Lane, ObjectiveSpec, Report, replay, simulate

__version__ = "0.1.0"
__all__ = ["Experiment", "Lane", "ObjectiveSpec", "Report", "__version__", "replay", "simulate"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first asked for."""
    if name in __all__:
        from gdtui import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
