"""Run every check: style, types, layers, tests compiled, tests with the JIT off under coverage.

`python -m tests` runs all legs and stops at the first that fails; `python -m tests NAME…` runs some.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-W", "error::SyntaxWarning"]

#: Whole files on one process: what a file sets up is set up once. In the order of `conftest`: with those of the fewest
#: tests at the end, as is usual, the longest files would be among the last.
FAST = ["-q", "--dist", "loadfile", "--no-loadscope-reorder", "-n"]
#: A process for each core, and one more where a test waits for programs on terminals and leaves its core idle.
EACH, MORE = "auto", str(1 + (os.cpu_count() or 1))

#: The rooms whose text is compiled, and what is left out where it is not.
COUNTED = [f"tests/{room}" for room in ("optimizers", "objectives", "simulation", "insight")]
PLAIN = "not slow and not terminal and not jit"

#: What each leg runs, and what it adds to the environment.
LEGS: dict[str, tuple[list[list[str]], dict[str, str]]] = {
    "style": ([["-m", "ruff", "check", "."], ["-m", "ruff", "format", "--check", "."]], {}),
    "types": ([["-m", "mypy"]], {}),
    "layers": ([["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]], {}),
    # What runs compiled elsewhere, in plain Python and counted: no other leg sees inside the kernels.
    "plain": (
        [["-m", "pytest", *FAST, EACH, "-m", PLAIN, *COUNTED, "--cov", "--cov-report=term"]],
        {"NUMBA_DISABLE_JIT": "1"},
    ),
    "compiled": ([["-m", "pytest", *FAST, MORE]], {}),
}


def main(names: list[str]) -> int:
    """Run the legs of those names, or all; return the exit code."""
    for name in names or list(LEGS):
        if name not in LEGS:
            print(f"there is no leg {name!r}; there are: {', '.join(LEGS)}", file=sys.stderr)
            return 2
        commands, extra = LEGS[name]
        for command in commands:
            print(f"== {name}: python {' '.join(command)}", flush=True)
            started = time.monotonic()
            code = subprocess.run([*PYTHON, *command], cwd=ROOT, env={**os.environ, **extra}, check=False).returncode
            print(f"== {name}: {time.monotonic() - started:.0f} s, exit code {code}", flush=True)
            if code:
                return code
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
