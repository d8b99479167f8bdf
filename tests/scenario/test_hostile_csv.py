"""Hostile CSV files: every one is read or refused with a clean message, and what is read is finite."""

from __future__ import annotations

import os
import random
import resource
from pathlib import Path

import numpy as np
import pytest

from gdtui.cli.entry import main
from gdtui.errors import ObjectiveError
from gdtui.objectives.data.csv_data import read_dataset
from gdtui.text import printable

#: How many files are mutated by hand.
COUNT = int(os.environ.get("GDTUI_MUTANTS", "20000"))
WHOLE = (
    "x,y\n" + "".join(f"{i / 7},{i * i}\n" for i in range(20)),
    'a,"two\nlines",kind\r\n1,2,"a\tcat"\r\n3,4,"an\r\nant"\r\n',
    "a,b,kind\r\n1,2,cat\r\n3,4.5e-3,ant\r\n-5,6,cat\r\n",
    'x , "y"\n\n 1,"2"\n3,4\n5,"6"\n',
    "\ufeffwidth,height,π\n0.1,1e300,-0\n0.2,1e-300,1\n0.3,5,2\n",
)
# fmt: off
PIECES = [
    "1e999", "nan", "-inf", "", " ", '"', '""', "'", ",", ",,", ";", "\t", "\n", "\r", "\r\n", "\n\n", "\x00", "0x10",
    "\x1b]52;c;AA\x07", "\u061c", "\u202e", "\ufeff", "\U000e0041", "\ud800", "1_0", "١", "1e308", "5e-324", "-",
    "9" * 400, "1" * 5000, "x" * 9000, "y", "kind", "=1+1", "#", "1,2\n" * 40, '"a\nb"', "1e", "+1", "\x85", "\u2028",
]
# fmt: on
SCENARIO = 'format = 1\ntitle = "t"\n[objective]\nkind = "dataset"\ncsv = "points.csv"\n[lanes.a]\noptimizer = "gd"\n'


def mutant(chance: random.Random) -> bytes:
    """Change a few places of a file: insert, replace, remove, repeat or cut off."""
    text = chance.choice(WHOLE)
    for _change in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((0, 1, 3, 10, 40)))
        new = chance.choice((chance.choice(PIECES), chance.choice(PIECES), "", text[at:end] * chance.choice((2, 30))))
        text = text[:at] + new + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    return data[: chance.randrange(len(data) + 1)] if chance.random() < 0.05 else data


def check(seed: int, count: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Read mutants as the command line does; one in ten of them as the data of a scenario."""
    chance, refused = random.Random(seed), 0
    file, scenario = folder / "points.csv", folder / "t.toml"
    scenario.write_text(SCENARIO)
    for number in range(count):
        data = mutant(chance)
        file.write_bytes(data)
        try:
            table = read_dataset(str(file), ("y",) if chance.random() < 0.2 else ())
        except ObjectiveError as error:
            said = str(error)
            assert said == printable(said), (seed, number, data)
            assert len(said) < 1200, (seed, number, data)
            assert error.key in ("csv", "target"), (seed, number, data)
            refused += 1
        else:
            assert np.isfinite(table.x).all() and np.isfinite(table.y).all(), (seed, number, data)
        if number % 10 == 0:
            code = main(["replay", "--check", str(scenario)])
            said = "".join(capsys.readouterr())
            assert code in (0, 2), (seed, number, data, said)
            assert said == printable(said, "\n\t"), (seed, number, data, said)
    assert count // 4 < refused < count


def test_mutated_files_are_read_or_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(1, 400, tmp_path, capsys)


@pytest.mark.slow
def test_many_mutated_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(2, 100, tmp_path, capsys)  # what is loaded once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check(3, COUNT, tmp_path, capsys)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB, on Linux
