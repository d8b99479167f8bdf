"""The rules, one file a family. A file placed here is in the catalogue; its `PLACE` orders it among the others."""

import math
import pkgutil
from importlib import import_module

from gdtui.optimizers.language.registry import REGISTRY

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)


def _place(name: str) -> float:
    """Return the place of an optimizer: that of the file with its first rule; a file without a place comes last."""
    return getattr(import_module(REGISTRY[name].rules[0].function.__module__), "PLACE", math.inf)


_ordered = {name: REGISTRY[name] for name in sorted(REGISTRY, key=_place)}
REGISTRY.clear()
REGISTRY.update(_ordered)
