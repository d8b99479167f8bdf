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
    monkeypatch.setattr("gdtui.cli.sweeping.CONNECT_SECONDS", 0.5)
    assert main([*WORDS, "--dask", "tcp://127.0.0.1:1"]) == 74
    assert "--dask tcp://127.0.0.1:1: " in capsys.readouterr().err
    assert main([*WORDS, "--dask", "tcp://127.0.0.1:1", "--threads", "2"]) == 2
