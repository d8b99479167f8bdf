"""gdtui: a terminal bench on which optimizers are taken apart one update at a time."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdtui.api import Experiment, Lane, ObjectiveSpec, Report, replay, simulate, sweep
    from gdtui.errors import (
        CommandError,
        ExpressionError,
        GdtuiError,
        LimitError,
        LookError,
        ObjectiveError,
        ParameterError,
        PluginError,
        QuantityError,
        RecordError,
        SamplingError,
        UnsuitableFileError,
    )
    from gdtui.toml.source import ScenarioError

__version__ = "0.1.0"
__all__ = [
    "CommandError", "Experiment", "ExpressionError", "GdtuiError", "Lane", "LimitError", "LookError", "ObjectiveError",
    "ObjectiveSpec", "ParameterError", "PluginError", "QuantityError", "RecordError", "Report", "SamplingError",
    "ScenarioError", "UnsuitableFileError", "__version__", "replay", "simulate", "sweep",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Import the public names when they are first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "toml.source" if name == "ScenarioError" else "errors" if name.endswith("Error") else "api"
    return getattr(import_module(f"gdtui.{home}"), name)
