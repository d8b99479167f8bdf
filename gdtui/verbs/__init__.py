"""What a script, a key or a test can do: one file a verb, found by being in this folder.

Each is a frozen record. Its file says which keys it has, what it checks of a scenario at its point, what it does to
a session, what a replay does with it, and how it is written to a file. The names below are for Python code that makes
commands; a new verb works in scenarios without being named here.
"""

from importlib import import_module
from pkgutil import iter_modules

from gdtui.verbs.add import Add
from gdtui.verbs.back import Back
from gdtui.verbs.base import Action, Verb, Verdict, registered
from gdtui.verbs.branch import Branch
from gdtui.verbs.epoch import Epoch
from gdtui.verbs.mark import Mark
from gdtui.verbs.remove import Remove
from gdtui.verbs.reset import Reset
from gdtui.verbs.say import Say
from gdtui.verbs.set import Scale, Set
from gdtui.verbs.show import Show
from gdtui.verbs.step import Step
from gdtui.verbs.until import Until

__all__ = [
    "VERBS", "Action", "Add", "Back", "Branch", "Epoch", "Mark", "Remove", "Reset", "Say", "Scale", "Set", "Show",
    "Step", "Until", "Verb", "Verdict",
]  # fmt: skip

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

#: Every verb, by name.
VERBS: dict[str, type[Verb]] = dict(sorted(registered.items()))
