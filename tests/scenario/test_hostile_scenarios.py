"""Hostile scenario files: every one is read or refused with clean messages, in bounded time and memory."""

from __future__ import annotations

import random
import tracemalloc
import unicodedata
from pathlib import Path

import pytest

from gdtui.cli.entry import main
from gdtui.errors import ObjectiveError, ParameterError
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.simulation.experiment import Lane
from gdtui.simulation.schedules import Schedule
from gdtui.text import printable

HEAD = 'format = 1\ntitle = "t"\n'
SPHERE = HEAD + '[objective]\nkind = "surface"\nname = "sphere"\n'
LANE = '[lanes.a]\noptimizer = "adam"\n'
LARGE = {"400 digits": "1" + "0" * 400, "6000 hexadecimal digits": "0x" + "F" * 6000, "65 bits": str(2**64)}


def complaint(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text.encode(), Path("f.toml"))
    return str(caught.value)


@pytest.mark.parametrize("number", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize(
    "where",
    [
        "lr = {}",
        "weight_decay = {}",
        "accumulate = {}",
        'schedule = {{ kind = "step", every = {} }}',
        "start = [{}, 1]",
        "sampling = {{ batch = {} }}",
        '[script]\ndo = [{{ expect = "a.loss", lt = {} }}]',
        '[script]\ndo = [{{ expect = "a.theta", eq = [1, {}] }}]',
        '[script]\ndo = [{{ set = "a.lr", to = {} }}]',
        "[script]\ndo = [{{ step = {} }}]",
    ],
)
def test_a_whole_number_that_no_float_holds_is_refused_where_it_stands(where: str, number: str) -> None:
    assert "error: this number has more than 64 bits\n" in complaint(SPHERE + LANE + where.format(number))


def test_a_whole_number_that_no_float_holds_is_no_setting() -> None:
    with pytest.raises(ParameterError, match="must be finite"):
        Schedule("exponential", {"factor": 10**400})
    for key in ("lr", "weight_decay"):
        with pytest.raises(ParameterError, match=key):
            Lane("a", "adam", settings={key: 10**400})


@pytest.mark.parametrize("act", ['expect = "a.theta[{}]", eq = 1', 'until = "a.theta[{}] < 1", max = 9'])
def test_an_index_of_5000_digits_is_refused_and_not_repeated_whole(act: str) -> None:
    said = complaint(SPHERE + LANE + "[script]\ndo = [{ " + act.format("1" * 5000) + " }]")
    assert "a quantity reads LANE.NAME or LANE.NAME[INDEX]" in said
    assert len(said) < 500


@pytest.mark.parametrize(
    "objective",
    [
        'pattern = "' + ",".join(["impulse"] * 20_000) + '"',  # built, 1000 rows of it are 160 MB
        'pattern = "step"\nstart = [' + ",".join("1" * 5_000) + "]",
        "gradients = [[" + ",".join("1" * 5_000) + "]]",
    ],
    ids=["pattern", "start", "gradients"],
)
def test_a_tape_that_is_too_wide_is_refused_before_it_is_built(objective: str) -> None:
    tracemalloc.start()
    said = complaint(f'{HEAD}[objective]\nkind = "tape"\n{objective}\n{LANE}')
    _size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "a tape has at most 1024 coordinates, not" in said
    assert peak < 64 * 2**20


def test_format_characters_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Bidirectional controls, tags, invisible operators; the joiners of Persian, Indic scripts and emoji stay."""
    formats = [chr(code) for code in range(0x11_0000) if unicodedata.category(chr(code)) == "Cf"]
    passed = {c for c in formats if printable(c) == c}
    assert passed == {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}
    file = tmp_path / "a\N{ARABIC LETTER MARK}b.toml"
    for text in (
        f"# {''.join(formats)} x\n",
        'x\u061c = "',
        f'"\u061c" = 1\n{SPHERE}{LANE}',
        f"{SPHERE}{LANE}\u2060=1",
    ):
        file.write_text(text, encoding="utf-8")
        assert main(["replay", str(file)]) == 2
        said = "".join(capsys.readouterr())
        assert said and not set(formats) - passed & set(said)
    assert main(["replay", str(file) + "\u061c"]) in (2, 74)
    assert "\u061c" not in "".join(capsys.readouterr())


def test_a_scenario_cannot_print_another_file(tmp_path: Path) -> None:
    """A message quotes a cell of a file that is named as data, and no file that is something else."""
    secret = tmp_path / "secret"
    (tmp_path / "data.csv").symlink_to(secret)
    for content in ("root:x:0:0\ndaemon:x:1:1\n", "key,key\n1,2\n", "key,value\ntoken,hidden\n", "key\n1\n"):
        secret.write_text(content)
        for kind, more in (("tape", ""), ("dataset", ""), ("dataset", 'target = "kez"')):
            for name in ("secret", "data.csv"):
                objective = f'[objective]\nkind = "{kind}"\ncsv = "{tmp_path / name}"\n{more}\n'
                try:
                    parse_scenario((HEAD + objective + LANE).encode())
                except ScenarioError as error:
                    messages = " ".join(fault.message for fault in error.faults)
                    assert not any(word in messages for word in ("root", "daemon", "'key", "token", "hidden"))
    data = tmp_path / "points.csv"
    data.write_text(f"{'x' * 1000},y\n{'long' * 1000},1\n")
    objective = f'[objective]\nkind = "dataset"\ncsv = "{data}"\n'
    assert f"points.csv:2:1: '{'long' * 10}' is not a number (column '{'x' * 40}')" in complaint(
        HEAD + objective + LANE
    )


def test_divisors_whose_product_is_zero_end_the_lane_and_not_the_session() -> None:
    schedule = 'schedule = { kind = "one-cycle", updates = 9, initial_divisor = 1e-200, final_divisor = 1e-200 }\n'
    text = SPHERE + LANE + schedule + "[script]\ndo = [{ step = 9 }, { expect = 'a.status', eq = 'diverged' }]"
    assert replay(parse_scenario(text.encode())).code == 0


# -- mutants ----------------------------------------------------------------------------------------

SHIPPED = sorted(Path("scenarios").glob("*.toml"))
# fmt: off
PIECES = [
    "1" * 5000, "0x" + "F" * 5000, "1e999", "-1", "0", "nan", "-0.0", "1e-320", "true", '""', "[]", "{}", "[[", "]]",
    "\x00", "\x1b]52;c;AA\x07", "\u061c", "\u202e", "\ufeff", "\U000e0041", "\ud7ff", "\r", '"""', "'''", "\\u061c",
    "[script]", "[lanes.a]", "do = [", "= ", ".", ",", "\n", "#", "{ step = 1 }", 'csv = "/etc/passwd"', "{0!r}", "%s",
]
# fmt: on


def mutant(text: str, chance: random.Random) -> bytes:
    """Change a few places of a text: remove, repeat, swap or insert."""
    for _change in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((0, 1, 3, 10, 80)))
        kind = chance.randrange(4)
        other = chance.choice(PIECES) if kind < 2 else text[at:end] * chance.choice((2, 3, 50)) if kind == 2 else ""
        text = text[:at] + other + text[at if kind == 1 else end :]
    data = text.encode("utf-8", "surrogatepass")
    return data[: chance.randrange(len(data) + 1)] if chance.random() < 0.05 else data


def check_mutants(seed: int, count: int, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in SHIPPED]
    refused = 0
    for number in range(count):
        data = mutant(chance.choice(texts), chance)
        file.write_bytes(data)
        code = main(["replay", "--check", str(file)])
        said = "".join(capsys.readouterr())
        assert code in (0, 2, 5), (seed, number, data, said)
        assert not [c for c in said if c != printable(c, "\n\t")], (seed, number, data, said)
        refused += code == 2
    assert refused > count // 4


def test_mutants_are_read_or_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_mutants(1, 120, tmp_path / "mutant.toml", capsys)


@pytest.mark.slow
def test_many_mutants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_mutants(2, 100_000, tmp_path / "mutant.toml", capsys)


def test_an_objective_near_the_largest_float_is_built(tmp_path: Path) -> None:
    data = tmp_path / "points.csv"
    for cells in ("1e308,1e308\n-1e308,1e308\n1e308,-1e308\n", "1e-320,1\n2e-320,2\n", "1e300,1\n2e300,2\n1e-300,3\n"):
        data.write_text("x,y\n" + cells)
        assert ObjectiveSpec("dataset", csv=str(data)).build().dimension == 2
        with pytest.raises(ObjectiveError, match=r"points\.csv:1:1: input 'x' has numbers too large or too small"):
            ObjectiveSpec("dataset", csv=str(data), standardize=True).build()
