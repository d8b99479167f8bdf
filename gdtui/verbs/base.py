"""What every verb is: one frozen record, registered by `@verb`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, TypeVar, dataclass_transform

from gdtui.errors import ParameterError
from gdtui.text import _

#: The most updates, epochs or steps back that one act may ask for.
MOST = 10**9

#: Every verb by its name, in the order in which the files were imported.
registered: dict[str, type[Verb]] = {}


class Verb:
    """One act of a script; its fields are the keys of its table, without the underscore of `as_` and `is_`."""

    #: The key by which a table is known to be this act: `expect_screen` of the class ExpectScreen.
    name: ClassVar[str]


V = TypeVar("V", bound=Verb)


@dataclass_transform(frozen_default=True)
def verb(cls: type[V]) -> type[V]:
    """Make a class a frozen record and register it as a verb."""
    made = dataclass(frozen=True)(cls)
    made.name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", made.__name__).lower()
    registered[made.name] = made
    return made


def count(key: str, n: int) -> int:
    """Return `n`; ParameterError unless it is from 1 to `MOST`."""
    if not 1 <= n <= MOST:
        raise ParameterError(key, _("{} takes a number from 1 to 10**9, not {}").format(key, n))
    return n
