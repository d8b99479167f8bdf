"""A user's CSV: what is read from it, and every fault by its line and column."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from gdtui.errors import ObjectiveError
from gdtui.objectives.data import csv_data, csv_source
from gdtui.objectives.data.csv_data import read_dataset
from tests.objectives.building import dataset


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "points.csv"


def fault(file: Path, content: str | bytes | None = None, target: tuple[str, ...] = ()) -> str:
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ObjectiveError) as error:
        read_dataset(str(file), target)
    assert error.value.key == "csv"
    return str(error.value)


@pytest.mark.parametrize(
    "content", ["x,y\n1,2\n3,4\n", "\ufeffx,y\r\n1,2\r\n3,4\r\n", 'x , "y"\n\n 1,"2"\n3,4', "x,y\r1,2\r3,4\r"]
)
def test_numbers_are_read(file: Path, content: str) -> None:
    file.write_bytes(content.encode())
    table = read_dataset(str(file))
    assert (table.inputs, table.targets, table.classes) == (("x",), ("y",), ())
    assert table.x.tolist() == [[1], [3]] and table.y.tolist() == [[2], [4]]


def test_target_columns_are_taken_by_name_in_the_order_asked_for(file: Path) -> None:
    file.write_text("a,b,c\n1,2,3\n4,5,6\n")
    table = read_dataset(str(file), ("c", "a"))
    assert table.inputs == ("b",) and table.y.tolist() == [[3, 1], [6, 4]]


def test_words_in_the_target_column_are_classes(file: Path) -> None:
    file.write_text("x,kind\n1,cat\n2,ant\n3,cat\n")
    table = read_dataset(str(file))
    assert table.classes == ("ant", "cat") and table.y[:, 0].tolist() == [1, 0, 1]
    file.write_text("kind,x\ncat,1\nant,2\n7,3\n")
    assert read_dataset(str(file), ("kind",)).classes == ("7", "ant", "cat")


def test_line_breaks_in_names_are_spaces(file: Path) -> None:
    file.write_bytes(b'"width\n(cm)",kind\r\n1,"an\tant"\r\n2,"a \r\n cat"\r\n')
    table = read_dataset(str(file))
    assert (table.inputs, table.classes) == (("width (cm)",), ("a cat", "an ant"))


def test_the_default_loss_follows_the_target(file: Path) -> None:
    def model(content: str, **wish: object) -> tuple[str, tuple[int, ...]]:
        file.write_text(content)
        o = dataset(csv=str(file), **wish)  # type: ignore[arg-type]
        assert o.model is not None
        return o.model.loss, o.model.layers

    assert model("x,y\n1,2\n2,9\n") == ("mse", (1, 1))
    assert model("x,y\n1,a\n2,b\n") == ("bce", (1, 1))
    assert model("x,y\n1,a\n2,b\n3,c\n") == ("softmax", (1, 3))
    assert model("x,y\n1,5\n2,7\n3,5\n", loss="softmax") == ("softmax", (1, 2))
    assert model("x,y\n1,5\n2,7\n3,5\n", loss="bce", layers=(1, 4, 1)) == ("bce", (1, 4, 1))


def test_an_objective_of_a_file_is_minimised_by_least_squares(file: Path) -> None:
    file.write_text("x,y\n0,1\n1,3\n2,5\n3,70\n")
    o = dataset(csv=str(file), rows=3)
    assert o.name == "points.csv" and o.data.shape == (3, 2)
    np.testing.assert_allclose(o.minima[0], (2, 1, 0), atol=1e-12)
    with pytest.raises(ObjectiveError, match="from 1 to 4 rows") as error:
        dataset(csv=str(file), rows=5)
    assert error.value.key == "rows"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x1,x2,y\n1,2,3\n4,abc,5\n", "points.csv:3:3: 'abc' is not a number (column 'x2')"),
        (
            'x1,x2,y\n1,2,3\n"4,5",6,7\n',
            "points.csv:3:1: '4,5' is not a number (column 'x1'): write a decimal point, 4.5",
        ),
        ('x1,x2,y\n"4",b,7\n', "points.csv:2:5: 'b' is not a number (column 'x2')"),
        ("x,y\r\n1,2\r\n3,\r\n", "points.csv:3:3: nothing here (column 'y'): fill it in, or leave out the row"),
        ("x,y\n1,2\n3,many\n", "points.csv:3:3: 'many' is not a number (column 'y')"),
        ("x,y\n1,cat\n3, \n", "points.csv:3:3: nothing here (column 'y'): fill it in, or leave out the row"),
        ("x,y\nnan,2\n", "points.csv:2:1: 'nan' is not finite (column 'x'): leave out the row"),
        ("x,y\n1,-inf\n", "points.csv:2:3: '-inf' is not finite (column 'y'): leave out the row"),
        ("x,y\n1,1e999\n", "points.csv:2:3: '1e999' is not finite (column 'y'): leave out the row"),
        ("x,y\n1_0,2\n", "points.csv:2:1: '1_0' is not a number (column 'x')"),
        ("x,y\n١,2\n", "points.csv:2:1: '١' is not a number (column 'x')"),
        ("x,y\n1,2\n3\n", "points.csv:3:2: 1 field, the header has 2"),
        ("x,y\n1,2\n\n3,4,5\n", "points.csv:4:5: 3 fields, the header has 2"),
        ("", "points.csv:1: the file is empty"),
        ("\n\n", "points.csv:1: the file is empty"),
        ("x,y\n", "points.csv:1: a header and no rows"),
        ("1,2\n3,4\n", "points.csv:1: the first line names the columns, this one has only numbers"),
        ("x,y,x\n1,2,3\n", "points.csv:1:5: there are two columns named 'x'"),
        ("x,,y\n1,2,3\n", "points.csv:1:3: this column has no name"),
        ('x,y\n1,2\n3,"4\n', "points.csv:3:3: a quotation mark that is never closed"),
        (b"x,y\n1,2\n3,\xe9\n", "points.csv:3:3: not UTF-8"),
        ("x,y\n1,2\n".encode("utf-16"), "points.csv:1:1: not UTF-8"),
        ("x\n1\n", "points.csv:1: a single column; commas separate columns"),
        (
            "x;y\n1,5;2\n",
            "points.csv:1:2: columns are separated by commas, not by semicolons (and numbers have a decimal point)",
        ),
        ("x\ty\n1\t2\n", "points.csv:1:2: columns are separated by commas, not by tabs"),
        ('x,y\n1,2\n"3,4\n5,6\n', "points.csv:3:1: a quotation mark that is never closed"),
        ('x,y\n1,"2"3\n', "points.csv:2: not CSV: ',' expected after '\"'"),
        ("x,y\n1,2\x00\n", "points.csv:2:4: a control character, '\\x00'"),
        ("x,\x1b]52;c;AAAA\x07\n1,2\n", "points.csv:1:3: a control character, '\\x1b'"),
        ("x,y\r\n1,\u202egpj\n", "points.csv:2:3: a control character, '\\u202e'"),
    ],
)
def test_a_fault_is_told_with_its_place(file: Path, content: str | bytes, message: str) -> None:
    assert fault(file, content) == message


def test_a_missing_file_a_folder_and_a_pipe_are_refused_at_once(file: Path, tmp_path: Path) -> None:
    assert fault(file) == "points.csv: No such file or directory"
    assert fault(tmp_path).endswith("a folder, not a file")
    os.mkfifo(file)
    assert fault(file) == "points.csv: a pipe or device, not a file"
    assert fault(Path("/dev/zero")) == "zero: a pipe or device, not a file"


def test_a_huge_file_is_refused_unread(file: Path) -> None:
    with file.open("wb") as handle:
        handle.truncate(2**31)  # nothing of it is on the disk
    assert fault(file) == "points.csv: larger than 64 MiB"


def test_a_fault_leaves_no_file_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        fault(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_limits_hold(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_source, "MAX_BYTES", 2**20)
    for limit, value in (("MAX_ROWS", 3), ("MAX_COLUMNS", 2)):
        monkeypatch.setattr(csv_data, limit, value)
    assert fault(file, "x,y\n" + "1,2\n" * 4) == "points.csv:5: more than 3 rows"
    assert fault(file, "x,y,z\n1,2,3\n") == "points.csv:1: more than 2 columns"
    assert fault(file, "x,y\n" + "1,2\n" * 2**18) == "points.csv: larger than 1 MiB"


@pytest.mark.parametrize(
    ("content", "target", "message"),
    [
        ("x,y\n1,2\n", ("z",), "has no column 'z' (it has: x, y)"),
        ("width,height\n1,2\n", ("hieght",), "has no column 'hieght'; did you mean 'height'?"),
        ("width,kind\n1,cat\n", ("knid",), "has no column 'knid'; did you mean 'kind'?"),
        ("x,y\n1,2\n", ("y", "y"), "'y' is named twice"),
        ("x,y\n1,2\n", ("x", "y"), "no column left"),
        ("x,y\n1,a\n2,a\n", ("y",), "1 different values"),
    ],
)
def test_a_target_that_does_not_fit_is_refused(file: Path, content: str, target: tuple[str, ...], message: str) -> None:
    file.write_text(content)
    with pytest.raises(ObjectiveError) as error:
        read_dataset(str(file), target)
    assert error.value.key == "target" and message in str(error.value)


def test_a_constant_column_cannot_be_standardised(file: Path) -> None:
    file.write_text("x1,x2,y\n1,7,2\n2,7,3\n")
    with pytest.raises(ObjectiveError, match=r"points\.csv:1:4: input 'x2' is 7 in every training row") as error:
        dataset(csv=str(file), standardize=True)
    assert error.value.key == "standardize"
    assert dataset(csv=str(file)).minima == ()  # no unique best model either


def test_a_target_without_a_file_is_refused() -> None:
    with pytest.raises(ObjectiveError) as error:
        dataset("line", target=("y",))
    assert error.value.key == "target"
