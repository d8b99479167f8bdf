"""The language of a command line: `--lang` wherever it stands, else the environment's."""

from __future__ import annotations

import gettext
import os
from collections.abc import Sequence

from gdtui.cli.exits import CommandFailure
from gdtui.text import LANGUAGES, LOCALES, _, did_you_mean, speak, spoken

_OPTION = "--lang"


def take_language(words: Sequence[str], *, plain: bool) -> tuple[list[str], str]:
    """Speak the language that is asked for; return the words without `--lang`, and what is to be said of it.

    It may stand before the command, and what is said of faulty words is in that language already; argparse's own
    sentences are, too. Where texts are `plain` ASCII, English is spoken. Raises CommandFailure for a language that
    there is not.
    """
    rest: list[str] = []
    asked: str | None = None
    for word in words:
        if asked == "":
            asked = word
        elif word == _OPTION:
            asked = ""
        elif word.startswith(f"{_OPTION}="):
            asked = word.partition("=")[2]
        else:
            rest.append(word)
    if asked is not None:
        _check(asked)
        speak(asked)
    said = ""
    if plain and spoken() != "en":
        speak("en")
        if asked or os.environ.get("GDTUI_LANG"):
            said = _("texts are in English where only ASCII is shown; GDTUI_ASCII=0 shows all characters")
    _speak_everywhere()
    return rest, said


def _check(asked: str) -> None:
    if asked not in LANGUAGES:
        message = _("--lang is one of {}, not {!r}").format(", ".join(LANGUAGES), asked)
        raise CommandFailure(message + did_you_mean(asked, LANGUAGES))


def _speak_everywhere() -> None:
    """Let argparse, which asks for the program's own domain, answer in the same language."""
    os.environ["LANGUAGE"] = LANGUAGES[spoken()] or "en"
    gettext.bindtextdomain("gdtui", str(LOCALES))
    gettext.textdomain("gdtui")
