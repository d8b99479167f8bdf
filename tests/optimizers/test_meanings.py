"""Every setting of every rule is explained."""

from gdtui.optimizers import REGISTRY
from gdtui.optimizers.language.symbols import MEANINGS


def test_every_setting_of_a_rule_has_a_meaning_and_no_other_name_has_one() -> None:
    own = {info.name for optimizer in REGISTRY.values() for rule in optimizer.rules for info in rule.hyper}
    assert own == set(MEANINGS)
