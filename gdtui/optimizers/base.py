"""The decorator under its first name, which plugins import: `gdtui.optimizers` has it too."""

from gdtui.optimizers.language.coordinate_rule import optimizer as optimizer
from gdtui.optimizers.language.registry import same_text as same_text
