"""The roles under their first name, which plugins import: `gdtui.optimizers` has them too."""

from gdtui.optimizers.language.roles import *  # noqa: F403
