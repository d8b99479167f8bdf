"""The words of a scenario or a course in other languages: a table for each, such as `[zh]`, from a text to its own.

    [zh]
    "Both lanes start on the same slope." = "两条跑道从同一斜坡出发。"

What has no entry is said as the file has it; an entry whose text stands nowhere in the file has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gdtui.text import LANGUAGES, _, spoken

if TYPE_CHECKING:
    from gdtui.toml.source import Source

#: The tables that a file can have.
TABLES = tuple(language for language in LANGUAGES if language != "en")
#: The keys of a file, and of a part of a course, that are words.
_HEAD = ("title", "summary")


def dictionary(document: Mapping[str, object]) -> Mapping[str, object]:
    """Return the file's table of the user's language."""
    table = document.get(spoken())
    return table if isinstance(table, dict) else {}


def translated(document: dict[str, object]) -> dict[str, object]:
    """Return a file's document with its words in the user's language, as far as it has them."""
    table = dictionary(document)
    return _with_words(document, lambda text: str(table.get(text, text))) if table else document


def words_of(document: dict[str, object]) -> list[str]:
    """Return every word, sentence and title of a file that is shown to people."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    _with_words(document, keep)
    return found


def note_unused(source: Source, document: dict[str, object]) -> None:
    """Note the entries whose text stands nowhere in the file: they were written for another wording."""
    said = words_of(document) if any(name in document for name in TABLES) else []
    for name in TABLES:
        table = document.get(name)
        for text in table if isinstance(table, dict) else ():
            if text not in said:
                source.note((name, text), _("no text of this file reads so: the entry has no effect"))


def _with_words(document: dict[str, object], change: Callable[[str], str]) -> dict[str, object]:
    """Return a document with its words changed."""
    made = _changed(document, _HEAD, change)
    parts, script = document.get("parts"), document.get("script")
    if isinstance(parts, list):
        made["parts"] = [_changed(part, _HEAD, change) if isinstance(part, dict) else part for part in parts]
    if isinstance(script, dict) and isinstance(script.get("do"), list):
        acts = [_changed(act, _keys(act), change) if isinstance(act, dict) else act for act in script["do"]]
        made["script"] = {**script, "do": acts}
    return made


def _keys(act: Mapping[str, object]) -> tuple[str, ...]:
    """Return the keys of an act that are words."""
    from gdtui.verbs import VERBS  # late: lists read the heads of files only

    return next((VERBS[key].words for key in act if key in VERBS), ())


def _changed(table: dict[str, object], keys: tuple[str, ...], change: Callable[[str], str]) -> dict[str, object]:
    return {key: _value(value, change) if key in keys else value for key, value in table.items()}


def _value(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, list):
        return [_value(each, change) for each in value]
    return change(value) if isinstance(value, str) else value
