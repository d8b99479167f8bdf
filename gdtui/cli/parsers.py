"""The commands, and a command line taken apart."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from gdtui import __version__
from gdtui.cli.command_options import (
    SHELLS,
    completion_options,
    course_options,
    follow_options,
    help_options,
    list_options,
    notes_options,
    open_options,
    plugin_option,
    present_options,
    quiz_options,
    replay_options,
    run_options,
    shell,
    show_options,
    sweep_options,
)
from gdtui.cli.exits import CommandFailure, refuse
from gdtui.cli.guide import guide
from gdtui.text import LANGUAGES, N_, _, did_you_mean

Handler = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Command:
    """A command: the module of its function, its summary, its options, if it opens the screen, if it only prints."""

    module: str
    summary: str
    options: Callable[[argparse.ArgumentParser], None]
    screen: bool = False
    prints: bool = False

    def load(self) -> Handler:
        """Import the command's function."""
        if self.prints:  # half of NumPy's import is the start of threads that multiply matrices
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        handler: Handler = importlib.import_module(f"gdtui.cli.{self.module}").command
        return handler


COMMANDS: dict[str, Command] = {
    "open": Command("open", N_("open the screen"), open_options, screen=True),
    "run": Command("run", N_("run an experiment without its script, headless"), run_options),
    "sweep": Command("sweeping", N_("run lanes over many settings, starts or seeds, headless"), sweep_options),
    "replay": Command("replay", N_("replay scenarios with their expectations"), replay_options),
    "course": Command("course", N_("open a course, list its lessons, or film them"), course_options),
    "notes": Command("notes", N_("follow your presentation on a second terminal, with its notes"), notes_options),
    "quiz": Command("quiz_command", N_("ask questions: those of the lessons, and new ones"), quiz_options),
    "list": Command("listing", N_("list what there is"), list_options, prints=True),
    "show": Command("describe", N_("show an optimizer's rule, a surface or a dataset"), show_options, prints=True),
    "present": Command("present", N_("open the screen for a class that follows"), present_options, screen=True),
    "follow": Command("follow", N_("follow a lecture on your own screen"), follow_options, screen=True),
    "schema": Command("schema", N_("print the JSON Schema of scenario files"), plugin_option, prints=True),
    "check": Command("check", N_("look at the versions, the kernel cache and the terminal"), lambda _parser: None),
    "completion": Command("completion", N_("print what completes words in a shell"), completion_options),
    "help": Command("open", N_("explain a command"), help_options),
}


def parse(argv: list[str]) -> tuple[str, argparse.Namespace]:
    """Return a command and its options; SystemExit for usage errors (2), --help and --version (0)."""
    argv = _command_first(argv)
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


def _command_first(argv: list[str]) -> list[str]:
    """Put a command before `--theme` and `--colors`, which may stand in front of it too."""
    n = 0
    while n < len(argv) and argv[n].partition("=")[0] in ("--theme", "--colors"):
        n += 1 if "=" in argv[n] else 2
    if 0 < n < len(argv) and argv[n] in COMMANDS:
        return [argv[n], *argv[:n], *argv[n + 1 :]]
    return argv


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
            "--print-completion", dest="shell", type=shell, metavar="SHELL",
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
    if word and hint and "." not in word and not os.path.lexists(word):
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
