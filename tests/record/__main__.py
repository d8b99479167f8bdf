"""Write tests/reference/*.json anew, or compare: what other libraries do, by the numbers they give now.

`python -m tests.record` makes all, `python -m tests.record NAME…` some; `--check` writes nothing: it prints for
each file the worst relative difference from what is on disk, and where, and exits with 1 where that is beyond the
file's tolerance. Needs torch 2.13.0, keras 3.15.1, optax 0.2.8, jax and schedulefree 1.4.1.
"""

import argparse
import time
from importlib import import_module

from tests.record import files

#: name of the file → (module, function that makes its contents, handed what is on disk; tolerance of --check).
#: The inputs of the first four (gradients, starts, points, rows) stand in the file itself and stay.
RECORDINGS = {
    "optimizers": ("optimizers", "record_optimizers", 1e-12),
    "surfaces": ("surfaces", "record", 1e-10),
    "networks": ("networks", "record", 1e-10),
    "runs": ("runs", "record", 1e-9),
    "more_optimizers": ("optimizers", "record_more", 1e-12),
    "more_networks": ("networks", "record_more", 1e-10),
    "schedules": ("schedules", "record", 1e-12),
    "lbfgs": ("lbfgs", "record", 1e-9),
    "combinations": ("combinations", "record", 1e-12),
    "wrappers": ("wrappers", "record", 1e-12),
}  # fmt: skip

#: Runs that one ulp of the start moves far: their own tolerance, as in tests/simulation/test_runs.py. RMSprop on
#: rosenbrock bounces off the valley's walls: an ulp of the start is 3e-3 after 200 updates.
CHAOTIC = {"runs": {"[4].": 1e-7}}


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.record", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(RECORDINGS))
    parser.add_argument("--check", action="store_true", help="compare with what is on disk, write nothing")
    given = parser.parse_args()
    for name in given.names:
        if name not in RECORDINGS:
            parser.error(f"there is no recording {name!r}; there are: {', '.join(RECORDINGS)}")
    good = [(_check if given.check else _write)(name) for name in given.names or RECORDINGS]
    return 0 if all(good) else 1


def _make(name):
    module, function, _ = RECORDINGS[name]
    return getattr(import_module(f"tests.record.{module}"), function)(files.read(name))


def _write(name):
    started = time.monotonic()
    files.write(name, _make(name))
    print(f"{name}: {files.path(name).stat().st_size} bytes, {time.monotonic() - started:.1f} s", flush=True)
    return True


def _check(name):
    tolerance, known = RECORDINGS[name][2], files.read(name)
    if known is None:
        print(f"{name}: not on disk", flush=True)
        return False
    chaotic = CHAOTIC.get(name, {})
    found = {"": (0.0, ""), **dict.fromkeys(chaotic, (0.0, ""))}
    for error, where in files.differences(_make(name), known):
        prefix = next((start for start in chaotic if where.startswith(start)), "")
        found[prefix] = max(found[prefix], (error, where))
    good = True
    for prefix, (error, where) in found.items():
        bound = chaotic.get(prefix, tolerance)
        good &= error <= bound
        far = "" if error <= bound else ": TOO FAR"
        print(f"{name}{prefix}: {error:.1e}{f' at {where}' if error else ''} (tolerance {bound:g}){far}", flush=True)
    return good


if __name__ == "__main__":
    raise SystemExit(main())
