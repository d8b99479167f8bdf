"""The decorator, under the name by which plugins have imported it from the start."""

from gdtui.optimizers.language.decorator import optimizer as optimizer
from gdtui.optimizers.language.decorator import same_text as same_text
