"""What the lessons that come with gdtui say, in which languages."""

from __future__ import annotations

from collections.abc import Iterator


def faults() -> Iterator[str]:
    """Yield a sentence for each text of a lesson that lacks a language."""
    yield from ()
