"""What every `--help` ends with: examples, exit codes, and the environment."""

from __future__ import annotations

from gdtui.text import N_, _

#: Command → examples, each with what it does; a test runs them.
EXAMPLES: dict[str, dict[str, str]] = {
    "open": {
        "gdtui": N_("the bench, on Rosenbrock's valley"),
        "gdtui adam-first-step": N_("a lesson (gdtui list scenarios)"),
        "gdtui data.csv --target price --standardize": N_("your own data"),
        "gdtui --surface beale --optimizer adam:pytorch --optimizer adam:keras": N_("two dialects side by side"),
        "gdtui --dataset two-moons --sampling 20 --theme light": N_("batches of 20 rows"),
    },
    "present": {
        "gdtui present lecture": N_("the course of 45 minutes; your class follows with gdtui follow"),
        "gdtui present adam-first-step": N_("a single lesson"),
        "gdtui present --socket /run/class/lecture.sock --group students": N_("the bench, for a group of users"),
    },
    "follow": {
        "gdtui follow": N_("a lecture of your own, on another terminal"),
        "gdtui follow /run/class/lecture.sock": N_("a lecture at a path that the lecturer has said"),
    },
    "run": {
        "gdtui run --surface beale --optimizer adam --lr 0.05 --updates 200": N_("the last row of each lane"),
        "gdtui run data.csv --target price --standardize --json trace.json": N_("every row, to a file"),
        "gdtui run adam-first-step --set adam.lr=0.1 --csv -": N_("a scenario with another rate, to stdout"),
    },
    "sweep": {
        "gdtui sweep --optimizer adam --over lr=1e-4:1:20:log": N_("the rate with the lowest loss after 500 updates"),
        "gdtui sweep --optimizer momentum --over lr=1e-4:1e-2:9:log --over momentum=0:0.99:12 --csv map.csv": N_(
            "a grid"
        ),
        "gdtui sweep --surface himmelblau --optimizer gd --over x=-5:5 --over y=-5:5 --random 500 --json -": N_(
            "random starts"
        ),
    },
    "replay": {
        "gdtui replay adam-first-step": N_("play a lesson and check what it expects"),
        "gdtui replay lesson.toml --check": N_("all faults of a file, each with its line"),
        "gdtui replay lessons --junit report.xml": N_("every scenario in a folder, for a build machine"),
        "gdtui replay lesson.toml --svg pictures": N_("pictures of the real screen, drawn without one"),
    },
    "course": {
        "gdtui course": N_("which courses there are"),
        "gdtui course lecture": N_("open the lecture of 45 minutes where you left it"),
        "gdtui course complete --list": N_("every lesson in order, and which are done"),
    },
    "quiz": {
        "gdtui quiz": N_("ten questions, answered on the bench"),
        "gdtui quiz -n 20 --topic adam --seed 7": N_("twenty on one topic, the same ones each time"),
        "gdtui quiz --sheet > quiz.txt": N_("a sheet for a class, with the answers at its end"),
        "gdtui quiz --score": N_("how often you were right"),
    },
    "notes": {"gdtui notes": N_("beside gdtui course lecture, on a terminal that the class does not see")},
    "list": {"gdtui list optimizers": N_("their names and dialects"), "gdtui list keys": N_("the keys of the bench")},
    "show": {
        "gdtui show optimizer adam": N_("its rule in every dialect"),
        "gdtui show optimizer adam --diff pytorch keras": N_("where two dialects differ"),
        "gdtui show surface beale": N_("its formula, its minima"),
    },
    "schema": {"gdtui schema > scenario.schema.json": N_("for completion in an editor")},
    "check": {"gdtui check": N_("before a lecture, or for a report")},
    "completion": {
        "gdtui completion bash > ~/.local/share/bash-completion/completions/gdtui": "bash",
        "gdtui completion zsh > ~/.zfunc/_gdtui": N_("zsh, with ~/.zfunc in fpath"),
        "gdtui completion fish > ~/.config/fish/completions/gdtui.fish": "fish",
    },
    "help": {"gdtui help run": N_("the same as gdtui run --help")},
}

_DONE, _USAGE, _IO = (0, N_("done")), (2, N_("bad scenario or usage")), (74, N_("input or output"))
_INTERNAL = (70, N_("an internal error"))
_SIGNAL = ("128+n", N_("ended by signal n"))
_USUAL: tuple[tuple[int | str, str], ...] = (_DONE, _USAGE, _INTERNAL, _IO, _SIGNAL)
#: Command → exit codes that a script may ask for, where it has more than `_USUAL`.
EXITS: dict[str, tuple[tuple[int | str, str], ...]] = {
    "course": (_DONE, (1, N_("an expectation failed in a film")), _USAGE, _INTERNAL, _IO, _SIGNAL),
    "notes": (_DONE, _USAGE, (5, N_("without a terminal: nothing is presented")), _INTERNAL, _IO, _SIGNAL),
    "quiz": (_DONE, _USAGE, (5, N_("there are no questions on this topic")), _INTERNAL, _IO, _SIGNAL),
    "run": (_DONE, _USAGE, (4, N_("a limit was reached")), _INTERNAL, _IO, _SIGNAL),
    "replay": (
        (0, N_("passed")), (1, N_("an expectation or golden trace failed")), _USAGE, (4, N_("a limit was reached")),
        (5, N_("nothing selected")), _INTERNAL, _IO, _SIGNAL,
    ),
}  # fmt: skip

_SCREEN = {
    "NO_COLOR": N_("no colours"),
    "XDG_CONFIG_HOME": N_("where gdtui/config.toml is: theme and keys (default: ~/.config)"),
    "XDG_STATE_HOME": N_("where gdtui/autosave is: benches of killed programs (default: ~/.local/state)"),
}
_RUNTIME = {"XDG_RUNTIME_DIR": N_("where gdtui/lecture.sock and gdtui/page-N.json are (default: a folder in /tmp)")}
_DATA = {"XDG_DATA_HOME": N_("where gdtui/progress.json and score.json are (default: ~/.local/share)")}
_COMPILED = {
    "NUMBA_CACHE_DIR": N_("where compiled kernels are kept (default: gdtui/kernels in XDG_CACHE_HOME)"),
    "NUMBA_DISABLE_JIT": N_("1: compile nothing; slow"),
}
_ALL = {
    "GDTUI_ASCII": N_("1: ASCII only; 0: braille and symbols whatever the locale says"),
    "GDTUI_LANG": N_("en or zh: the language of all texts (default: that of the locale)"),
    "GDTUI_DEBUG": N_("1: show the traceback of an internal error"),
}
#: Command → variables that it reads.
ENVIRONMENT: dict[str, dict[str, str]] = {
    "open": {**_ALL, **_SCREEN, **_DATA, **_RUNTIME, **_COMPILED},
    "notes": {**_ALL, **_SCREEN, **_RUNTIME},
    "course": {**_ALL, **_SCREEN, **_DATA, **_RUNTIME, **_COMPILED},
    "quiz": {**_ALL, **_SCREEN, **_DATA, **_RUNTIME, **_COMPILED},
    "present": {**_ALL, **_SCREEN, **_DATA, **_RUNTIME, **_COMPILED},
    "follow": {**_ALL, **_SCREEN, **_RUNTIME, **_COMPILED},
    "run": {**_ALL, **_COMPILED},
    "sweep": {**_ALL, **_COMPILED},
    "replay": {**_ALL, **_COMPILED, "CI": N_("--update is refused where it is set")},
    "list": {**_ALL, "XDG_CONFIG_HOME": _SCREEN["XDG_CONFIG_HOME"]},
}


def guide(command: str) -> str:
    """Return the end of a command's help."""
    parts = [_block(_("examples:"), EXAMPLES[command])]
    parts.append(_block(_("exit codes:"), {str(code): says for code, says in EXITS.get(command, _USUAL)}))
    parts.append(_block(_("environment:"), ENVIRONMENT.get(command, _ALL)))
    return "\n\n".join(parts)


def _block(title: str, lines: dict[str, str]) -> str:
    """Return two columns; what is too long for the first has its second on a line of its own."""
    widest = max((len(left) for left in lines if len(left) <= _LONG), default=0)
    text = [title]
    for left, says in lines.items():
        right = _(says)
        text.append(f"  {left:<{widest}}  {right}" if len(left) <= _LONG else f"  {left}\n      {right}")
    return "\n".join(text)


#: Widest first column.
_LONG = 34
