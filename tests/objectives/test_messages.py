"""What the catalogues say can be translated, and is translated when it is asked for."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gdtui.text
from gdtui.cli.describe import command as show
from gdtui.cli.listing import LISTS
from gdtui.cli.parsers import parse
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.surfaces.catalogue import SURFACES


class Shouted(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return "".join(part if part.startswith("{") else part.upper() for part in re.split(r"(\{[^{}]*\})", message))


@pytest.fixture
def shouted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(gdtui.text, "_catalogue", Shouted())
    yield


def test_every_text_of_the_catalogues_is_marked() -> None:
    package = Path(gdtui.text.__file__).parent / "objectives"
    sources = "".join(path.read_text() for path in package.rglob("*.py"))
    entries = [*(SURFACES[name] for name in SURFACES if name != "quadratic"), *DATASETS.values()]
    texts = [text for entry in entries for text in (entry.title, entry.teaches)]
    assert [text for text in texts if f'N_("{text}")' not in sources] == []


def test_lists_are_translated_when_they_are_asked_for(shouted: None) -> None:
    assert [row[2] for row in LISTS["surfaces"]()] == [s.teaches.upper() for s in SURFACES.values()]
    assert [row[2] for row in LISTS["datasets"]()] == [d.title.upper() for d in DATASETS.values()]


@pytest.mark.parametrize(("kind", "name"), [("surface", "beale"), ("dataset", "line")])
def test_a_description_is_translated_when_it_is_asked_for(
    kind: str, name: str, shouted: None, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = SURFACES[name] if kind == "surface" else DATASETS[name]
    show(parse(["show", kind, name])[1])
    shown = capsys.readouterr().out
    assert entry.title.upper() in shown
    assert entry.teaches.upper() in shown
