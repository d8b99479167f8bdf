"""CONTRIBUTING.md's recipes, followed to the letter in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_RECIPE = re.compile(r"^### (.+?)\n(.*?)(?=^##|\Z)", re.M | re.S)
_STEP = re.compile(
    r"(?P<act>Create|Add to)\s+`(?P<path>[^`]+)`(?:,\s+(?P<side>above|below)\s+`(?P<anchor>[^`]+)`)?:\n\n"
    r"```\w*\n(?P<text>.*?)^```$"
    r"|^```sh\n(?P<shell>.*?)^```$",
    re.M | re.S,
)
#: Files that each recipe may touch, besides its test and the generated schema.
MOST_FILES = {"An optimizer": 1, "A surface": 1, "A chart": 1, "A verb": 1, "A diagnosis": 1, "A key": 2, "A lesson": 2}


@dataclass(frozen=True)
class Recipe:
    """Files to create or to add to, and commands with what they must print."""

    title: str
    steps: tuple[re.Match[str], ...]

    @property
    def files(self) -> set[str]:
        return {step["path"] for step in self.steps if step["path"] and not step["path"].startswith("tests/")}


def recipes() -> list[Recipe]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return [Recipe(title, tuple(_STEP.finditer(body))) for title, body in _RECIPE.findall(text)]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("tree")
    left_out = shutil.ignore_patterns(".venv", ".git", ".*_cache", ".hypothesis", "screenshots")
    shutil.copytree(ROOT, copy, ignore=left_out, dirs_exist_ok=True)
    return copy


def write(tree: Path, step: re.Match[str]) -> None:
    path = tree / step["path"]
    path.parent.mkdir(exist_ok=True)
    if step["act"] == "Create":
        assert not path.exists(), f"{path} is there already"
        path.write_text(step["text"], encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").split("\n")
    found = [i for i, line in enumerate(lines) if line.strip() == step["anchor"]]
    assert len(found) == 1, f"{step['anchor']!r} stands {len(found)} times in {path}"
    at = found[0] + (step["side"] == "below")
    lines[at:at] = step["text"].rstrip("\n").split("\n")
    path.write_text("\n".join(lines), encoding="utf-8")


def run(tree: Path, shell: str) -> None:
    """Run the lines that begin with $; the others must be found in what the command before them printed.

    A copy of the tree would compile all kernels again: that a new rule is compiled, tests/cli/test_plugins shows.
    """
    printed = ""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(tree), "PATH": path, "NUMBA_DISABLE_JIT": "1"}
    for line in shell.rstrip("\n").split("\n"):
        if line.startswith("$ "):
            command = re.sub(r"^gdtui\b", "python -m gdtui", line[2:])
            done = subprocess.run(
                command, shell=True, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False
            )
            printed = done.stdout + done.stderr
            assert done.returncode == 0, f"{command}: {printed[-3000:]}"
        else:
            assert line.strip() in printed, f"{line.strip()!r} is not in: {printed[-3000:]}"


def test_there_is_a_recipe_for_everything_that_one_adds() -> None:
    assert [recipe.title for recipe in recipes()] == list(MOST_FILES)


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.title)
def test_a_recipe_works_as_written(recipe: Recipe, tree: Path) -> None:
    assert len(recipe.files) == MOST_FILES[recipe.title]
    assert any(step["shell"] for step in recipe.steps), "it shows nothing"
    for step in recipe.steps:
        if step["shell"] is not None:
            run(tree, step["shell"])
        else:
            write(tree, step)
