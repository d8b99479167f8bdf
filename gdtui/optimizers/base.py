"""An older name for the decorator, kept for plugins; `gdtui.optimizers` has it too."""

from gdtui.optimizers.language.coordinate_rule import optimizer as optimizer
from gdtui.optimizers.language.registry import same_text as same_text
