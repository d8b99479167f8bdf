"""Nothing that a follower does, or fails to do, disturbs a lecture."""

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from gdtui.classroom import lecture as serving
from gdtui.classroom.client import shake_hands
from gdtui.classroom.lecture import Lecture
from gdtui.classroom.lines import Hello, WireError, Word, written
from gdtui.classroom.listener import LectureError, Listener, connected
from gdtui.verbs import Set, Step
from tests.classroom.classes import Follower, Lecturer, same_bits, until


def raw(path: Path, *sent: bytes) -> socket.socket:
    """Return a connection that has said this."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(20)
    made.connect(os.fspath(path))
    for each in sent:
        made.sendall(each)
    return made


def rest(connection: socket.socket) -> bytes:
    """Return everything until the other side hangs up."""
    out = b""
    try:
        while piece := connection.recv(65536):
            out += piece
    except ConnectionResetError:
        pass
    return out


async def test_rubbish_hanging_and_dying_followers_disturb_nobody(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(serving, "GREETING", 0.3)
    monkeypatch.setattr(serving, "STUCK", 0.3)
    hello = written(Hello())
    with Lecturer(tmp_path) as lecturer:
        good = Follower(lecturer.path, tmp_path / "own")
        await good.at(lecturer)
        silent = raw(lecturer.path)
        hanging = [raw(lecturer.path, hello) for _ in range(3)]
        for each in hanging:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        rude = [
            raw(lecturer.path, sent)
            for sent in (
                b"GET / HTTP/1.1\r\n\r\n", b"\0" * 100_000, hello + b"rubbish\n", hello + b"x" * 100_000,
                hello + b'{"step":1}\n', hello + written(Word(alone=True)) * 500,
            )
        ]  # fmt: skip
        raw(lecturer.path, hello).close()
        long_name = "x" * 300
        for number in range(60):  # a socket that nobody reads holds as much
            lecturer.do(Step(1), Set("adam.lr", 1e-3 * (number + 1)))
            lecturer.session.caption = long_name
            if number % 15 == 0:
                await good.at(lecturer)
                assert same_bits(lecturer.session, good.session)
        await good.at(lecturer)
        assert same_bits(lecturer.session, good.session)
        for each in rude:
            await asyncio.to_thread(rest, each)
        assert await asyncio.to_thread(rest, silent) == b""
        await until(lambda: lecturer.attendance[-1].following == 4)
        for each in (*hanging, silent, *rude):
            each.close()
        await until(lambda: lecturer.attendance[-1].following == 1)
        await good.close()


async def test_who_reads_nothing_is_sent_no_more_and_then_dropped(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(serving, "STUCK", 0.3)
    monkeypatch.setattr(serving, "PACE", 0.0)
    with Lecturer(tmp_path) as lecturer:
        stuck = raw(lecturer.path, written(Hello()))
        await until(lambda: lecturer.attendance and lecturer.attendance[-1].following == 1)
        from gdtui.verbs import Mark

        for number in range(200):  # more than the socket holds
            lecturer.do(Mark(f"{number}-" + "m" * 3000))
            await asyncio.sleep(0.001)
        await until(lambda: lecturer.attendance[-1].following == 0)
        got = await asyncio.to_thread(rest, stuck)
        assert len(got) < 600_000
        stuck.close()
        late = Follower(lecturer.path, tmp_path / "late")
        await late.at(lecturer)
        assert same_bits(lecturer.session, late.session)
        await late.close()


async def test_other_versions_and_other_programs_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with Lecturer(tmp_path) as lecturer:
        for hello, words in (
            (written(Hello(gdtui="0.0.1")), b"a class needs one version"),
            (b"what is this?\n", b"this is a lecture of gdtui"),
        ):
            with raw(lecturer.path, hello) as follower:
                assert words in await asyncio.to_thread(rest, follower)
    stranger = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    stranger.bind(os.fspath(tmp_path / "stranger.sock"))
    stranger.listen()

    def answer(line: bytes) -> None:
        met = stranger.accept()[0]
        met.recv(1000)
        met.sendall(line)
        met.close()

    for line, words in (
        (written(Hello(gdtui="9.9")), "a class needs one version"),
        (b"220 mail ready\n", "no lecture of gdtui"),
        (b"", "the lecture has closed the connection"),
        (b"x" * 5000, "no lecture of gdtui"),
    ):
        task = asyncio.create_task(asyncio.to_thread(answer, line))
        with pytest.raises(LectureError, match=words):
            await asyncio.to_thread(shake_hands, tmp_path / "stranger.sock")
        await task
    stranger.close()


async def test_a_crowd_that_says_nothing_keeps_nobody_out(tmp_path: Path, monkeypatch, caplog) -> None:
    monkeypatch.setattr(serving, "MOST_UNMET", 5)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Lecturer(tmp_path) as lecturer:
        good = Follower(lecturer.path, tmp_path / "own")
        await good.at(lecturer)
        silent = [raw(lecturer.path) for _ in range(40)]
        dripping = [raw(lecturer.path, b"{") for _ in range(5)]
        assert await asyncio.to_thread(rest, silent[0]) == b""
        late = Follower(lecturer.path, tmp_path / "late")
        await late.at(lecturer)
        half_open = [raw(lecturer.path, written(Hello())) for _ in range(5)]
        for each in half_open:
            each.shutdown(socket.SHUT_WR)
        enter = f"[each.connect({os.fspath(lecturer.path)!r}) for each in crowd]"
        code = f"import socket\ncrowd = [socket.socket(socket.AF_UNIX) for _ in range(100)]\n{enter}"
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 8, hard))
            await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], check=True)
            lecturer.do(Step(1))
            await good.at(lecturer)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert same_bits(lecturer.session, good.session)
        assert not caplog.records
        for each in (*silent, *dripping, *half_open):
            each.close()
        await good.close()
        await late.close()


@pytest.mark.parametrize("name", ["lecture.sock", "a", "_"])
def test_a_socket_file_appears_once_it_can_be_connected_to(tmp_path: Path, monkeypatch, name: str) -> None:
    path, rename, seen = tmp_path / name, os.rename, []

    def checked(unready: Path, ready: Path) -> None:
        assert not path.exists()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(os.fspath(unready))
        seen.append(ready)
        rename(unready, ready)

    monkeypatch.setattr(os, "rename", checked)
    listener = Listener(path)
    assert seen == [path]
    connected(path).close()
    listener.close()
    assert os.listdir(tmp_path) == []


async def test_a_socket_file_that_somebody_removes_is_made_again(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(serving, "RENEW", 0.05)
    with Lecturer(tmp_path) as lecturer:
        good = Follower(lecturer.path, tmp_path / "own")
        await good.at(lecturer)
        lecturer.path.unlink()
        await until(lecturer.path.exists)
        assert os.stat(lecturer.path).st_mode & 0o777 == 0o600
        late = Follower(lecturer.path, tmp_path / "late")
        lecturer.do(Step(3))
        for each in (good, late):
            await each.at(lecturer)
            assert same_bits(lecturer.session, each.session)
            await each.close()
    assert not lecturer.path.exists()


async def test_a_lecturer_who_says_what_is_not_understood_is_left(tmp_path: Path, monkeypatch) -> None:
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        await follower.at(lecturer)
        monkeypatch.setattr(serving, "lines", lambda _sent, _now: [b'{"format":"disk"}\n'])
        lecturer.do(Step(1))
        await until(lambda: follower.gone)
        with pytest.raises(WireError):
            await follower.close()


async def test_two_hundred_followers_and_their_answers(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1000:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with Lecturer(tmp_path) as lecturer:
        everyone = [raw(lecturer.path, written(Hello())) for _ in range(200)]
        await until(lambda: lecturer.attendance and lecturer.attendance[-1].following == 200)
        lecturer.lecture.ask(7)
        lecturer.do(Step(17))
        for number, each in enumerate(everyone):
            word = Word(question=7, answer="adam", right=True) if number % 4 else Word(question=7, answer="gd")
            each.sendall(written(word))
            each.sendall(written(Word(question=6, answer="an old one")))
        await until(lambda: sum(lecturer.attendance[-1].answers.values()) == 200)
        assert lecturer.attendance[-1].answers == Counter({("adam", True): 150, ("gd", None): 50})
        everyone[0].sendall(written(Word(question=7, answer="adam", right=True)))
        await until(lambda: lecturer.attendance[-1].answers == Counter({("adam", True): 151, ("gd", None): 49}))
        everyone.pop(1).close()
        await until(lambda: lecturer.attendance[-1].following == 199)
        assert lecturer.attendance[-1].answers == Counter({("adam", True): 151, ("gd", None): 49}), "who leaves counts"
        assert lecturer.attendance[-1].asked == 200
        lecturer.lecture.ask(8)
        await until(lambda: not lecturer.attendance[-1].answers)
        lecturer.lecture.close()
        said = [rest(each) for each in everyone]
        assert all(b'"step":17' in each and each.endswith(b'{"over":true}\n') for each in said)
        for each in everyone:
            each.close()


async def test_the_class_is_full_at_some_point(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(serving, "MOST_FOLLOWERS", 2)
    with Lecturer(tmp_path) as lecturer:
        held = [shake_hands(lecturer.path) for _ in range(2)]
        await until(lambda: lecturer.attendance and lecturer.attendance[-1].following == 2)
        with pytest.raises(LectureError, match="the class is full"):
            shake_hands(lecturer.path)
        for each in held:
            each.close()


# The socket's file ---------------------------------------------------------------------------------


def test_the_socket_is_the_users_alone_or_a_groups_and_goes_at_the_end(tmp_path: Path) -> None:
    import grp

    path = tmp_path / "a.sock"
    listener = Listener(path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    listener.close()
    assert not path.exists()
    group = grp.getgrgid(os.getgid()).gr_name
    listener = Listener(path, group)
    found = os.stat(path)
    assert (found.st_mode & 0o777, found.st_gid) == (0o660, os.getgid())
    path.unlink()
    path.write_text("another file by now")
    listener.close()
    assert path.read_text() == "another file by now"
    with pytest.raises(LectureError, match="there is no group 'no-such-group'"):
        Listener(tmp_path / "b.sock", "no-such-group")


def test_what_is_at_the_path_is_replaced_only_if_a_dead_lecture_left_it(tmp_path: Path) -> None:
    path = tmp_path / "lecture.sock"
    listen = f"s = socket.socket(socket.AF_UNIX); s.bind({os.fspath(path)!r}); s.listen()"
    code = f"import os, socket; {listen}; os.kill(os.getpid(), 9)"
    dead = subprocess.run([sys.executable, "-c", code], check=False)
    assert dead.returncode == -signal.SIGKILL
    assert path.is_socket()
    with pytest.raises(LectureError, match="is over"):
        connected(path)
    listener = Listener(path)
    lecture = Lecture(listener)
    lecture.start()
    with pytest.raises(LectureError, match="a lecture is given at"):
        Listener(path)
    shake_hands(path).close()
    lecture.close()
    assert not path.exists()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    for name, words in (
        ("file", "is no socket"), ("link", "is a link"), ("none/x.sock", "No such file"), ("x" * 120, "at most 107"),
    ):  # fmt: skip
        with pytest.raises(LectureError, match=words):
            Listener(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "link").is_symlink()


def test_there_is_no_lecture_and_one_may_not_enter(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", os.fspath(tmp_path))
    with pytest.raises(LectureError, match="there is no lecture at"):
        connected()
    listener = Listener()
    assert listener.path == tmp_path / "gdtui" / "lecture.sock"
    assert os.stat(listener.path.parent).st_mode & 0o777 == 0o700
    made = connected()
    made.close()
    listener.close()
    (tmp_path / "file").write_text("")
    with pytest.raises(LectureError, match="is no socket"):
        connected(tmp_path / "file")


async def test_the_lecture_ends_for_everyone(tmp_path: Path) -> None:
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        await follower.at(lecturer)
        begun = time.monotonic()
        lecturer.lecture.close()
        assert time.monotonic() - begun < 1.5
        await until(lambda: follower.gone)
        assert follower.client.over
        await follower.close()
