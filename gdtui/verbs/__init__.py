"""What a script, a key or a test can do: one file a verb, found by being in this folder.

Each is a frozen record. Its file has its keys, what it checks of a scenario at its point, what it does to a session,
what a replay does with it, and how it is written to a file. Python code can import the names below from here; a new
verb works in scenarios without being named. Each verb is imported when it is first used, and all of them for `VERBS`.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdtui.verbs.add import Add
    from gdtui.verbs.back import Back
    from gdtui.verbs.base import Action, Verb, Verdict
    from gdtui.verbs.branch import Branch
    from gdtui.verbs.epoch import Epoch
    from gdtui.verbs.mark import Mark
    from gdtui.verbs.move import Move
    from gdtui.verbs.mute import Mute
    from gdtui.verbs.noise import Noise
    from gdtui.verbs.remove import Remove
    from gdtui.verbs.rename import Rename
    from gdtui.verbs.replace import Replace
    from gdtui.verbs.reset import Reset
    from gdtui.verbs.say import Say
    from gdtui.verbs.seed import Seed
    from gdtui.verbs.set import Scale, Set
    from gdtui.verbs.show import Show
    from gdtui.verbs.step import Step
    from gdtui.verbs.until import Until

    #: Every verb, by name.
    VERBS: dict[str, type[Verb]]

__all__ = [
    "VERBS", "Action", "Add", "Back", "Branch", "Epoch", "Mark", "Move", "Mute", "Noise", "Remove", "Rename", "Replace",
    "Reset", "Say", "Scale", "Seed", "Set", "Show", "Step", "Until", "Verb", "Verdict",
]  # fmt: skip

_HOMES = {"Action": "base", "Verb": "base", "Verdict": "base", "Scale": "set"}


def __getattr__(name: str) -> object:
    """Import a name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "VERBS":
        for module in iter_modules(__path__):
            import_module(f"{__name__}.{module.name}")
        globals()[name] = dict(sorted(import_module(f"{__name__}.base").registered.items()))
    else:
        globals()[name] = getattr(import_module(f"{__name__}.{_HOMES.get(name, name.lower())}"), name)
    return globals()[name]
