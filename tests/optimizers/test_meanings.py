"""Every setting of every rule is explained."""

from gdtui.optimizers import COMMON, REGISTRY
from gdtui.optimizers.language.symbols import MEANINGS


def test_every_setting_has_a_meaning_and_no_other_name_has_one() -> None:
    settings = {key for optimizer in REGISTRY.values() for rule in optimizer.rules for key in rule.settings}
    assert settings | set(COMMON) == set(MEANINGS)
