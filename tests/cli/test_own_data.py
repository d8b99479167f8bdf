"""A CSV file on the command line: as the only argument, or with --dataset and the keys of a scenario's dataset."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from gdtui.cli import main
from gdtui.cli.command_options import DATA_KEYS
from gdtui.cli.experiments import from_options
from gdtui.cli.parsers import parse
from gdtui.objectives.specs import CsvSpec, DatasetSpec

DATA = "rooms,age,price\n3,10,200.5\n4,35,230\n2,80,90\n5,2,410\n3,41,150\n6,5,500\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data.csv").write_text(DATA)
    (tmp_path / "notes.txt").write_text("nothing of ours\n")
    (tmp_path / "table.txt").write_text(DATA)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)


def spec_of(words: str) -> object:
    return from_options(parse(words.split())[1]).objective


def test_the_options_are_the_keys_of_a_scenario() -> None:
    keys = {field.name for field in CsvSpec.fields()} | {field.name for field in DatasetSpec.fields()}
    assert set(DATA_KEYS) == keys - {"csv", "name", "start"}


@pytest.mark.parametrize(("words", "spec"), [
    ("data.csv", CsvSpec("data.csv")),
    ("run data.csv", CsvSpec("data.csv")),
    ("--dataset data.csv", CsvSpec("data.csv")),
    ("run --dataset table.txt --target age", CsvSpec("table.txt", ("age",))),
    ("run data.csv --target age --target price --standardize", CsvSpec("data.csv", ("age", "price"), standardize=True)),
    ("data.csv --rows 4 --validation 0.25 --layers 2,3,1 --activation relu --loss mae --init he",
     CsvSpec("data.csv", rows=4, validation=0.25, layers=(2, 3, 1), activation="relu", loss="mae", init="he")),
    ("--dataset two-moons --rows 50 --standardize", DatasetSpec("two-moons", rows=50, standardize=True)),
])  # fmt: skip
def test_a_command_line_describes_a_dataset(words: str, spec: object) -> None:
    assert spec_of(words) == spec


@pytest.mark.parametrize(("words", "code", "said"), [
    ("run --dataset data.csv --target pric", 2,
     "gdtui: --target: data.csv has no column 'pric'; did you mean 'price'?"),
    ("data.csv --target pric", 2, "gdtui: --target: data.csv has no column 'pric'; did you mean 'price'?"),
    ("run data.csv --surface sphere", 2, "gdtui: --surface and a CSV file do not go together"),
    ("run nope.csv", 74, "gdtui: nope.csv: No such file or directory"),
    ("nope.csv", 74, "gdtui: nope.csv: No such file or directory"),
    ("notes.txt", 2, "gdtui: notes.txt is neither a scenario nor a CSV file (--dataset notes.txt reads it as one)"),
    ("run notes.txt", 2, "gdtui: notes.txt is neither a scenario nor a CSV file (--dataset notes.txt reads it as one)"),
    ("run --dataset notes.txt", 2, "gdtui: notes.txt:1: a header and no rows"),
    ("run --dataset two-mons", 2, "gdtui: --dataset: there is no dataset 'two-mons'; did you mean 'two-moons'?"),
    ("run --dataset iris --target species", 2, "gdtui: --target goes with a CSV file: a built-in dataset has its own"),
    ("run --standardize", 2, "gdtui: --standardize goes with --dataset or a CSV file"),
    ("run adam-first-step --target x", 2, "gdtui: --target and a scenario file do not go together"),
    ("run data.csv --validation 2", 2, "gdtui: --validation: validation must be < 1, not 2.0"),
    ("run data.csv --loss mze", 2,
     "gdtui: --loss: loss is one of mse, mae, huber, bce, softmax, not 'mze'; did you mean 'mse'?"),
    ("run data.csv --layers 3", 2,
     "gdtui run: error: argument --layers: two widths or more are wanted, inputs first, not '3'"),
])  # fmt: skip
def test_what_does_not_fit_is_said(words: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == code
    assert capsys.readouterr().err.splitlines()[-1] == said


def test_a_run_on_a_file_is_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    words = "run data.csv --standardize --optimizer gd --lr 0.1 --updates 40 --json -"
    assert main(words.split()) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows[-1]["loss"] < rows[0]["loss"] / 20


def test_the_objective_says_what_it_predicts() -> None:
    said = {
        words: from_options(parse(words.split())[1]).objective.build().teaches
        for words in ("data.csv --standardize", "data.csv --standardize --target age", "data.csv")
    }
    assert list(said.values()) == [
        "price, the last column, is predicted from rooms, age",
        "age is predicted from rooms, price",
        "scales differ 20 times: standardize; price, the last column, is predicted from rooms, age",
    ]
