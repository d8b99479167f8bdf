"""Every option of every command, declared once."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial

from gdtui import __version__
from gdtui.cli.exits import CommandFailure, refuse
from gdtui.cli.guide import guide
from gdtui.text import LANGUAGES, N_, _, did_you_mean
from gdtui.tui.terminal.detection import COLORS

Handler = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Command:
    """A command: the module of its function, its summary, its options, and whether it opens the screen."""

    module: str
    summary: str
    options: Callable[[argparse.ArgumentParser], None]
    screen: bool = False

    def load(self) -> Handler:
        """Import the command's function."""
        handler: Handler = importlib.import_module(f"gdtui.cli.{self.module}").command
        return handler


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


def _plugin_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plugin", metavar="FILE", action="append", default=[],
        help=_("run a Python file that adds optimizers with @optimizer; repeat it"),
    )  # fmt: skip


def _open_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help=_("a scenario, the name of a shipped one, or a CSV file")
    )
    parser.add_argument("--at", type=_positive, metavar="LINE", help=_("open the lesson where this line is next"))
    parser.add_argument("--theme", metavar="NAME", help=_("colours of the screen, remembered (gdtui list themes)"))
    parser.add_argument("--colors", choices=COLORS, help=_("how many colours (default: as many as the terminal has)"))
    parser.add_argument("--tour", action="store_true", help=_("show the tour of the first start again"))
    _plugin_option(parser)
    _experiment_options(parser)


def _present_options(parser: argparse.ArgumentParser) -> None:
    _open_options(parser)
    group = parser.add_argument_group(_("the class"))
    group.add_argument(
        "--socket", metavar="PATH", help=_("where the class finds the lecture (default: in your runtime folder)")
    )
    group.add_argument("--restart", action="store_true", help=_("begin a course at its first lesson"))
    group.add_argument("--group", metavar="NAME", help=_("its members may follow too (default: only you)"))


def _follow_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help=_("the lecture's socket (default: your own)"))
    parser.add_argument("--theme", metavar="NAME", help=_("colours of the screen, remembered (gdtui list themes)"))
    parser.add_argument("--colors", choices=COLORS, help=_("how many colours (default: as many as the terminal has)"))
    _plugin_option(parser)


def _run_options(parser: argparse.ArgumentParser) -> None:
    _headless_options(parser)
    parser.add_argument("--csv", metavar="FILE", help=_("write the trace as CSV (-: to stdout)"))
    parser.add_argument("--json", metavar="FILE", help=_("write the trace as JSON (-: to stdout)"))
    parser.add_argument("--every", type=_positive, metavar="K", help=_("each K-th update, and the last"))
    parser.add_argument("--coords", metavar="0,3|all", help=_("coordinates in the trace (default: the first 16)"))
    _plugin_option(parser)
    _experiment_options(parser)


def _headless_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help=_("a scenario, its script is not run; or a CSV file"))
    parser.add_argument("--updates", type=_positive, metavar="N", help=_("how many (default: the file's, else 500)"))
    parser.add_argument(
        "--set", metavar="LANE.KEY=VALUE", action="append", default=[], dest="settings",
        help=_("change a lane's setting, option, dialect or sampling; repeat it"),
    )  # fmt: skip


def _sweep_options(parser: argparse.ArgumentParser) -> None:
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
    _plugin_option(parser)
    _experiment_options(parser)


def _course_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="NAME|FILE|DIR",
        help=_("a shipped course, the file of one, or a folder of lessons (without it: the list of courses)"),
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help=_("print its lessons, and which of them are done"))
    parser.add_argument("--restart", action="store_true", help=_("open its first lesson, not the first undone one"))
    parser.add_argument("--theme", metavar="NAME", help=_("colours of the screen, remembered (gdtui list themes)"))
    parser.add_argument("--colors", choices=COLORS, help=_("how many colours (default: as many as the terminal has)"))
    parser.add_argument("--svg", metavar="DIR", help=_("write pictures of every lesson into a folder"))
    parser.add_argument("--cast", metavar="DIR", help=_("write a recording of every lesson, for asciinema"))


def _notes_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", metavar="NAME", help=_("colours of the screen, remembered (gdtui list themes)"))
    parser.add_argument("--colors", choices=COLORS, help=_("how many colours (default: as many as the terminal has)"))


def _quiz_seed(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(_("a whole number from 0 is wanted, not {!r}").format(text))
    return int(text)


def _quiz_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-n", type=_positive, metavar="N", help=_("how many questions (default: 10)"))
    parser.add_argument(
        "--topic", metavar="TOPIC", help=_("gd, momentum, adam, rate, batches …, or the name or a tag of lessons")
    )
    parser.add_argument("--seed", type=_quiz_seed, metavar="N", help=_("the same questions again (default: any)"))
    parser.add_argument("--sheet", action="store_true", help=_("print the questions and their answers; open no screen"))
    parser.add_argument("--json", action="store_true", help=_("print them as JSON; open no screen"))
    parser.add_argument("--score", action="store_true", help=_("print how often you were right, by lesson and topic"))
    parser.add_argument("--theme", metavar="NAME", help=_("colours of the screen, remembered (gdtui list themes)"))
    parser.add_argument("--colors", choices=COLORS, help=_("how many colours (default: as many as the terminal has)"))


def _replay_options(parser: argparse.ArgumentParser) -> None:
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
    _plugin_option(parser)


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


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind",
        nargs="?",
        type=partial(_one_of, LISTED),
        metavar="KIND",
        help=_("{} (default: all)").format(", ".join(LISTED)),
    )
    _plugin_option(parser)


def _show_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", type=_show_kind, metavar="KIND", help=", ".join(SHOWN))
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--diff", nargs=2, metavar="DIALECT", help=_("two dialects of an optimizer: their rules, and where they go")
    )
    parser.add_argument("--surface", metavar="NAME", help=_("what --diff goes on (default: rosenbrock)"))
    parser.add_argument("--lr", type=float, metavar="RATE", help=_("of both dialects (default: of each its own)"))
    parser.add_argument("--updates", type=_positive, metavar="N", help=_("how far --diff goes (default: 100)"))
    _plugin_option(parser)


SHELLS = ("bash", "zsh", "fish")


def _shell(text: str) -> str:
    return _one_of(SHELLS, text)


def _completion_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", type=_shell, metavar="SHELL", help=", ".join(SHELLS))
    _plugin_option(parser)


def _help_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("command", nargs="?", metavar="COMMAND", help=_("run, replay, list, …"))


COMMANDS: dict[str, Command] = {
    "open": Command("open", N_("open the screen"), _open_options, screen=True),
    "run": Command("run", N_("run an experiment without its script, headless"), _run_options),
    "sweep": Command("sweeping", N_("run lanes over many settings, starts or seeds, headless"), _sweep_options),
    "replay": Command("replay", N_("replay scenarios with their expectations"), _replay_options),
    "course": Command("course", N_("open a course, list its lessons, or film them"), _course_options),
    "notes": Command("notes", N_("follow your presentation on a second terminal, with its notes"), _notes_options),
    "quiz": Command("quiz_command", N_("ask questions: those of the lessons, and new ones"), _quiz_options),
    "list": Command("listing", N_("list what there is"), _list_options),
    "show": Command("describe", N_("show an optimizer's rule, a surface or a dataset"), _show_options),
    "present": Command("present", N_("open the screen for a class that follows"), _present_options, screen=True),
    "follow": Command("follow", N_("follow a lecture on your own screen"), _follow_options, screen=True),
    "schema": Command("schema", N_("print the JSON Schema of scenario files"), _plugin_option),
    "check": Command("check", N_("look at the versions, the kernel cache and the terminal"), lambda _parser: None),
    "completion": Command("completion", N_("print what completes words in a shell"), _completion_options),
    "help": Command("open", N_("explain a command"), _help_options),
}


def parse(argv: list[str]) -> tuple[str, argparse.Namespace]:
    """Return a command and its options; SystemExit for usage errors (2), --help and --version (0)."""
    first = argv[0] if argv else ""
    name, words = (first, argv[1:]) if first in COMMANDS and first != "open" else ("open", argv)
    options = parser_of(name).parse_args(_join_negatives(words))
    if name == "help":
        return parse(_help_words(options.command))
    if name == "open":
        if options.shell is not None:
            return "completion", options
        _check_mistyped(options.file)
    if name in ("open", "present", "run", "sweep"):
        _take_table(options)
    return name, options


def parser_of(name: str) -> argparse.ArgumentParser:
    """Return the parser of a command's options."""
    command = COMMANDS[name]
    if name == "open":
        parser = _parser("gdtui", _("A bench on which gradient descent is taken apart, one update at a time."))
        others = [(name, _(c.summary)) for name, c in COMMANDS.items() if name != "open"]
        commands = "\n".join([_("commands:"), *(f"  gdtui {name:<10} {says}" for name, says in others)])
        parser.epilog = f"{commands}\n\n{guide(name)}"
        version = _("show program's version number and exit")
        parser.add_argument("--version", action="version", version=f"gdtui {__version__}", help=version)
        parser.add_argument(
            "--print-completion", dest="shell", type=_shell, metavar="SHELL",
            help=_("print what completes words in a shell: {}").format(", ".join(SHELLS)),
        )  # fmt: skip
    else:
        parser = _parser(f"gdtui {name}", _(command.summary))
        parser.epilog = guide(name)
    command.options(parser)
    parser.add_argument("--lang", metavar="LANGUAGE", help=_("of all texts: {}").format(", ".join(LANGUAGES)))
    return parser


def _help_words(command: str | None) -> list[str]:
    """Return the command line that prints the help of a command."""
    if command is None or command == "open":
        return ["--help"]
    if command not in COMMANDS:
        others = [name for name in COMMANDS if name != "open"]
        hint = did_you_mean(command, others, _(" (there are: {})").format(", ".join(others)))
        raise CommandFailure(_("there is no command {!r}").format(command) + hint)
    return [command, "--help"]


def names_table(name: str) -> bool:
    """Say whether a file name is that of a CSV file."""
    return name.lower().endswith(".csv")


def _take_table(options: argparse.Namespace) -> None:
    """Make a CSV file that stands in the place of a scenario the dataset."""
    if options.file is not None and names_table(options.file):
        refuse(options, ("surface", "expression", "dataset"), _("{} and a CSV file do not go together"))
        options.dataset, options.file = options.file, None


def _check_mistyped(word: str | None) -> None:
    if word in COMMANDS and not os.path.lexists(word):
        raise CommandFailure(_("the command comes first, its options after it: gdtui {} …").format(word))
    hint = did_you_mean(word, [name for name in COMMANDS if name != "open"]) if word else ""
    if word and hint and not os.path.lexists(word):
        raise CommandFailure(_("there is no command or file {!r}").format(word) + hint)


def _parser(name: str, summary: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=name, description=summary, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.register("action", None, _Once)  # what argparse does with an option that states no action
    return parser


class _Once(argparse.Action):
    """Stores the value of an option; a second value is refused, where argparse would drop the first."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object,
        option_string: str | None = None,
    ) -> None:  # fmt: skip
        given = vars(namespace).setdefault("given", set())
        if option_string is not None and self.dest in given:
            parser.error(_("{option} is given twice").format(option=option_string))
        given.add(self.dest)
        setattr(namespace, self.dest, values)


def _join_negatives(argv: list[str]) -> list[str]:
    """Write ``--start -1.2,1`` as ``--start=-1.2,1``: argparse takes the value for an option."""
    out: list[str] = []
    for word in argv:
        negative = len(word) > 1 and word[0] == "-" and (word[1].isdigit() or word[1] == ".")
        if negative and out and out[-1] in ("--start", "--lr", "--seed", "--updates", "--every"):
            out[-1] += f"={word}"
        else:
            out.append(word)
    return out


def _positive(text: str) -> int:
    value = int(text) if text.strip().lstrip("+-").isdecimal() and len(text) < 20 else 0
    if not 1 <= value <= 10**9:
        raise argparse.ArgumentTypeError(_("a whole number from 1 to 10**9 is wanted, not {!r}").format(text))
    return value
