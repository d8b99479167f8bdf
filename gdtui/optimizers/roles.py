"""The roles under their first name, which plugins import: `gdtui.optimizers` has them too."""

from gdtui.optimizers.language.parameters import *  # noqa: F403
