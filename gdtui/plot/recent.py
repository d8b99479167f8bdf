"""Values that were needed recently, so that they need not be made again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The `most` values used last, by key. Unlike `functools.lru_cache` it makes missing values together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def get(self, keys: Sequence[Key], make: Callable[[list[Key]], Iterable[Value]]) -> list[Value]:
        """Return the value of each key; `make` returns those of the keys that are missing, in one call."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._kept]
        if missing:
            self._kept.update(zip(missing, make(missing), strict=True))
        for key in keys:
            self._kept.move_to_end(key)
        values = [self._kept[key] for key in keys]
        self._forget_oldest()
        return values

    def one(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key; `make` returns one that is missing."""
        return self.get([key], lambda _missing: [make()])[0]

    def find(self, key: Key) -> Value | None:
        """Return the value of a key, if it is kept."""
        return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value, in place of an older one of this key."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all values."""
        self._kept.clear()
