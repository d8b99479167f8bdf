"""Laws of the whole tree that no linter has a rule for: each is read off the source."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp

HOUSE = Path(__file__).resolve().parents[1] / "gdtui"
FILES = sorted(HOUSE.rglob("*.py"))


@cache
def _trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


#: Where values of any type come in: numba's kernels, plotext's figures.
DOORS = ("kernel.py", "plot/canvas.py")
#: Names that mean the same wherever they stand.
SHARED_NAMES = {"__init__", "__main__", "base"}


def _place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(HOUSE)}:{getattr(node, 'lineno', 0)}"


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def test_every_screen_is_as_large_as_the_terminal() -> None:
    """Textual's own screens are as large as an event says, and may call for two sizes in turn for ever."""
    for path, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases = [re.split(r"[\[.]", ast.unparse(base))[0] for base in node.bases]
                if {"Screen", "ModalScreen", "SystemModalScreen", "CommandPalette"} & set(bases):
                    assert bases[0] == "TerminalSized", _place(path, node)


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("gdtui")
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    circles: list[list[str]] = []

    def visit(module: str) -> None:  # Tarjan 1972: strongly connected components
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in sorted(graph.find_modules_directly_imported_by(module)):
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            component = [stack.pop()]
            while component[-1] != module:
                component.append(stack.pop())
            if len(component) > 1:
                circles.append(sorted(component))

    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))
    for module in sorted(graph.modules):
        if module not in number:
            visit(module)
    assert circles == []


def _words(node: ast.AST) -> bool:
    """Say whether a piece of an f-string or of a sum is text with letters in it."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and any(c.isalpha() for c in node.value)


def _translated(node: ast.AST) -> bool:
    return any(True for _call in _calls(node, "_"))


def test_sentences_are_translated_whole() -> None:
    """A sentence joined from translated fragments cannot be put into another order."""
    assert [place for path, tree in _trees().items() for place in _joined(path, tree)] == []


def _joined(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield where a sentence is joined from fragments, or cannot be found in a catalogue."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = node.values
            if any(map(_translated, parts)) and (
                any(map(_words, parts)) or sum(isinstance(p, ast.FormattedValue) and _translated(p) for p in parts) > 1
            ):
                yield _place(path, node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            sides = (node.left, node.right)
            if any(_direct(side) for side in sides) and all(_direct(side) or _words(side) for side in sides):
                yield _place(path, node)
    for call in _calls(tree, "_"):
        if not (len(call.args) == 1 and isinstance(call.args[0], (ast.Constant, ast.Attribute, ast.Name))):
            yield _place(path, call) + " (an f-string or expression cannot be found in a catalogue)"


def test_nothing_is_translated_while_modules_are_imported() -> None:
    """The language is chosen afterwards: tables hold their words in English, marked by N_."""
    assert [_place(path, call) for path, tree in _trees().items() for call in _calls_at_import(tree)] == []


def _calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the translations that run when a module is imported: those outside functions, and in their defaults."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
        yield node
    inner: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        inner = [*node.decorator_list, node.args]
    elif isinstance(node, ast.Lambda):
        inner = [node.args]
    for child in inner:
        yield from _calls_at_import(child)


def _direct(node: ast.AST) -> bool:
    """Say whether a node is a translated message, formatted or not."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        node = node.func.value
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


def test_any_stands_at_the_doors_only() -> None:
    inside = {path: tree for path, tree in _trees().items() if str(path.relative_to(HOUSE)) not in DOORS}
    assert len(inside) == len(FILES) - len(DOORS)
    uses = [(path, node) for path, tree in inside.items() for node in ast.walk(tree) if isinstance(node, ast.Name)]
    assert [_place(path, node) for path, node in uses if node.id == "Any"] == []


def test_nobody_outside_asks_a_rule_for_its_class_or_name() -> None:
    asked = []
    for path, tree in _trees().items():
        if HOUSE / "optimizers" in path.parents:
            continue
        for call in _calls(tree, "isinstance"):
            names = {node.id for node in ast.walk(call.args[1]) if isinstance(node, ast.Name)}
            if names & {"Rule", "CompiledRule", "CoordinateRule", "BlockRule", "Solver"}:
                asked.append(_place(path, call))
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                names = {ast.unparse(side) for side in sides}
                if any(name.endswith(("rule.name", "lane.optimizer")) for name in names) and any(map(_words, sides)):
                    asked.append(_place(path, node))
    assert asked == []


def test_a_file_name_has_one_meaning() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        if path.stem not in SHARED_NAMES:
            places[path.stem].append(str(path.relative_to(HOUSE)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
