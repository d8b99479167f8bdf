"""Every path that tomllib yields has a position, and the text there reads as the same value."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdtui.toml.positions import index, inside_string

DOCUMENTS = [
    "a = 1",
    "a.b.c = 1\na.b.d = 'x'",
    '"a b".\'c.d\' . e = "x # no comment" # comment',
    '"\\u00e9" = "\\u00e9\\n\\"q\\""',
    "[t]\na = [1, [2, 3], { b = 4, c.d = [5] }, ]\n[t.u]\nx = 1979-05-27 07:32:00 # date",
    "[[p]]\nn = 1\n[[p]]\nn = 2\n[p.q]\nz = 3\n[[p.r]]\nw = 4\n[[p.r]]\nw = 5",
    "a = [ # one\n 1, # two ]\n\n 2 # three\n ]",
    'a = """\nx \\\n   y "" z"""""\nb = \'\'\'\n\'a\'\'b\'\'\'\'\'\nc = """"""',
    "a = []\nb = {}\n c = [ ]\n d = { }",
    "a = +1_000\nb = 0xDEAD\nc = -1e-3\nd = true\ne = 07:32:00\nf = 1e6",
    "\n\n# only a comment\n",
    "1 = 2\n2.3 = 4\n-_ = 5",
    "a = '''x''' \r\nb = [\r\n1,\r\n2]\r\n".replace("\r\n", "\n"),
]


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    found = [(path, value)] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += paths(inner, (*path, number))
    return found


def check(text: str) -> None:
    document = tomllib.loads(text)
    found = index(text)
    assert found.stuck is None
    for path, value in paths(document):
        if isinstance(path[-1], str):
            assert path in found.keys, path
        if path in found.values:
            begin, end = found.values[path]
            if not text.startswith("[[", begin):
                assert repr(tomllib.loads("x = " + text[begin:end])["x"]) == repr(value), path
        else:  # a table with a header, or made by a dotted key
            assert isinstance(value, (dict, list)), path


@pytest.mark.parametrize("text", DOCUMENTS)
def test_every_value_of_a_document_is_where_it_is_said_to_be(text: str) -> None:
    check(text)


@pytest.mark.parametrize("path", sorted(Path("scenarios").glob("*.toml")), ids=str)
def test_every_value_of_the_shipped_scenarios_is_found(path: Path) -> None:
    check(path.read_text("utf-8"))


BARE = st.text("abcXYZ019_-", min_size=1, max_size=5)
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


STRINGS = st.one_of(
    TEXT.map(quoted),
    TEXT.filter(lambda s: "'" not in s).map(lambda s: f"'{s}'"),
    TEXT.map(lambda s: f'""{quoted(s)}""' if not s.startswith('"') else quoted(s)),
    TEXT.filter(lambda s: "'" not in s).map(lambda s: f"'''\n{s}\n {s}'''"),
)
SCALARS = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda f: repr(f)),
    st.sampled_from(["true", "false", "inf", "-nan", "0x1F", "1_0"]),
    st.datetimes(min_value=datetime.datetime(1000, 1, 1)).map(lambda d: d.isoformat(" ")),
    STRINGS,
)
KEYS = st.one_of(BARE, TEXT.map(quoted))
GAPS = st.sampled_from(["", " ", "\n", " # ]},\"'\n", "\t"])


def arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = st.tuples(GAPS, inner, GAPS).map("".join)
    return st.lists(item, max_size=3).map(lambda items: f"[{','.join(items)}]")


def tables(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(KEYS, inner)
    return st.lists(pair, max_size=3).map(lambda ps: "{ " + ", ".join(f"{k} = {v}" for k, v in ps) + " }")


VALUES = st.recursive(SCALARS, lambda inner: arrays(inner) | tables(inner), max_leaves=8)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(KEYS, KEYS, VALUES).map(lambda p: f"{p[0]} . {p[1]}={p[2]} # end"),
    st.lists(KEYS, min_size=1, max_size=3).map(lambda ks: f"[{' . '.join(ks)}]"),
    st.lists(KEYS, min_size=1, max_size=2).map(lambda ks: f"[[{'.'.join(ks)}]]"),
)


def check_any(text: str) -> None:
    try:
        tomllib.loads(text)
    except ValueError:
        index(text)  # must not raise
        return
    check(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_whatever_tomllib_reads_is_placed(text: str) -> None:
    check_any(text)


@pytest.mark.slow
@settings(max_examples=4000, deadline=None)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_whatever_thousands_of_texts_hold_is_placed(text: str) -> None:
    check_any(text)


@settings(max_examples=300, deadline=None)
@given(st.text("[]{}=.,#\"'\\\n ab1", max_size=40))
def test_broken_text_never_raises(text: str) -> None:
    index(text)


@pytest.mark.parametrize(
    ("raw", "column", "offset"),
    [
        ('"abc"', 2, 2),
        ('"a\\tbc"', 3, 4),
        ("'a\\tbc'", 3, 3),
        ('"""\nabc"""', 1, 4),
        ('"\\u00e9x"', 2, 7),
        ('"a"', 9, 2),
    ],
)
def test_a_column_in_a_string_is_found_in_the_text(raw: str, column: int, offset: int) -> None:
    assert inside_string(raw, column) == offset
