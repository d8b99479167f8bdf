"""An older name for the roles, kept for plugins; `gdtui.optimizers` has them too."""

from gdtui.optimizers.language.parameters import *  # noqa: F403
