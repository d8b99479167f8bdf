"""Titles in several lengths, for pictures and charts of every width."""

from __future__ import annotations

from collections.abc import Sequence


def shortened(titles: Sequence[str], beside: Sequence[str] = ()) -> tuple[str, ...]:
    """Return titles from the longest to the shortest: each with all that stands beside it, the last one with less, too.

    Parameters
    ----------
    titles
        the same in fewer and fewer words.
    beside
        what else is said, the least needed last; empty texts are left out.
    """
    said = [text for text in beside if text]
    whole = ["   ".join((title, *said)) for title in titles]
    return *whole, *("   ".join((titles[-1], *said[:count])) for count in range(len(said) - 1, -1, -1))
