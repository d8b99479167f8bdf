"""Every sentence has its translation, with the same places; every lesson too, with the same numbers, in its box."""

from __future__ import annotations

import gettext
import re
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from gdtui.scenario.read.courses import read_course
from gdtui.scenario.read.load import load_scenario
from gdtui.text import speak
from tests.translate import catalogue, lessons
from tests.translate.sources import ARGPARSE, messages

HINT = "python -m tests.translate adds new messages; write their translations into the .po file, then run it again"


@pytest.mark.parametrize("name", catalogue.CATALOGUES)
def test_every_sentence_is_translated(name: str) -> None:
    assert list(catalogue.faults(catalogue.merged(name))) == [], HINT


@pytest.mark.parametrize("name", catalogue.CATALOGUES)
def test_what_python_reads_is_the_catalogue_on_disk(name: str) -> None:
    path = catalogue.CATALOGUES[name]
    with path.with_suffix(".mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    entries = {entry.id: entry.string for entry in catalogue.read(name) if entry.id}
    assert set(entries) == set(messages()), HINT
    assert {text: read.gettext(text) for text in entries} == entries, HINT


@pytest.mark.parametrize("name", catalogue.CATALOGUES)
def test_code_that_moves_within_a_file_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    some = list(islice(messages().items(), 60))
    texts = []
    for order in (some, some[::-1]):
        monkeypatch.setattr(catalogue, "messages", partial(dict, order))
        texts.append(catalogue.text_of(catalogue.merged(name)))
    assert texts[0] == texts[1]


def test_the_sources_are_read_whole() -> None:
    found = messages()
    assert set(ARGPARSE) <= set(found)
    for text in (
        "make one update on every lane; in a lesson, go on",  # in a table
        "Steep coordinates slow down fast, flat ones slowly; every rate only ever falls.",  # in a rule's decorator
        "; did you mean {!r}?",
    ):
        assert text in found


@pytest.mark.parametrize(
    ("text", "translated", "same"),
    [
        ("{lane} is {key!r}", "{key!r}：{lane}", True),
        ("{} of {}", "{1} 的 {0}", True),
        ("{} of {}", "{} 的", False),
        ("{lane}", "{lan}", False),
        ("{value:g}", "{value}", False),
        ("{lane", "{lane", True),
        ("{{ step = 1 }}, not {}", "{{ step = 1 }}，不是 {}", True),
        ("%(prog)s: %s", "%s", False),
    ],
)
def test_places_are_compared(text: str, translated: str, same: bool) -> None:
    assert (catalogue.places(text) == catalogue.places(translated)) is same


@pytest.mark.parametrize("path", lessons.FILES, ids=lambda path: path.stem)
def test_every_lesson_is_translated(path: Path) -> None:
    assert list(lessons.faults(path)) == []


def test_every_lesson_is_sound_in_chinese() -> None:
    """The right answer is one of the choices in that language, too, and no text is longer than a file may have it."""
    speak("zh")
    try:
        for path in lessons.FILES:
            read = read_course(path) if path.parent.name == "courses" else load_scenario(path)
            assert re.search("[\u4e00-\u9fff]", read.title), path
    finally:
        speak("en")
