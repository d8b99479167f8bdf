"""What is on the bench outlives the program: it is kept after every act, and the next start offers it."""

import os
import re
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.write.record import to_toml
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.tui.app import Gdtui
from gdtui.tui.autosave import LONGEST_UNFINISHED, MOST_FILES, Autosave
from gdtui.tui.configuration import Configuration
from gdtui.tui.screens.bench import Bench
from gdtui.tui.widgets.rows import RowsView
from gdtui.verbs import Set, Step
from tests.tui.terminals import Terminal, environment, modes

NOBODY = 999_999_999  # no process has this number


@pytest.fixture
def session() -> Session:
    return Session(default_experiment())


def test_after_a_burst_of_acts_the_newest_session_is_in_the_file(tmp_path: Path, session: Session):
    keeper = Autosave(tmp_path)
    for _act in range(50):
        session.apply(Step(1))
        session.apply(Set("gd.lr", 1e-3 + 1e-5 * _act))
        keeper.keep(session)
    keeper.close(discard=False)
    file = tmp_path / f"{os.getpid()}.toml"
    assert file.read_text() == to_toml(session)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{os.getpid()}.lock", file.name]
    assert replay(load_scenario(file)).code == 0
    keeper.close(discard=True)
    assert not file.exists()


def test_where_nothing_can_be_written_it_is_said_once_and_again_after_it_could(tmp_path: Path, session: Session):
    folder, said = tmp_path / "state", []
    folder.write_text("")  # a file in the place of the folder
    keeper = Autosave(folder)
    keeper.tell = said.append
    session.apply(Step(1))
    for _act in range(3):
        keeper.keep(session)
        assert keeper._idle.wait(5)
    assert said == [f"if gdtui is killed now, the bench is lost: {folder}: File exists"]
    folder.unlink()
    keeper.keep(session)
    assert keeper._idle.wait(5)
    file = folder / f"{os.getpid()}.toml"
    assert file.read_text() == to_toml(session)
    shutil.rmtree(folder)
    keeper.keep(session)
    assert keeper._idle.wait(5)
    assert len(said) == 2
    keeper.close(discard=True)


def test_nothing_is_raised_where_nothing_can_be_written(tmp_path: Path, session: Session):
    (tmp_path / "file").write_text("")
    for folder, reason in (
        (None, "no home directory can be found"),
        (tmp_path / "file" / "below", "Not a directory"),
        (Path("/proc/gdtui"), "No such file or directory"),
    ):
        keeper, said = Autosave(folder), []
        keeper.tell = said.append
        keeper.keep(session)
        assert keeper._idle.wait(5)
        assert [message.endswith(reason) for message in said] == [True]
        assert keeper.left() is None
        keeper.take(tmp_path / "file")
        keeper.close(discard=True)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_session_that_no_scenario_holds_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session):
    keeper, said = Autosave(tmp_path), []
    keeper.tell = said.append
    monkeypatch.setattr("gdtui.scenario.read.lesson_keys.MOST_BYTES", 10)
    keeper.keep(session)
    assert keeper._idle.wait(5)
    assert said == ["if gdtui is killed now, the bench is lost: it is larger than 0 KiB"]


def test_a_writer_that_the_disk_no_longer_gives_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session
):
    keeper, said = Autosave(tmp_path), []
    keeper.tell = said.append
    monkeypatch.setitem(sys.modules, "gdtui.scenario.write.record", None)  # as a broken disk leaves it
    keeper.keep(session)
    assert keeper._idle.wait(5)
    assert [message.split(":")[0] for message in said] == ["if gdtui is killed now, the bench is lost"]
    monkeypatch.undo()
    keeper.keep(session)
    assert keeper._idle.wait(5)
    assert (tmp_path / f"{os.getpid()}.toml").read_text() == to_toml(session)
    keeper.close(discard=True)


def leave(folder: Path, name: str, age: float = 0.0) -> Path:
    """Leave a file as a program does that is killed."""
    path = folder / name
    path.write_text("")
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_files_of_running_programs_are_left_alone_and_old_ones_removed(tmp_path: Path, session: Session):
    running = Autosave(tmp_path)
    running.keep(session)
    assert running._idle.wait(5)
    now = set(tmp_path.iterdir())
    files = [leave(tmp_path, f"{NOBODY - number}.toml", number * 60) for number in range(MOST_FILES + 3)]
    os.utime(files[1], (1.0, 1.0))
    (tmp_path / f"{NOBODY}.lock").touch()
    (tmp_path / "1.lock").touch()
    writing = leave(tmp_path, ".gdtui-a.part")
    leave(tmp_path, ".gdtui-b.part", LONGEST_UNFINISHED + 60)
    assert Autosave(tmp_path).left() == files[0]
    assert set(tmp_path.iterdir()) == {*now, writing, files[0], *files[2 : MOST_FILES + 1]}
    running.close(discard=False)


def test_a_bench_whose_process_number_is_in_use_again_is_offered(tmp_path: Path):
    """In a container the same few numbers come back at each start."""
    for number in (1, os.getppid(), os.getpid()):
        file = leave(tmp_path, f"{number}.toml")
        keeper = Autosave(tmp_path)
        assert keeper.left() == file
        keeper.take(file)
        assert [path.name for path in tmp_path.glob("*.toml")] == [f"{os.getpid()}.toml"]
        keeper.close(discard=True)
        assert list(tmp_path.iterdir()) == []


def test_two_programs_of_one_number_keep_a_file_each(tmp_path: Path, session: Session):
    """Two computers, or two containers, may share a home directory."""
    keepers = [Autosave(tmp_path), Autosave(tmp_path)]
    for keeper in keepers:
        session.apply(Step(1))
        keeper.keep(session)
        assert keeper._idle.wait(5)
    assert sorted(path.name for path in tmp_path.glob("*.toml")) == [f"{os.getpid()}-1.toml", f"{os.getpid()}.toml"]
    for keeper in keepers:
        keeper.close(discard=True)
    assert list(tmp_path.iterdir()) == []


def test_what_two_programs_offer_only_one_takes(tmp_path: Path):
    file = leave(tmp_path, f"{NOBODY}.toml")
    keepers = [Autosave(tmp_path), Autosave(tmp_path)]
    assert [keeper.left() for keeper in keepers] == [file, file]
    keepers[0].take(file)
    with pytest.raises(FileNotFoundError):
        keepers[1].take(file)


def test_a_clock_that_goes_back_hides_nothing(tmp_path: Path):
    file = leave(tmp_path, f"{NOBODY}.toml", -1e9)
    assert Autosave(tmp_path).left() == file


@asynccontextmanager
async def bench_on(
    folder: Path, configuration: Configuration | None = None
) -> AsyncIterator[tuple[Gdtui, Pilot[None], Callable[[], str]]]:
    """A bench that keeps its session there, and the words of its message."""
    app = Gdtui(autosave=Autosave(folder), configuration=configuration)
    async with app.run_test(size=(120, 36)) as pilot:
        while not (isinstance(app.screen, Bench) and app.screen.engine.ready and not app.screen.engine.busy):
            await pilot.pause(0.02)
        yield app, pilot, lambda: app.screen.query_one("#message", RowsView).text


@pytest.mark.jit
async def test_a_bench_that_runs_says_that_it_cannot_be_kept(tmp_path: Path):
    (tmp_path / "file").write_text("")
    async with bench_on(tmp_path / "file") as (app, pilot, message):
        app.screen.act(Step(1))
        for _wait in range(200):
            await pilot.pause(0.02)
            if "the bench is lost" in message():
                break
        for _act in range(3):  # as a run does
            app.screen.act(Step(1))
            await app.screen.engine.settled()
            await pilot.pause()
            assert "if gdtui is killed now, the bench is lost" in message()


@pytest.mark.jit
async def test_what_cannot_be_restored_stays_where_it_is(tmp_path: Path):
    file = leave(tmp_path, "1.toml")
    file.write_text('format = 1\ntitle = "of a plugin"\n[lanes.a]\noptimizer = "mine"\n')
    before = file.read_bytes()
    async with bench_on(tmp_path) as (_app, pilot, message):
        assert "R restores what was on the bench at" in message()
        await pilot.press("R")
        for _wait in range(200):
            await pilot.pause(0.02)
            if "it cannot be restored" in message():
                break
        assert "it cannot be restored" in message()
    assert file.read_bytes() == before


@pytest.mark.jit
async def test_the_key_that_restores_is_the_users_and_the_offer_stands_until_it_is_taken(
    tmp_path: Path, session: Session
):
    session.apply(Step(7))
    leave(tmp_path, "1.toml").write_text(to_toml(session))
    own = tmp_path / "own" / "config.toml"
    own.parent.mkdir()
    own.write_text('[keys]\nbench.restore = "f9"\n')
    async with bench_on(tmp_path, Configuration(own)) as (app, pilot, message):
        assert "f9 restores what was on the bench at" in message()
        await pilot.press("u", "R")
        app.screen.act(Step(1))
        await app.screen.engine.settled()
        assert app.screen.snapshot.position == 1
        await pilot.press("f9")
        for _wait in range(200):
            await pilot.pause(0.02)
            if app.screen.snapshot.position == 7:
                break
        assert app.screen.snapshot.position == 7, message()
        await pilot.press("f9")
        await pilot.pause()
        assert "no program that was killed has left a bench" in message()


def start(terminal, folder: Path) -> Terminal:
    env = environment(XDG_STATE_HOME=str(folder), XDG_CONFIG_HOME=str(folder / "config"))
    (folder / "config" / "gdtui").mkdir(parents=True, exist_ok=True)
    (folder / "config" / "gdtui" / "config.toml").write_text("")
    return terminal(sys.executable, "-m", "gdtui", env=env).ready()


@pytest.mark.terminal
def test_after_sigkill_the_next_start_offers_the_session_and_a_key_restores_it(terminal, tmp_path):
    one = start(terminal, tmp_path)
    for key in (" ", "]", "\x1b[6~"):  # 1 update, a rate × 1.1, 10 updates
        one.child.send(key)
        one.read(0.3)
    one.until(lambda: re.search(r"update 11\b", one.shown()), "update 11")
    files = list((tmp_path / "gdtui" / "autosave").glob("*.toml"))
    assert [path.name for path in files] == [f"{one.program}.toml"]
    one.until(lambda: "step = 10" in files[0].read_text() or "step = 11" in files[0].read_text(), "the file", 2)
    before = files[0].read_text()
    os.kill(one.program, signal.SIGKILL)
    assert one.end() == 137
    two = start(terminal, tmp_path)
    two.until(lambda: "R restores what was on the bench at " in two.shown(), "the offer")
    two.child.send("R")
    two.until(lambda: re.search(r"update 11\b", two.shown()), "update 11")
    mine = tmp_path / "gdtui" / "autosave" / f"{two.program}.toml"
    two.until(lambda: mine.exists() and mine.read_text() == before, "the same session in its own file", 3)
    assert not files[0].exists()
    two.child.send("\x11")
    assert two.end() == 0
    assert modes(two.output) == []
    assert not mine.exists()  # quitting is on purpose
