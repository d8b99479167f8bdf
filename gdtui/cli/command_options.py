"""The options of each command, declared once."""

from __future__ import annotations

import argparse
from collections.abc import Container
from functools import partial

from gdtui.text import _, did_you_mean
from gdtui.tui.terminal.detection import COLORS


def _experiment_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(_("an experiment without a file"))
    kind = group.add_mutually_exclusive_group()
    kind.add_argument("--surface", metavar="NAME", help=_("a built-in surface (gdtui list surfaces)"))
    kind.add_argument("--expression", metavar="TEXT", help=_("your own, as 'x**2 + 10*y**2'"))
    kind.add_argument(
        "--dataset", metavar="NAME|FILE", help=_("a built-in dataset (gdtui list datasets), or a CSV file")
    )
    group.add_argument(
        "--optimizer", metavar="NAME[:DIALECT]", action="append", default=[], help=_("one lane each; repeat it")
    )
    group.add_argument(
        "--lr", type=float, metavar="RATE", action="append",
        help=_("of every lane; or repeat it: one for each --optimizer, in order"),
    )  # fmt: skip
    group.add_argument("--start", metavar="A,B,…", help=_("first parameters, as -1.2,1"))
    group.add_argument("--sampling", metavar="WHAT", help=_("of every lane: full, single, or a batch size"))
    group.add_argument("--seed", type=int, metavar="N", help=_("of all randomness"))
    _data_options(parser.add_argument_group(_("the data and the model of a dataset")))


#: The options of a dataset are its keys in a scenario file.
DATA_KEYS = ("target", "rows", "validation", "standardize", "layers", "activation", "loss", "output", "init")


def _data_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--target", metavar="COLUMN", action="append", default=[],
        help=_("a column of the CSV file to predict (default: the last); repeat it"),
    )  # fmt: skip
    group.add_argument("--standardize", action="store_true", help=_("scale each input to mean 0 and variance 1"))
    group.add_argument("--rows", type=_positive, metavar="N", help=_("how many (default: all of a file)"))
    group.add_argument("--validation", type=float, metavar="SHARE", help=_("of the rows, held out: 0.2"))
    group.add_argument("--layers", type=_layers, metavar="A,B,…", help=_("widths, inputs first: 2,8,1"))
    group.add_argument("--activation", metavar="NAME", help=_("of hidden layers: tanh, relu, …"))
    group.add_argument("--loss", metavar="NAME", help=_("mse, mae, huber, bce or softmax"))
    group.add_argument("--output", metavar="NAME", help=_("activation of the output: identity or sigmoid"))
    group.add_argument("--init", metavar="NAME", help=_("first parameters: xavier, he, zeros, …"))


def _layers(text: str) -> tuple[int, ...]:
    widths = tuple(map(_positive, text.split(",")))
    if len(widths) < 2:
        raise argparse.ArgumentTypeError(_("two widths or more are wanted, inputs first, not {!r}").format(text))
    return widths


def _screen_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", metavar="NAME", help=_("colours of the screen, remembered (gdtui list themes)"))
    parser.add_argument("--colors", choices=COLORS, help=_("how many colours (default: as many as the terminal has)"))


def plugin_option(parser: argparse.ArgumentParser) -> None:
    """Declare the option of every command that knows optimizers."""
    parser.add_argument(
        "--plugin", metavar="FILE", action="append", default=[],
        help=_("run a Python file that adds optimizers with @optimizer; repeat it"),
    )  # fmt: skip


def open_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui`."""
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help=_("a scenario, the name of a shipped one, or a CSV file")
    )
    parser.add_argument("--at", type=_positive, metavar="LINE", help=_("open the lesson where this line is next"))
    _screen_options(parser)
    parser.add_argument("--tour", action="store_true", help=_("show the tour of the first start again"))
    plugin_option(parser)
    _experiment_options(parser)


def present_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui present`."""
    open_options(parser)
    group = parser.add_argument_group(_("the class"))
    group.add_argument(
        "--socket", metavar="PATH", help=_("where the class finds the lecture (default: in your runtime folder)")
    )
    group.add_argument("--restart", action="store_true", help=_("begin a course at its first lesson"))
    group.add_argument("--group", metavar="NAME", help=_("its members may follow too (default: only you)"))


def follow_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui follow`."""
    parser.add_argument("path", nargs="?", metavar="PATH", help=_("the lecture's socket (default: your own)"))
    _screen_options(parser)
    plugin_option(parser)


def run_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui run`."""
    _headless_options(parser)
    parser.add_argument("--csv", metavar="FILE", help=_("write the trace as CSV (-: to stdout)"))
    parser.add_argument("--json", metavar="FILE", help=_("write the trace as JSON (-: to stdout)"))
    parser.add_argument("--every", type=_positive, metavar="K", help=_("each K-th update, and the last"))
    parser.add_argument("--coords", metavar="0,3|all", help=_("coordinates in the trace (default: the first 16)"))
    plugin_option(parser)
    _experiment_options(parser)


def _headless_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help=_("a scenario, its script is not run; or a CSV file"))
    parser.add_argument("--updates", type=_positive, metavar="N", help=_("how many (default: the file's, else 500)"))
    parser.add_argument(
        "--set", metavar="LANE.KEY=VALUE", action="append", default=[], dest="settings",
        help=_("change a lane's setting, option, dialect or sampling; repeat it"),
    )  # fmt: skip


def sweep_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui sweep`."""
    _headless_options(parser)
    parser.add_argument(
        "--over", metavar="KEY=VALUES", action="append", default=[],
        help=_("a setting, a parameter (where to start) or seed: A,B,… or LOW:HIGH:COUNT[:log]; repeat it for a grid"),
    )  # fmt: skip
    parser.add_argument(
        "--random", type=_positive, metavar="N", help=_("N random points of the ranges, LOW:HIGH[:log], not the grid")
    )
    parser.add_argument("--csv", metavar="FILE", help=_("write a row a run as CSV (-: to stdout)"))
    parser.add_argument("--json", metavar="FILE", help=_("write a row a run as JSON (-: to stdout)"))
    parser.add_argument("--svg", metavar="FILE", help=_("draw it: curves over one key, maps over a grid of two"))
    parser.add_argument("--threads", type=_positive, metavar="N", help=_("at once (default: one a core)"))
    parser.add_argument("--dask", metavar="ADDRESS", help=_("on the workers of this Dask scheduler: gdtui[cluster]"))
    plugin_option(parser)
    _experiment_options(parser)


def course_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui course`."""
    parser.add_argument(
        "name", nargs="?", metavar="NAME|FILE|DIR",
        help=_("a shipped course, the file of one, or a folder of lessons (without it: the list of courses)"),
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help=_("print its lessons, and which of them are done"))
    parser.add_argument("--restart", action="store_true", help=_("open its first lesson, not the first undone one"))
    _screen_options(parser)
    parser.add_argument("--svg", metavar="DIR", help=_("write pictures of every lesson into a folder"))
    parser.add_argument("--cast", metavar="DIR", help=_("write a recording of every lesson, for asciinema"))


def notes_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui notes`."""
    _screen_options(parser)


def _quiz_seed(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(_("a whole number from 0 is wanted, not {!r}").format(text))
    return int(text)


def quiz_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui quiz`."""
    parser.add_argument("-n", type=_positive, metavar="N", help=_("how many questions (default: 10)"))
    parser.add_argument(
        "--topic", metavar="TOPIC", help=_("gd, momentum, adam, rate, batches …, or the name or a tag of lessons")
    )
    parser.add_argument("--seed", type=_quiz_seed, metavar="N", help=_("the same questions again (default: any)"))
    parser.add_argument("--sheet", action="store_true", help=_("print the questions and their answers; open no screen"))
    parser.add_argument("--json", action="store_true", help=_("print them as JSON; open no screen"))
    parser.add_argument("--score", action="store_true", help=_("print how often you were right, by lesson and topic"))
    _screen_options(parser)


def replay_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui replay`."""
    parser.add_argument("files", nargs="+", metavar="FILE|DIR", help=_("scenarios, or folders of them"))
    parser.add_argument("--check", action="store_true", help=_("read the files and report their faults; run nothing"))
    parser.add_argument("--json", action="store_true", help=_("report as JSON on stdout"))
    parser.add_argument("--junit", metavar="FILE", help=_("write a JUnit report as well"))
    parser.add_argument(
        "--golden", action="store_true", help=_("a scenario without a golden trace, NAME.golden.csv, fails")
    )
    parser.add_argument("--strict", action="store_true", help=_("a scenario that checks nothing fails"))
    parser.add_argument("--update", action="store_true", help=_("write golden traces that differ or do not exist yet"))
    parser.add_argument(
        "--screen", action="store_true", help=_("on the real screen, headless: press, resize and expect_screen work")
    )
    parser.add_argument(
        "--svg", metavar="DIR", help=_("as --screen, with a picture for every screenshot and one of the end")
    )
    parser.add_argument("--cast", metavar="FILE", help=_("as --screen, with a recording for asciinema"))
    parser.add_argument(
        "-k", dest="select", metavar="EXPR", help=_("only where file name or title match: 'adam and not noise'")
    )
    parser.add_argument(
        "--tag", action="append", default=[], metavar="TAG", help=_("only with this tag; repeat it for any of several")
    )
    plugin_option(parser)


LISTED = ("optimizers", "surfaces", "datasets", "schedules", "scenarios", "courses", "themes", "keys")
SHOWN = ("optimizer", "surface", "dataset")


def _one_of(words: tuple[str, ...], text: str, hint: str = "") -> str:
    if text in words:
        return text
    hint = hint or did_you_mean(text, words)
    raise argparse.ArgumentTypeError(_("it is one of {}, not {!r}").format(", ".join(words), text) + hint)


def _show_kind(text: str) -> str:
    """Read the kind of what is shown; a name in its place gets a hint."""
    if text in SHOWN:
        return text
    from gdtui.objectives.data.datasets import DATASETS  # late: only a wrong word needs them
    from gdtui.objectives.surfaces.catalogue import SURFACES
    from gdtui.optimizers import REGISTRY

    names: tuple[Container[str], ...] = (REGISTRY, SURFACES, DATASETS)
    kind = next((kind for kind, known in zip(SHOWN, names, strict=True) if text in known), "")
    return _one_of(SHOWN, text, _("; did you mean: gdtui show {} {}?").format(kind, text) if kind else "")


def list_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui list`."""
    parser.add_argument(
        "kind",
        nargs="?",
        type=partial(_one_of, LISTED),
        metavar="KIND",
        help=_("{} (default: all)").format(", ".join(LISTED)),
    )
    plugin_option(parser)


def show_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui show`."""
    parser.add_argument("kind", type=_show_kind, metavar="KIND", help=", ".join(SHOWN))
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--diff", nargs=2, metavar="DIALECT", help=_("two dialects of an optimizer: their rules, and where they go")
    )
    parser.add_argument("--surface", metavar="NAME", help=_("what --diff goes on (default: rosenbrock)"))
    parser.add_argument("--lr", type=float, metavar="RATE", help=_("of both dialects (default: of each its own)"))
    parser.add_argument("--updates", type=_positive, metavar="N", help=_("how far --diff goes (default: 100)"))
    plugin_option(parser)


SHELLS = ("bash", "zsh", "fish")


def shell(text: str) -> str:
    """Read the name of a shell."""
    return _one_of(SHELLS, text)


def completion_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui completion`."""
    parser.add_argument("shell", type=shell, metavar="SHELL", help=", ".join(SHELLS))
    plugin_option(parser)


def help_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `gdtui help`."""
    parser.add_argument("command", nargs="?", metavar="COMMAND", help=_("run, replay, list, …"))


def _positive(text: str) -> int:
    value = int(text) if text.strip().lstrip("+-").isdecimal() and len(text) < 20 else 0
    if not 1 <= value <= 10**9:
        raise argparse.ArgumentTypeError(_("a whole number from 1 to 10**9 is wanted, not {!r}").format(text))
    return value
