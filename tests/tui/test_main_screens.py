"""Every main screen in four sizes is the text that is kept; `python -m tests.tui.main_screens` writes it anew."""

from __future__ import annotations

import difflib

import pytest

from gdtui.plot.widths import cell_width
from tests.tui.main_screens import EVERYWHERE, NAMES, SIZES, USUAL, kept, screens, title

pytestmark = pytest.mark.jit

QUICK = [pytest.param(size, NAMES if size == USUAL else EVERYWHERE, id=title(size)) for size in SIZES]
WHOLE = [
    pytest.param(size, NAMES, id=f"{title(size)} whole", marks=pytest.mark.slow) for size in SIZES if size != USUAL
]


@pytest.mark.parametrize(("size", "names"), [*QUICK, *WHOLE])
async def test_the_main_screens_are_as_they_are_kept(size: tuple[int, int], names: tuple[str, ...]) -> None:
    wanted, different, seen = kept(), [], []
    async for name, text in screens(size, names, wanted):
        seen.append(name)
        assert text.count("\n") + 1 == size[1], name
        assert max(map(cell_width, text.split("\n"))) <= size[0], name
        old = wanted.get(name, {}).get(title(size), "")
        different += difflib.unified_diff(
            old.splitlines(), text.splitlines(), f"kept {name}", f"now {name}", lineterm=""
        )
    assert seen == list(names)
    assert not different, "\n".join([*different, "`python -m tests.tui.main_screens` keeps what is now"])


def test_every_screen_is_kept_in_every_size() -> None:
    assert {name: tuple(sizes) for name, sizes in kept().items()} == {name: tuple(map(title, SIZES)) for name in NAMES}
