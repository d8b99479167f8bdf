"""The words of a rule's signature, under the name by which plugins have imported them from the start."""

from gdtui.optimizers.language.roles import *  # noqa: F403
