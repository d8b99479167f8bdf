"""The recordings' files: read, written one record a line, compared number by number."""

import json
from math import inf, isfinite, isnan
from pathlib import Path

ROOM = Path(__file__).resolve().parent.parent / "reference"


def path(name):
    return ROOM / f"{name}.json"


def read(name):
    """Return what lies in tests/reference/NAME.json; None where there is no such file."""
    return json.loads(path(name).read_text(encoding="utf-8")) if path(name).exists() else None


def write(name, made):
    path(name).write_text(_text(made) + "\n", encoding="utf-8")


def _text(made):
    if isinstance(made, list):
        return "[\n" + ",\n".join(json.dumps(record) for record in made) + "\n]"
    long = [key for key, value in made.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    parts = (f"{json.dumps(key)}: {_text(made[key]) if key in long else json.dumps(made[key])}" for key in made)
    return "{\n" + ",\n".join(parts) + "}"


def differences(made, known, where=""):
    """Yield (relative difference, where) of every number; infinite where anything else differs.

    Versions are not compared: they say what a recording was made with.
    """
    if isinstance(made, dict) and isinstance(known, dict):
        for key in sorted(made.keys() | known.keys()):
            if key != "version":
                yield from differences(made.get(key), known.get(key), f"{where}.{key}")
    elif isinstance(made, list) and isinstance(known, list) and len(made) == len(known):
        for k, (a, b) in enumerate(zip(made, known, strict=True)):
            yield from differences(a, b, f"{where}[{k}]")
    elif isinstance(made, int | float) and isinstance(known, int | float):
        yield _relative(made, known), where
    elif made != known:
        yield inf, where


def _relative(made, known):
    if made == known or (isnan(made) and isnan(known)):
        return 0.0
    return abs(made - known) / abs(known) if known and isfinite(made) and isfinite(known) else inf
