"""A file says its words in the language of the program, as far as it has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.courses import read_course
from gdtui.scenario.read.heads import heads
from gdtui.scenario.read.load import ScenarioError, load_scenario
from gdtui.text import speak

LESSON = """
format = 1
title = "A step is the rate times the slope"
summary = "Where does one update lead?"

[objective]
kind = "surface"
name = "sphere"
start = [1.0, 0.0]

[lanes.gd]
optimizer = "gd"
lr = 0.25

[script]
do = [
  { ask = "Which way?", choices = ["left", "right"], answer = "left", why = "The slope is positive." },
  { say = "Now look.", note = "Wait for the class." },
  { mark = "left" },
  { say = "Only in English." },
]

[zh]
"A step is the rate times the slope" = "一步是学习率乘以斜率"
"Where does one update lead?" = "一次更新通向哪里？"
"Which way?" = "往哪边？"
"left" = "左"
"right" = "右"
"The slope is positive." = "斜率为正。"
"Now look." = "现在请看。"
"Wait for the class." = "等一等全班。"
"""


@pytest.fixture
def chinese() -> Iterator[None]:
    speak("zh")
    yield
    speak("en")


def written(folder: Path, text: str = LESSON, name: str = "lesson.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_captions_questions_and_titles_are_said_in_the_language_of_the_program(tmp_path: Path, chinese: None) -> None:
    lesson = read_lesson(load_scenario(written(tmp_path)))
    ask, say, mark, english = (act.verb for act in lesson.scenario.acts)
    assert (lesson.scenario.title, lesson.scenario.summary) == ("一步是学习率乘以斜率", "一次更新通向哪里？")
    assert (ask.ask, ask.choices, ask.answer, ask.why) == ("往哪边？", ("左", "右"), "左", "斜率为正。")
    assert (say.say, say.note) == ("现在请看。", "等一等全班。")
    assert mark.mark == "left", "a name is no word"
    assert english.say == "Only in English.", "what has no entry is said as it stands"
    assert heads([lesson.scenario.path])["lesson"].title == "一步是学习率乘以斜率"


def test_a_file_is_said_as_it_stands_in_english(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path))
    assert scenario.title == "A step is the rate times the slope"
    assert scenario.acts[0].verb.choices == ("left", "right")
    assert scenario.notes == ()


def test_an_entry_for_another_wording_is_noted_with_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, LESSON + '"Now look!" = "现在请看。"\n')
    (note,) = load_scenario(path).notes
    assert f"{path}:{len(LESSON.splitlines()) + 1}:1: note: no text of this file reads so" in note


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ('zh = "x"', "zh must be a table, not a string"),
        ("[zh]\n'Now look.' = 1", "must be a string, not a whole number"),
        ("[zh]\n'Now look.' = ''", "must not be empty"),
        ("[fr]\n'Now look.' = 'Voyez.'", "unknown key 'fr'"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path: Path, table: str, fault: str) -> None:
    text = LESSON.split("[zh]")[0]
    text = text.replace("format = 1", f"format = 1\n{table}") if table.startswith("zh") else text + table
    with pytest.raises(ScenarioError, match=fault):
        load_scenario(written(tmp_path, text))


def test_a_course_has_its_titles_in_other_languages(tmp_path: Path, chinese: None) -> None:
    written(tmp_path)
    course = """
title = "A course"
[[parts]]
title = "The first part"
lessons = ["lesson"]
[zh]
"A course" = "一门课"
"The first part" = "第一部分"
"""
    read = read_course(written(tmp_path, course, "courses/course.toml"))
    assert (read.title, read.parts[0].title) == ("一门课", "第一部分")
    assert read.lessons[0].title == "一步是学习率乘以斜率"
