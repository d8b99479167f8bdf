"""What is on the bench outlives the program: it is kept after every act, and the next start offers it."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.write.record import to_toml
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.tui.autosave import MOST_FILES, Autosave
from gdtui.verbs import Set, Step
from tests.tui.test_terminal import Terminal, environment, modes, terminal  # noqa: F401 - a fixture

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
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert replay(load_scenario(file)).code == 0
    keeper.close(discard=True)
    assert not file.exists()


def test_nothing_is_raised_where_nothing_can_be_written(tmp_path: Path, session: Session):
    (tmp_path / "file").write_text("")
    for folder in (None, tmp_path / "file" / "below", Path("/proc/gdtui")):
        keeper = Autosave(folder)
        keeper.keep(session)
        keeper.close(discard=True)
        assert keeper.left() is None


def test_files_of_running_programs_are_left_alone_and_old_ones_removed(tmp_path: Path):
    running = tmp_path / f"{os.getppid()}.toml"
    running.write_text("")
    names = [tmp_path / f"{NOBODY - number}.toml" for number in range(MOST_FILES + 3)]
    for age, path in enumerate(names):
        path.write_text("")
        os.utime(path, (time.time() - age * 60,) * 2)
    os.utime(names[1], (1.0, 1.0))
    assert Autosave(tmp_path).left() == names[0]
    assert set(tmp_path.iterdir()) == {running, names[0], *names[2 : MOST_FILES + 1]}


def start(terminal, folder: Path) -> Terminal:  # noqa: F811
    env = environment(XDG_STATE_HOME=str(folder), XDG_CONFIG_HOME=str(folder / "config"))
    (folder / "config" / "gdtui").mkdir(parents=True, exist_ok=True)
    (folder / "config" / "gdtui" / "config.toml").write_text("")
    return terminal(sys.executable, "-m", "gdtui", env=env).ready()


@pytest.mark.terminal
def test_after_sigkill_the_next_start_offers_the_session_and_u_restores_it(terminal, tmp_path):  # noqa: F811
    one = start(terminal, tmp_path)
    for key in (" ", "]", "\x1b[6~"):  # 1 update, a rate × 1.1, 10 updates
        one.child.send(key)
        one.read(0.3)
    one.until(lambda: re.search(r"update 11\b", one.shown()), "update 11")
    files = list((tmp_path / "gdtui" / "autosave").iterdir())
    assert [path.name for path in files] == [f"{one.program}.toml"]
    one.until(lambda: "step = 10" in files[0].read_text() or "step = 11" in files[0].read_text(), "the file", 2)
    before = files[0].read_text()
    os.kill(one.program, signal.SIGKILL)
    assert one.end() == 137
    two = start(terminal, tmp_path)
    two.until(lambda: "u restores what was on the bench at " in two.shown(), "the offer")
    two.child.send("u")
    two.until(lambda: re.search(r"update 11\b", two.shown()), "update 11")
    mine = tmp_path / "gdtui" / "autosave" / f"{two.program}.toml"
    two.until(lambda: mine.exists() and mine.read_text() == before, "the same session in its own file", 3)
    assert not files[0].exists()
    two.child.send("\x11")
    assert two.end() == 0
    assert modes(two.output) == []
    assert not mine.exists()  # quitting is on purpose
