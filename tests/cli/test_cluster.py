"""`gdtui sweep --dask`: the same table from the processes of a local cluster, even if one is killed."""

from __future__ import annotations

import csv
import io
import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdtui.cli import main
from gdtui.cli.sweep_journal import Journal
from gdtui.kernel import Indices

distributed = pytest.importorskip("distributed", reason="pip install 'gdtui[cluster]'")

pytestmark = [pytest.mark.jit, pytest.mark.filterwarnings("ignore")]

WORDS = ["sweep", "--optimizer", "adam", "--over", "lr=0.01:0.5:3000", "--updates", "20", "--csv", "-"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with (
        warnings.catch_warnings(action="ignore"),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
    ):
        yield local


def table(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, str]]:
    assert main([*WORDS, *words]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)


def test_a_cluster_finds_the_same_table(cluster, capsys) -> None:
    alone = table(capsys)
    assert len(alone) == 3000
    assert table(capsys, "--dask", cluster.scheduler_address) == alone


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(cluster, tmp_path) -> None:
    words = [*WORDS[:5], "--updates", "100000", "--dask", cluster.scheduler_address]
    assert main([*words, "--csv", "whole.csv"]) == 0
    killed: list[int] = []

    def kill() -> None:
        part = tmp_path / "torn.csv.part"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if part.exists() and part.read_text().count("\n") > 1:  # some are done, others under way
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)
                return
            time.sleep(0.005)

    killer = threading.Thread(target=kill)
    killer.start()
    assert main([*words, "--csv", "torn.csv"]) == 0
    killer.join()
    assert killed
    assert (tmp_path / "torn.csv").read_text() == (tmp_path / "whole.csv").read_text()


def test_a_cluster_that_does_not_answer_is_an_input_error(capsys, monkeypatch) -> None:
    monkeypatch.setattr("gdtui.cli.cluster.CONNECT_SECONDS", 0.5)
    assert main([*WORDS, "--dask", "tcp://127.0.0.1:1"]) == 74
    assert "--dask tcp://127.0.0.1:1: " in capsys.readouterr().err
    assert main([*WORDS, "--dask", "tcp://127.0.0.1:1", "--threads", "2"]) == 2
    assert main([*WORDS, "--dask", "tcp://127.0.0.1:1", "--plugin", os.devnull]) == 2


def test_a_csv_file_is_found_from_wherever_workers_are(cluster, capsys, tmp_path) -> None:
    (tmp_path / "p.csv").write_text("a,b\n1,2\n2,4\n3,7\n")
    words = ["sweep", "--dataset", "p.csv", "--optimizer", "gd", "--over", "lr=0.01:0.1:3", "--csv", "-"]
    assert main(words) == 0
    alone = capsys.readouterr().out
    assert main([*words, "--dask", cluster.scheduler_address]) == 0
    assert capsys.readouterr().out == alone


@pytest.fixture
def empty() -> Iterator[distributed.LocalCluster]:
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None, protocol="tcp") as local:
        yield local


def test_a_cluster_without_workers_is_waited_for(empty, capsys, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("gdtui.cli.cluster.warn", lambda message: said.append(message) or empty.scale(1))
    assert len(table(capsys, "--dask", empty.scheduler_address)) == 3000
    assert len(said) == 1 and "no workers yet" in said[0]


def test_a_scheduler_that_goes_leaves_what_is_kept(empty, capsys, monkeypatch, tmp_path) -> None:
    note = Journal.note

    def last_note(kept: Journal, lane: str, members: Indices) -> None:
        note(kept, lane, members)
        empty.close()

    empty.scale(1)
    monkeypatch.setattr(Journal, "note", last_note)
    monkeypatch.setattr("gdtui.cli.cluster.CONNECT_SECONDS", 1)
    words = ["sweep", "--optimizer", "lbfgs", "--over", "lr=0.01:0.5:96", "--updates", "5", "--csv", "t.csv"]
    assert main([*words, "--dask", empty.scheduler_address]) == 74
    kept, said = capsys.readouterr().err.splitlines()
    assert " of 96 runs are in t.csv.part" in kept
    assert said.endswith(": the scheduler does not answer any more")
