"""Lines are short, and nothing is done that has not been checked."""

import json
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdtui.classroom.arrival import merged
from gdtui.classroom.lines import Hello, Update, WireError, Word, command_of, lines, misfit, read, tables_of
from gdtui.classroom.transcript import Keeper, Shown, Transcript
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import shipped
from gdtui.session import Session
from gdtui.session.session import Log
from gdtui.simulation.defaults import default_experiment
from gdtui.verbs import VERBS, Action, Back, Set, Step
from gdtui.view.look import Look
from tests.classroom.test_following import ACTS


def transcripts(*acts: object) -> list[Transcript]:
    """Return the transcript after each act."""
    taken: list[Transcript] = []
    keeper, session = Keeper(taken.append), Session(default_experiment())
    keeper.done(session)
    for act in acts:
        session.apply(act)
        keeper.done(session)
    return taken


def test_every_command_is_read_as_it_was_written() -> None:
    logged = transcripts(*ACTS)[-1].log
    assert {type(command) for command in logged} >= {type(act) for act in ACTS if isinstance(act, Action)} - {Step}
    for command in logged:
        assert command_of(json.loads(json.dumps(tables_of(command)))) == command
    assert command_of(tables_of(Step(3 * 10**9))) == Step(3 * 10**9)


def test_every_command_of_every_lesson_travels() -> None:
    for path in shipped():
        for act in load_scenario(path).acts:
            if isinstance(act.verb, Action):
                assert command_of(json.loads(json.dumps(tables_of(act.verb)))) == act.verb, (path.stem, act.text)


def test_an_update_takes_less_than_200_bytes_on_the_socket() -> None:
    looks = [Look(cursor=n, lane=n % 4) for n in range(150)]
    acts = [Step(1) if n % 7 else Back(1) if n % 2 else Set("adam.lr", 1e-3 * (n + 1)) for n in range(1, 150)]
    taken = transcripts(*acts)
    taken = [
        replace(transcript, shown=Shown(look, 3, n))
        for n, (transcript, look) in enumerate(zip(taken, looks, strict=True))
    ]
    sizes = [sum(map(len, lines(before, now))) for before, now in pairwise(taken)]
    assert max(sizes) <= 200, max(sizes)


def test_a_long_log_arrives_in_pieces(tmp_path: Path) -> None:
    session, taken = Session(default_experiment()), []
    keeper = Keeper(taken.append)
    session.log = reduce(Log.then, map(Back, range(1, 1203)), Log())  # as if they had been done
    keeper.done(session)
    sent = list(lines(None, taken[-1]))
    assert len(sent) == 3
    transcript = Transcript()
    for line in sent:
        transcript = merged(transcript, read(Update, line), tmp_path)
    assert transcript.log == taken[-1].log
    shorter = replace(taken[-1], log=taken[-1].log[:700])
    (back,) = lines(taken[-1], shorter)
    assert merged(transcript, read(Update, back), tmp_path).log == shorter.log


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\n", b"\xff\xfe\n", b"[]\n", b"null\n", b"{}x\n", b'{"do":1}\n', b'{"keep":-1}\n', b'{"keep":true}\n',
        b'{"keep":0,"do":[{"nothing":1}]}\n', b'{"keep":0,"do":[{}]}\n', b'{"keep":0,"do":[[]]}\n',
        b'{"keep":0,"do":[{"step":0}]}\n', b'{"keep":0,"do":[{"step":"3"}]}\n', b'{"keep":0,"do":[{"step":1,"x":2}]}\n',
        b'{"keep":0,"do":[{"step":1,"back":1}]}\n', b'{"keep":0,"do":[{"set":"adam.lr","to":NaN}]}\n',
        b'{"keep":0,"do":[{"set":"adam.lr","to":1e999}]}\n', b'{"keep":0,"do":[{"press":"q"}]}\n',
        b'{"keep":0,"do":[{"screenshot":"../../x"}]}\n', b'{"keep":0,"do":[{"say":"\\u001b[31mred"}]}\n',
        b'{"keep":9,"do":[]}\n', b'{"look":{"chart":"nothing"}}\n', b'{"look":{"lane":-1}}\n', b'{"look":{"zoom":1}}\n',
        b'{"look":{"window":{"zoom":99999}}}\n', b'{"look":{"view":"../"}}\n', b'{"look":{"time":{"span":1e300}}}\n',
        b'{"detour":[{"kind":"lane","name":"a\\u001b[2J"}]}\n', b'{"scene":{"toml":"x","name":"\\u0007"}}\n',
        b'{"run":"rm"}\n', b'{"page":-1}\n', b"[" * 5000 + b"\n",
    ],
)  # fmt: skip
def test_rubbish_is_refused_and_leaves_the_record_as_it_was(line: bytes, tmp_path: Path) -> None:
    with pytest.raises(WireError):
        merged(Transcript(), read(Update, line), tmp_path)
    assert list(tmp_path.iterdir()) == []


KEYS = st.sampled_from(["do", "keep", "scene", "look", "lesson", "page", "toml", "csv", "name", *VERBS])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        KEYS, st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=8)
    )
)
def test_whatever_comes_is_taken_or_refused(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    try:
        transcript = merged(Transcript(), read(Update, json.dumps(value).encode()), tmp_path_factory.getbasetemp())
    except WireError:
        return
    assert isinstance(transcript, Transcript)


SECRET = "objective = {{ kind = 'dataset', csv = '{}' }}"


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.csv", "a/../../secret.csv", "secret.csv"])
def test_a_follower_opens_no_file_because_a_lecturer_names_it(path: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.csv").write_text("x,y\n1,2\n3,4\n")
    (own / "secret.csv").write_text("x,y\n1,2\n3,4\n")
    text = f"format = 1\ntitle = 'x'\n{SECRET.format(path)}\nlanes = {{ gd = {{ optimizer = 'gd' }} }}\n"
    line = json.dumps({"scene": {"toml": text}}).encode()
    transcript = merged(Transcript(), read(Update, line), own)
    assert transcript.scene is None
    assert "file" in transcript.refused
    with_name = json.dumps({"scene": {"toml": text, "name": path, "csv": "a,b\n1,2\n"}}).encode()
    transcript = merged(Transcript(), read(Update, with_name), own)
    assert (transcript.scene is None) == (path != "secret.csv")
    assert (tmp_path / "secret.csv").read_text() == "x,y\n1,2\n3,4\n"


def test_versions_that_do_not_fit_are_refused_with_a_sentence() -> None:
    assert misfit(Hello()) == ""
    assert "a class needs one version" in misfit(Hello(gdtui="0.0.1"))
    assert "of different builds" in misfit(Hello(protocol=99))
    assert misfit(Hello(refused="the class is full")) == "the class is full"
    with pytest.raises(WireError):
        read(Word, b'{"step":1}\n')  # a follower has no command to give
