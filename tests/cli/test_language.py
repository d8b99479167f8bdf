"""The language of a command line: what is asked for, what the locale says, what ASCII allows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gdtui.cli import main
from gdtui.cli.parsers import COMMANDS
from gdtui.text import language_of, speak, spoken
from tests.translate.left import english_in


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("GDTUI_LANG")
    speak("en")
    yield
    speak("en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_CN", "LANG": "de_DE.UTF-8"}, "zh"),
        ({"LANGUAGE": "zh_CN:en", "LANG": "de_DE.UTF-8"}, "zh"),
        ({"GDTUI_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"GDTUI_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_the_environment_chooses(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


@pytest.mark.parametrize(
    "words", [["--lang", "zh", "list", "surfaces"], ["list", "surfaces", "--lang=zh"], ["list", "--lang", "zh"]]
)
def test_the_option_stands_anywhere(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "梯度正对着最小值" in capsys.readouterr().out


def test_faults_of_the_command_line_are_said_in_that_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--lang", "zh", "--bogus"]) == 2
    assert "错误：无法识别的参数：--bogus" in capsys.readouterr().err
    assert main(["lst", "--lang", "zh"]) == 2
    assert "没有命令或文件 'lst'；是不是 'list'？" in capsys.readouterr().err


def test_an_unknown_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--lang", "cn"]) == 2
    assert "--lang is one of en, zh, not 'cn'" in capsys.readouterr().err


def test_where_only_ascii_is_shown_texts_are_english(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDTUI_ASCII", "1")
    assert main(["list", "surfaces", "--lang", "zh"]) == 0
    shown = capsys.readouterr()
    assert "The gradient points straight at the minimum" in shown.out
    assert "texts are in English where only ASCII is shown; GDTUI_ASCII=0 shows all characters" in shown.err
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    speak("zh")  # as the locale says it: nobody asked, nothing is said
    assert main(["list", "surfaces"]) == 0
    assert (spoken(), capsys.readouterr().err) == ("en", "")


def test_help_and_lists_are_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [[name, "--help"] for name in COMMANDS if name != "open"]
    lines += [["--help"], ["list"], ["show", "optimizer", "adam"], ["show", "surface", "beale"], ["course", "lecture"]]
    for words in lines[:-1]:
        assert main([*words, "--lang", "zh"]) == 0
        assert english_in(capsys.readouterr().out) == [], words
