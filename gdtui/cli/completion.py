"""`gdtui completion SHELL`: a script with which bash, zsh or fish completes commands, options and names.

The script holds every word, so that the shell need not start gdtui for each key; it is made from the parsers, so that
nothing is declared twice. Written by hand: shtab completes subcommands of argparse with fixed choices, but the first
word of gdtui may be a file or a lesson, and what `show` takes depends on the word before.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from gdtui.cli.command_options import LISTED, SHELLS, SHOWN
from gdtui.cli.exits import PASSED
from gdtui.cli.parsers import COMMANDS, parser_of
from gdtui.text import LANGUAGES, _


@dataclass(frozen=True)
class Source:
    """Where the words for a value come from: a list, file names with these endings ("*": any), folders."""

    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def command(options: argparse.Namespace) -> int:
    """Print the script."""
    print(SCRIPTS[options.shell](_values(), _positionals()), end="")
    return PASSED


def _catalogue() -> dict[str, Source]:
    """Return the sources of values by the name of their argument; an argument without one is free text."""
    from gdtui.objectives.data.datasets import DATASETS
    from gdtui.objectives.network.model import INITS
    from gdtui.objectives.network.unit_kinds import ACTIVATIONS, LOSSES
    from gdtui.objectives.surfaces.catalogue import SURFACES
    from gdtui.optimizers import REGISTRY
    from gdtui.scenario.read.selection import shipped
    from gdtui.tui.terminal.detection import COLORS
    from gdtui.tui.theme_names import NAMES as THEMES

    lessons = tuple(path.stem for path in shipped())
    optimizers = [
        f"{optimizer.name}:{dialect}" if dialect else optimizer.name
        for optimizer in REGISTRY.values()
        for dialect in ("", *(optimizer.dialects if len(optimizer.dialects) > 1 else ()))
    ]
    dialects = dict.fromkeys(dialect for optimizer in REGISTRY.values() for dialect in optimizer.dialects)
    anything = Source(files=("*",))
    return {
        "surface": Source(tuple(SURFACES)), "dataset": Source(tuple(DATASETS), (".csv",)),
        "optimizer": Source(tuple(optimizers)), "diff": Source(tuple(dialects)), "theme": Source(tuple(THEMES)),
        "colors": Source(COLORS), "sampling": Source(("full", "single")),
        "activation": Source(ACTIVATIONS), "output": Source(ACTIVATIONS),
        "loss": Source(LOSSES), "init": Source(INITS), "coords": Source(("all",)),
        "lang": Source(tuple(LANGUAGES)), "shell": Source(SHELLS),
        "file": Source(lessons, (".toml", ".csv")), "files": Source(lessons, (".toml",)),
        "plugin": Source(files=(".py",)), "csv": anything, "json": anything, "junit": anything, "svg": anything,
        "socket": anything, "path": anything, "cast": anything, "list": Source(LISTED), "show": Source(SHOWN),
        "command": Source(tuple(name for name in COMMANDS if name not in ("open", "help"))),
        "show optimizer": Source(tuple(REGISTRY)), "show surface": Source(tuple(SURFACES)),
        "show dataset": Source(tuple(DATASETS)),
    }  # fmt: skip


def _options(name: str) -> list[argparse.Action]:
    return [action for action in parser_of(name)._actions if action.option_strings]


def _values() -> dict[tuple[str, str], Source | None]:
    """Return where the value of each option comes from, by command and option; None: free text."""
    catalogue = _catalogue()
    return {
        (name, option): catalogue.get(action.dest)
        for name in COMMANDS
        for action in _options(name)
        for option in action.option_strings
        if action.nargs != 0
    }


def _positionals() -> dict[str, Source]:
    """Return where words that are no options come from, by command and, for `show`, the word after it."""
    from gdtui.scenario.read.courses import shipped_courses

    catalogue = _catalogue()
    names = tuple(name for name in COMMANDS if name != "open")
    file = catalogue["file"]
    return {
        "open": Source((*names, *file.words), file.files), "run": file, "sweep": file, "present": file,
        "follow": catalogue["path"], "replay": catalogue["files"],
        "course": Source(tuple(shipped_courses()), (".toml",)),
        "list": catalogue["list"], "show": catalogue["show"], "completion": catalogue["shell"],
        "help": catalogue["command"], **{f"show {kind}": catalogue[f"show {kind}"] for kind in SHOWN},
    }  # fmt: skip


def _flags(name: str) -> list[str]:
    return [option for action in _options(name) for option in action.option_strings]


def _quoted(words: tuple[str, ...] | list[str]) -> str:
    """Return words as one shell word; no name in gdtui has a space or a quotation mark."""
    return "'" + " ".join(words) + "'"


def _cases(
    values: Mapping[tuple[str, str], Source | None], positionals: Mapping[str, Source]
) -> tuple[str, str, str]:  # fmt: skip
    """Return the branches of three `case`s, the same in bash and zsh: values of options, options, other words."""
    by_source: dict[Source | None, list[str]] = {}
    for (name, option), source in values.items():
        by_source.setdefault(source, []).append(f'"{name} {option}"')
    of_values = [
        f"        {'|'.join(patterns)}) {'return 0' if source is None else _assigned(source)} ;;"
        for source, patterns in by_source.items()
    ]
    of_options = [f"        {name}) words={_quoted(_flags(name))} ;;" for name in COMMANDS]
    of_words = []
    for key, source in positionals.items():
        pattern = f'"{key}"' if " " in key else f'"{key} "' if key == "show" else f'"{key} "*'
        of_words.append(f"        {pattern}) {_assigned(source)} ;;")
    return "\n".join(of_values), "\n".join(of_options), "\n".join(of_words)


def _assigned(source: Source) -> str:
    return f"words={_quoted(source.words)} files={_quoted(source.files)}"


#: What bash and zsh read alike: the candidates by the command, the option before, and the first argument.
_CASES = """\
    case "$name $prev" in
$values
        *)
            case "$cur" in
                -*)
                    case "$name" in
$options
                    esac
                    ;;
                *)
                    case "$name $first" in
$others
                    esac
                    ;;
            esac
            ;;
    esac
"""

_BASH = Template(
    r"""# gdtui completion bash
_gdtui() {
    local line="${COMP_LINE:0:COMP_POINT}" cur prev name=open first= words= files= ending file
    local -a typed
    read -ra typed <<< "$line"
    case "$line" in *[[:space:]]) typed+=("") ;; esac
    local last=$((${#typed[@]} - 1))
    cur="${typed[last]}" prev="${typed[last - 1]}"
    case "$cur" in --*=*) prev="${cur%%=*}" cur="${cur#*=}" ;; esac
    if ((last > 1)); then
        case " $commands " in *" ${typed[1]} "*) name="${typed[1]}" ;; esac
        ((last > 2)) && first="${typed[2]}"
    fi
    COMPREPLY=()
"""
    + _CASES
    + r"""    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    set -f
    for ending in $files; do
        [[ $ending == "*" ]] && ending=""
        while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -X "!*$ending" -- "$cur")
    done
    set +f
    if [[ -n $files ]]; then
        while IFS= read -r file; do COMPREPLY+=("$file/"); done < <(compgen -d -- "$cur")
        compopt -o filenames 2> /dev/null
    fi
    # bash counts a colon as the end of a word: only what follows it is replaced
    if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
    fi
}
complete -F _gdtui gdtui
"""
)

_ZSH = Template(
    r"""#compdef gdtui
_gdtui() {
    local cur="${words[CURRENT]}" prev="${words[CURRENT - 1]}" name=open first= ending
    local -a typed
    typed=("${words[@]}")
    local words= files=
    if ((CURRENT > 2)); then
        case " $commands " in *" ${typed[2]} "*) name="${typed[2]}" ;; esac
        ((CURRENT > 3)) && first="${typed[3]}"
    fi
"""
    + _CASES
    + r"""    [[ -n $words ]] && compadd -- ${=words}
    for ending in ${=files}; do
        if [[ $ending == "*" ]]; then _files; else _files -g "*$ending"; fi
    done
    return 0
}
if [[ ${funcstack[1]} == _gdtui ]]; then _gdtui "$@"; else compdef _gdtui gdtui; fi
"""
)


def _bash(values: Mapping[tuple[str, str], Source | None], positionals: Mapping[str, Source]) -> str:
    return _filled(_BASH, values, positionals)


def _zsh(values: Mapping[tuple[str, str], Source | None], positionals: Mapping[str, Source]) -> str:
    return _filled(_ZSH, values, positionals)


def _filled(
    script: Template, values: Mapping[tuple[str, str], Source | None], positionals: Mapping[str, Source]
) -> str:  # fmt: skip
    of_values, of_options, of_words = _cases(values, positionals)
    commands = " ".join(name for name in COMMANDS if name != "open")
    return script.safe_substitute(commands=commands, values=of_values, options=of_options, others=of_words)


def _fish(values: Mapping[tuple[str, str], Source | None], positionals: Mapping[str, Source]) -> str:
    others = " ".join(name for name in COMMANDS if name != "open")
    lines = ["# gdtui completion fish", "complete -c gdtui -f"]
    for name, entry in COMMANDS.items():
        here = f"not __fish_seen_subcommand_from {others}" if name == "open" else f"__fish_seen_subcommand_from {name}"
        if name != "open":
            lines.append(_fish_line("__fish_use_subcommand", f"-a {name}", _(entry.summary)))
        for key, source in positionals.items():
            if key.split()[0] != name:
                continue
            kind = key.partition(" ")[2]
            if kind:
                lines.append(_fish_line(f"{here}; and __fish_seen_subcommand_from {kind}", _fish_source(source)))
            elif key == "show":
                kinds = " ".join(SHOWN)
                lines.append(_fish_line(f"{here}; and not __fish_seen_subcommand_from {kinds}", _fish_source(source)))
            else:
                words = tuple(word for word in source.words if word not in COMMANDS) if name == "open" else source.words
                lines.append(_fish_line(here, _fish_source(Source(words, source.files))))
        for action in _options(name):
            spelled = " ".join(f"-l {o[2:]}" if o.startswith("--") else f"-s {o[1:]}" for o in action.option_strings)
            source_of = values.get((name, action.option_strings[0]))
            if action.nargs != 0:
                spelled += " -x" if source_of is None else f" -x {_fish_source(source_of)}"
            lines.append(_fish_line(here, spelled, (action.help or "") % {"prog": "gdtui"}))
    return "\n".join(lines) + "\n"


def _fish_source(source: Source) -> str:
    """Return the words of a source as fish takes them: a list, and commands that list files."""
    listed = list(source.words)
    for ending in source.files:
        listed.append("(__fish_complete_path)" if ending == "*" else f"(__fish_complete_suffix {ending})")
    return f"-a '{' '.join(listed)}'"


def _fish_line(condition: str, spelled: str, says: str = "") -> str:
    said = "" if not says else " -d '{}'".format(says.replace("\\", "\\\\").replace("'", "\\'"))
    return f"complete -c gdtui -n '{condition}' {spelled}{said}"


SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
