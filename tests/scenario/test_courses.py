"""Courses: which lessons they have, in which order, and what is wrong with a file of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.play.study_record import Progress
from gdtui.scenario.read.courses import course_with, courses_in, find_course, read_course, shipped_courses
from gdtui.scenario.read.heads import shipped_course_heads
from gdtui.scenario.read.load import ScenarioError, load_scenario, parse_scenario
from gdtui.scenario.read.selection import collect, find, shipped

#: The lecture of 45 minutes as it was ordered: rates, batches, momentum, own rates, Adam, what a loss does not say.
LECTURE = [
    "rate-too-small-too-large", "ravine-divergence", "bgd-sgd-minibatch", "momentum-agree-cancel", "ravine-zigzag",
    "adagrad-own-rates", "rmsprop-forgets", "adam-anatomy", "bias-correction", "four-methods-side-by-side",
    "overfitting",
]  # fmt: skip


def test_the_lecture_is_that_of_the_notes_in_45_minutes() -> None:
    lecture = shipped_courses()["lecture"]
    assert [lesson.name for lesson in lecture.lessons] == LECTURE
    assert lecture.minutes == 45


def test_a_list_says_of_courses_what_their_files_say() -> None:
    listed = [(head.name, head.title, head.lessons, head.minutes) for head in shipped_course_heads()]
    read = [(course.name, course.title, course.lessons, course.minutes) for course in shipped_courses().values()]
    assert listed == read


def test_every_lesson_belongs_to_the_complete_course_once() -> None:
    taught = [lesson.path for lesson in shipped_courses()["complete"].lessons]
    scripted = [path for path in shipped() if load_scenario(path).acts]
    assert sorted(taught) == sorted(scripted), "scenarios/courses/complete.toml has a place for each lesson"


@pytest.mark.parametrize("name", ["lecture", "complete"])
def test_what_a_lesson_needs_comes_before_it(name: str) -> None:
    taught = [lesson.name for lesson in shipped_courses()[name].lessons]
    complete = {lesson.name for lesson in shipped_courses()["complete"].lessons}
    for lesson in shipped_courses()[name].lessons:
        assert set(lesson.needs) <= complete
        for need in set(lesson.needs) & set(taught):
            assert taught.index(need) < taught.index(lesson.name)


def test_every_shipped_lesson_says_how_long_and_how_hard_it_is() -> None:
    for path in shipped():
        scenario = load_scenario(path)
        assert scenario.minutes and scenario.level, path


def test_a_course_file_is_no_scenario_and_no_stranger() -> None:
    found, others = collect(["scenarios"])
    assert not [path for path in (*found, *others) if path.parent.name == "courses"]


SPHERE = '[objective]\nkind = "surface"\nname = "sphere"\n[lanes.a]\noptimizer = "gd"\n'


def lessons(folder: Path, **heads: str) -> Path:
    body = (
        '[objective]\nkind = "surface"\nname = "sphere"\n[lanes.a]\noptimizer = "gd"\n[script]\ndo = [{ step = 1 }]\n'
    )
    for name, head in heads.items():
        (folder / f"{name}.toml").write_text(f'format = 1\ntitle = "{name.upper()}"\n{head}\n{body}')
    (folder / "courses").mkdir(exist_ok=True)
    return folder / "courses" / "mine.toml"


def test_faults_of_a_course_have_places_and_hints(tmp_path: Path) -> None:
    path = lessons(tmp_path, first="", second='needs = ["first"]')
    path.write_text(
        'title = "Mine"\nsumary = "x"\n[[parts]]\ntitle = "A"\nlessons = ["second", "frist", "first", "first"]\n'
    )
    with pytest.raises(ScenarioError) as caught:
        read_course(path)
    said = str(caught.value)
    assert f"{path}:2:1: error: unknown key 'sumary'; did you mean 'summary'?" in said
    lessons(tmp_path, third='needs = ["firts"]')
    path.write_text('title = "Mine"\n[[parts]]\ntitle = "A"\nlessons = ["third"]\n')
    with pytest.raises(ScenarioError) as caught:
        read_course(path)
    wrong = "the lesson third needs firts, which does not exist; did you mean 'first'?"
    assert f"{path}:4:12: error: {wrong}" in str(caught.value)
    path.write_text('title = "Mine"\n[[parts]]\ntitle = "A"\nlessons = ["second", "frist", "first", "first"]\n')
    with pytest.raises(ScenarioError) as caught:
        read_course(path)
    said = str(caught.value)
    assert f"{path}:4:12: error: the lesson second needs first, which comes later in this course" in said
    assert f"{path}:4:22: error: there is no lesson 'frist'; did you mean 'first'?" in said
    assert f"{path}:4:40: error: the lesson 'first' is in this course already" in said


@pytest.mark.parametrize(
    "text", ["", "title = 1", 'title = "t"\nparts = []', 'title = "t"\nparts = 3', "[[parts]]\n", "\0"]
)
def test_what_is_no_course_is_an_error_with_a_place(text: str, tmp_path: Path) -> None:
    path = lessons(tmp_path)
    path.write_text(text)
    with pytest.raises(ScenarioError, match=r"mine.toml:\d+:\d+: error: "):
        read_course(path)


def test_lessons_make_a_course_by_their_own_keys(tmp_path: Path) -> None:
    lessons(tmp_path, c='course = "mine"', b='course = "mine"\norder = 2', a='course = "mine"\norder = 9', d="")
    (course,) = courses_in(tmp_path)
    assert (course.name, [lesson.title for lesson in course.lessons]) == ("mine", ["B", "A", "C"])
    assert find_course(str(tmp_path)).lessons == course.lessons
    with pytest.raises(FileNotFoundError, match="did you mean 'lecture'"):
        find_course("lectrue")


@pytest.mark.parametrize(
    ("head", "wrong"),
    [
        ('needs = ["firts"]\norder = 2', "the lesson second needs firts, which does not exist; did you mean 'first'?"),
        ('needs = ["first"]\norder = 1', "the lesson second needs first, which comes later in this course"),
        ('needs = ["first", "adam-anatomy"]\norder = 9', ""),
    ],
)
def test_what_lessons_need_is_checked_where_their_own_keys_make_the_course(
    head: str, wrong: str, tmp_path: Path
) -> None:
    lessons(tmp_path, first='course = "mine"\norder = 2', second=f'course = "mine"\n{head}')
    if not wrong:
        assert [lesson.name for lesson in find_course(str(tmp_path)).lessons] == ["first", "second"]
        return
    with pytest.raises(ScenarioError) as caught:
        find_course(str(tmp_path))
    assert str(caught.value).startswith(f"{tmp_path / 'second.toml'}:4:9: error: {wrong}\n")


def test_keys_of_a_course_are_checked(tmp_path: Path) -> None:
    lessons(tmp_path, a="", b='needs = ["a", "c", "b", "adam-anatomy"]\norder = 3\nlevel = "hard"\nminutes = 0')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "b.toml")
    said = str(caught.value)
    assert "b.toml:5:9: error: level must be 'beginner', 'intermediate' or 'advanced', not 'hard'" in said
    assert "b.toml:6:11: error: minutes must be ≥ 1, not 0" in said
    lessons(tmp_path, b='needs = ["a", "c", "b", "adam-anatomy"]\norder = 3')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "b.toml")
    said = str(caught.value)
    assert "b.toml:3:15: error: there is no lesson 'c' beside this file, and none with gdtui" in said
    assert "b.toml:3:20: error: a lesson cannot need itself" in said
    assert "b.toml:4:1: error: order is a place in a course: it needs the key course" in said
    assert said.count("error:") == 3, "what comes with gdtui, or lies beside the file, is there"


def test_the_course_of_a_lesson_is_the_largest_that_has_it(tmp_path: Path) -> None:
    found = course_with(find("overfitting"))
    assert found is not None and found.name == "complete"
    assert course_with(tmp_path / "overfitting.toml") is None


def test_a_note_is_for_the_lecturer_and_any_text(tmp_path: Path) -> None:
    head = 'format = 1\ntitle = "t"\n[objective]\nkind = "surface"\nname = "sphere"\n[lanes.a]\noptimizer = "gd"\n'
    read = parse_scenario(
        f'{head}[script]\ndo = [{{ say = "Look.", note = "Wait for it." }}, {{ step = 1 }}]\n'.encode()
    )

    pages = read_lesson(read).pages
    assert [(page.caption, page.note) for page in pages] == [("Look.", "Wait for it."), ("Look.", "Wait for it.")]


# -- progress ---------------------------------------------------------------------------------------


def test_progress_is_kept_in_one_small_file(tmp_path: Path) -> None:
    file, lesson = tmp_path / "deep" / "progress.json", find("overfitting")
    progress = Progress(file)
    assert (progress.mark(lesson), progress.reached(lesson)) == ("○", None)
    progress.note(lesson, 3, 7)
    progress.note(lesson, 2, 7)
    again = Progress(file)
    reached = again.reached(lesson)
    assert again.mark(lesson) == "◐" and reached is not None and (reached.page, reached.pages) == (3, 7)
    other = Progress(file)
    other.note(find("adam-anatomy"), 1, 9)
    again.note(lesson, 7, 7)
    assert [Progress(file).mark(find(name)) for name in ("overfitting", "adam-anatomy")] == ["✓", "◐"]
    again.note(lesson, 1, 7)
    assert Progress(file).mark(lesson) == "✓", "done stays done"
    assert list(json.loads(file.read_text())["lessons"]) == ["overfitting", "adam-anatomy"]
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"lessons": 3}', '{"lessons": {"overfitting": {"page": "x"}}}', "[" * 9999]
)
def test_a_file_that_is_no_progress_is_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text(text)
    progress = Progress(file)
    assert progress.reached(find("overfitting")) is None
    assert progress.fault == f"{file} was damaged: it is kept as progress.json.damaged"
    assert (tmp_path / "progress.json.damaged").read_text() == text and not Progress(file).fault
    progress.note(find("overfitting"), 1, 7)
    assert Progress(file).mark(find("overfitting")) == "◐"


def test_where_nothing_can_be_written_progress_lasts_as_long_as_the_program(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    for path in (None, blocked / "progress.json"):
        progress = Progress(path)
        progress.note(find("overfitting"), 2, 7)
        reached = progress.reached(find("overfitting"))
        assert reached is not None and reached.page == 2


def test_each_lesson_of_the_lecture_has_a_note_for_the_lecturer() -> None:
    for head in shipped_courses()["lecture"].lessons:
        first = read_lesson(load_scenario(head.path)).pages[0]
        assert first.note, head.name
        assert first.note not in first.caption
