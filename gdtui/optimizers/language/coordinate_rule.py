"""Rules written for one coordinate, and the decorator that registers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from gdtui.kernel import Kernel
from gdtui.optimizers.language.compiled_rule import CompiledRule, kernel_of
from gdtui.optimizers.language.kernel_source import write_kernel
from gdtui.optimizers.language.members_source import MEMBERS, write_members_kernel
from gdtui.optimizers.language.registry import enlist
from gdtui.optimizers.language.rule_text import RuleText, read_texts
from gdtui.optimizers.language.stillness import Stillness, stillness_of


@dataclass(frozen=True, eq=False, kw_only=True)
class CoordinateRule(CompiledRule):
    """An optimizer that treats each coordinate alone."""

    write_kernel = staticmethod(write_kernel)

    @property
    def over_members(self) -> Kernel:
        """Makes one update of many runs side by side: signature `members_source.MEMBERS`."""
        return _members_kernel(self.texts[0])

    @cached_property
    def _stillness(self) -> tuple[Stillness, Stillness]:
        fresh = frozenset(slot.name for slot in self.slots if slot.start == 0.0)
        return stillness_of(self.texts[0], fresh), stillness_of(self.texts[0], frozenset())

    def rests(self, settings: Mapping[str, float], *, forgotten: bool = False) -> bool:
        """Say whether an update changes nothing where there is no gradient, and was none or all is `forgotten`."""
        starts = {slot.name: slot.start for slot in self.slots if slot.start != "theta"}
        numbers = {name: settings[at] if isinstance(at, str) else at for name, at in starts.items()}
        return self._stillness[forgotten].holds({name: settings[name] for name in self.defaults}, numbers)


@cache  # dialects that share a text share its machine code
def _members_kernel(text: RuleText) -> Kernel:
    return kernel_of(write_members_kernel(text), text, "members", MEMBERS)


def optimizer(
    name: str,
    *dialects: str,
    title: str,
    reference: str,
    teaches: str = "",
    direction: str = "",
    rate: str = "",
    options: Mapping[str, bool] | None = None,
    stable_below: str = "",
    former: str = "",
    answer: str = "",
) -> Callable[[Callable[..., float]], CoordinateRule]:
    """Register the decorated function as an optimizer's rule.

    Parameters
    ----------
    name
        as users type it.
    dialects
        the libraries with this arithmetic; an optimizer's first dialect is its default.
    title
        the name in prose.
    reference
        paper and equation, or the library's class.
    teaches
        one sentence for a learner.
    direction
        the name that the effective learning rate multiplies in the last line; if empty, the rate is lr itself.
    rate
        the name that is the effective learning rate, if the text has one.
    options
        choices of arithmetic that select this text: {"centered": True}.
    stable_below
        the learning rate up to which it is stable on a quadratic, as Python over hyperparameters and
        `lambda_max`: "2 / lambda_max".
    former
        an earlier name of its first dialect.
    answer
        the slot with the parameters to use in the end, if they are not theta.
    """

    def register(function: Callable[..., float]) -> CoordinateRule:
        slots, hyper, texts = read_texts([function], direction, rate)
        return enlist(
            CoordinateRule(
                function=function, name=name, title=title, dialects=dialects or ("plain",), reference=reference,
                teaches=teaches, slots=slots, hyper=hyper, options=options or {}, stable_below=stable_below,
                former=former, answer=answer, texts=texts,
            )
        )  # fmt: skip

    return register
