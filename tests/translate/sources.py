"""Every message of the sources, with the places where it stands."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gdtui"
#: Functions whose first argument is a message.
MARKS = ("_", "N_")
#: Arguments of a rule's decorator that are messages: a file of rules has nothing but rules in it.
RULE_TEXTS = ("title", "teaches")
#: What argparse says; it asks the program's own catalogue.
ARGPARSE = (
    "usage: ", "options", "positional arguments", "show this help message and exit",
    "%(prog)s: error: %(message)s\n", "unrecognized arguments: %s",
    "the following arguments are required: %s", "expected one argument", "expected at least one argument",
    "argument %(argument_name)s: %(message)s", "not allowed with argument %s", "invalid %(type)s value: %(value)r",
)  # fmt: skip

Messages = dict[str, list[tuple[str, int]]]


def messages() -> Messages:
    """Return message → (file, line) of each place, in the order of the files."""
    found: Messages = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for text in _texts(node, rules="optimizers/rules" in name):
                found.setdefault(text, []).append((name, node.lineno))
    for text in ARGPARSE:
        found.setdefault(text, []).append(("argparse", 0))
    return found


def _texts(node: ast.AST, *, rules: bool) -> list[str]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return []
    if node.func.id in MARKS:
        return _constants(node.args[:1])
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    return _constants([named[key] for key in RULE_TEXTS if key in named]) if rules else []


def _constants(nodes: list[ast.expr]) -> list[str]:
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [text for text in texts if text]
