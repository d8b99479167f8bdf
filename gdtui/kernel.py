"""The ground floor: the one place that imports numba.

A `Kernel` is a plain Python function with one of the uniform signatures below. It is compiled
the first time it is needed, cached on disk where a cache can be written, and runs as the plain
Python function it is when ``NUMBA_DISABLE_JIT=1``.
"""

from __future__ import annotations

import os
import pickle
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Indices = np.ndarray[Any, np.dtype[np.int64]]

#: The uniform signatures, in numba's notation. Everything that runs compiled has one of these.
SIGNATURES = {
    # rule(theta[d], grad[d], slots[k, d], hyper[h], t, blocks[b, 3]): one update, in place.
    "rule": "void(f8[::1], f8[::1], f8[:, ::1], f8[::1], f8, i8[:, ::1])",
    # probe(theta, grad, slots, hyper, t, coords[c], out[p, c], blocks): what the rule is about to compute.
    "probe": "void(f8[::1], f8[::1], f8[:, ::1], f8[::1], f8, i8[::1], f8[:, ::1], i8[:, ::1])",
    # objective(theta[d], data[n, f], rows, lo, hi, shape, work, grad[d]): the mean loss over
    # data[rows[lo:hi]], its gradient into grad, unless grad is empty.
    "objective": "f8(f8[::1], f8[:, ::1], i8[::1], i8, i8, i8[::1], f8[::1], f8[::1])",
}


def jit_disabled() -> bool:
    """Say whether ``NUMBA_DISABLE_JIT`` asks for plain Python."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def cache_directory() -> Path:
    """Name the folder that compiled kernels are kept in (it may not exist yet)."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return root / "gdtui" / "kernels"


def _private_writable(folder: Path) -> bool:
    """Make `folder` (0700) and say whether it is ours and can be written; cache files are pickles."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return False
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        return False
    if stat.S_IMODE(status.st_mode) & 0o022:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


class _Numba:
    """numba, imported once and late, with the cache settled before the import."""

    def __init__(self) -> None:
        self.cache = True
        if "NUMBA_CACHE_DIR" not in os.environ:
            try:
                folder = cache_directory()
            except RuntimeError:  # no home directory can be found
                folder = None
            if folder is not None and _private_writable(folder):
                os.environ["NUMBA_CACHE_DIR"] = str(folder)
            else:
                self.cache = False
        import numba

        self.njit: Callable[..., Any] = numba.njit
        self.types = numba.types
        self.parse: Callable[[str], Any] = numba.core.sigutils._parse_signature_string


_numba: _Numba | None = None
_lock = threading.RLock()


def numba_door() -> _Numba:
    """Return numba's front door, importing it on the first call."""
    global _numba
    with _lock:
        if _numba is None:
            _numba = _Numba()
        return _numba


#: error_model "numpy": a division by zero is inf or nan, as on the paper, and no exception.
#: Never fastmath: it makes isnan(nan) false, and divergence is our daily bread.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "boundscheck": False}


def _with_helpers(function: FunctionType, made: dict[str, Any]) -> FunctionType:
    """Return `function` with the plain functions of its own file that it calls compiled into it.

    Of its own file only: the cache of a kernel does not see changes in other files. The functions
    themselves stay what they are, for whoever calls them from Python.
    """
    space, code = function.__globals__, function.__code__
    for name in code.co_names:
        helper = space.get(name)
        if isinstance(helper, FunctionType) and helper.__code__.co_filename == code.co_filename and name not in made:
            made[name] = numba_door().njit(**OPTIONS)(_with_helpers(helper, made))
    if not made:
        return function
    copy = FunctionType(code, {**space, **made}, function.__name__, function.__defaults__, function.__closure__)
    copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
    return copy


def _compile(function: Callable[..., Any], signature: Any, *, keep: bool) -> Callable[..., Any]:
    door = numba_door()
    options = OPTIONS
    if isinstance(function, FunctionType):
        function = _with_helpers(function, {})
    if keep and door.cache:
        for _ in range(2):
            try:
                return door.njit(signature, cache=True, **options)(function)  # type: ignore[no-any-return]
            except (EOFError, pickle.UnpicklingError, AttributeError, ImportError, ValueError):
                _forget(function)  # a torn cache file: drop it and compile again
            except (RuntimeError, OSError):
                break  # no place to cache: go on without
    return door.njit(signature, **options)(function)  # type: ignore[no-any-return]


def _forget(function: Callable[..., Any]) -> None:
    """Delete the cache files of one function."""
    pattern = f"*.{function.__qualname__}-{function.__code__.co_firstlineno}.*"
    with suppress(OSError):
        for path in cache_directory().rglob(pattern.removeprefix("*.")):
            path.unlink(missing_ok=True)
        for path in cache_directory().rglob(pattern):
            path.unlink(missing_ok=True)


class Kernel:
    """A function with a uniform signature, compiled on first use.

    Parameters
    ----------
    function
        plain Python over arrays; must not call other kernels. The plain functions of its own file
        that it calls are compiled with it.
    kind
        a key of `SIGNATURES`, or a whole signature in numba's notation.
    keep
        cache the machine code on disk (False for what a user typed: its file would stay for ever).
    """

    def __init__(self, function: Callable[..., Any], kind: str, *, keep: bool = True) -> None:
        self.function = function
        self.kind = kind
        self.keep = keep
        self._compiled: Callable[..., Any] | None = None

    @property
    def ready(self) -> bool:
        """Whether the first call would start at once."""
        return self._compiled is not None

    @property
    def compiled(self) -> Callable[..., Any]:
        """The machine code (or the plain function where the JIT is off)."""
        if self._compiled is None:
            with _lock:
                if self._compiled is None:
                    self._compiled = self._build()
        return self._compiled

    def _build(self) -> Callable[..., Any]:
        if jit_disabled():
            return self.function
        door = numba_door()
        if self.kind == "advance":
            pointers = [
                door.types.FunctionType(door.parse(SIGNATURES[kind])) for kind in ("objective", "rule", "probe")
            ]
            signature = door.types.int64(*pointers, *door.parse(ADVANCE_ARGUMENTS))
        else:
            signature = SIGNATURES.get(self.kind, self.kind)
        return _compile(self.function, signature, keep=self.keep)

    def __call__(self, *arguments: Any) -> Any:
        """Run it, compiling first where needed."""
        return self.compiled(*arguments)


def kernel(kind: str) -> Callable[[Callable[..., Any]], Kernel]:
    """Decorate a function as a `Kernel` of the given kind."""
    return lambda function: Kernel(function, kind)


# ---------------------------------------------------------------------------------------------
# The loop. Kernels come in as function pointers, so that it is compiled once for all pairs.

ADVANCE_ARGUMENTS = (
    "(f8[::1], f8[:, ::1], f8[:, ::1], f8[::1], f8[::1], i8, i8, "  # theta slots scratch hyper rates t0 n
    "f8[:, ::1], i8[::1], f8[::1], i8[::1], i8[::1], "  # data shape work train held_out
    "i8[::1], i8[::1], i8[::1], f8[:, ::1], "  # order begin end noise
    "f8[::1], i8[:, ::1], f8[::1], i8[::1], i8[::1], "  # prepare blocks stops coords flags
    "f8[:, ::1], f8[:, ::1], f8[::1], i8[::1])"  # probed record last outcome
)

#: Columns that every recorded row begins with; theta[c], grad[c] and the probe's p·c values follow.
#: angle: degrees between the batch's gradient and the full one; snr: |full| / |batch - full|.
#: evaluations: of value and gradient, all updates up to this one; a rule of the first order needs one an update.
HEAD = (
    "update", "lr", "loss", "batch_loss", "val_loss", "grad_norm", "step_norm", "angle", "snr", "evaluations",
)  # fmt: skip

GOING, CONVERGED, DIVERGED, ENDED = 0, 1, 2, 3
#: Why a lane has converged, as outcome[3] says.
LOSS_BELOW, GRADIENT_BELOW, NO_IMPROVEMENT = 1, 2, 3


def _advance(
    objective: Any, rule: Any, probe: Any,
    theta: Array, slots: Array, scratch: Array, hyper: Array, rates: Array, t0: int, n: int,
    data: Array, shape: Indices, work: Array, train: Indices, held_out: Indices,
    order: Indices, begin: Indices, end: Indices, noise: Array,
    prepare: Array, blocks: Indices, stops: Array, coords: Indices, flags: Indices,
    probed: Array, record: Array, last: Array, outcome: Indices,
) -> int:  # fmt: skip
    """Make up to n updates of one lane in place; return how many were made.

    Update j of the chunk is number t = t0 + j + 1, at rate rates[j], on the rows
    order[begin[j]:end[j]] of data, or on all of `train` where flags[0] is set.

    Parameters
    ----------
    scratch
        4 x d; row 0 holds the last update's gradient on return.
    prepare
        clip each |g_i| to this, clip the norm to this, weight decay added to g,
        decoupled weight decay; 0 = off.
    stops
        converged once the loss is below, the gradient norm is below, the loss has not improved
        for so many updates (0 = off); then the best loss and the updates since, kept up to date.
    flags
        full batch?, has a loss?, record every this many updates (0 = none),
        compare each recorded batch with the full gradient?
    record
        the rows written, one for each due update; `last` is the row of the final update.
    outcome
        status, rows written, whether the probe of `last` is valid, why converged.
    """
    d = theta.shape[0]
    c = coords.shape[0]
    p = probed.shape[0]
    grad = scratch[0]
    used = scratch[1]
    before = scratch[2]
    ahead = scratch[3]
    full = flags[0] != 0
    has_loss = flags[1] != 0
    every = flags[2]
    compare = flags[3] != 0 and (not full or noise.shape[0] > 0)
    follow = full or stops[0] > 0.0 or stops[2] > 0.0  # stops on the loss need it after every update
    nothing = np.nan
    written = 0
    status = 0
    why = 0
    probe_valid = 0
    made = 0
    loss = nothing
    rows = train.shape[0]
    # chosen before the loop: each choice between arrays costs a tenth of a second of compilation
    none = scratch[0, :0]
    source = train if full else order
    target = ahead if full else grad
    further = ahead if full else none
    for j in range(n):
        number = t0 + j + 1
        t = float(number)
        hyper[0] = rates[j]
        due = every > 0 and number % every == 0
        wanted = due or j == n - 1

        # the gradient of this update's batch, at the parameters before it; with all rows it is
        # the one that the update before looked ahead to
        if not full or j == 0:
            first = 0 if full else begin[j]
            beyond = rows if full else end[j]
            loss = objective(theta, data, source, first, beyond, shape, work, target)
        batch_loss = loss
        if full:
            for i in range(d):
                grad[i] = ahead[i]
        if noise.shape[0] > 0:
            for i in range(d):
                grad[i] += noise[j, i]
        comparing = wanted and compare
        if comparing and not full:
            objective(theta, data, train, 0, rows, shape, work, ahead)
        norm2 = 0.0
        dot = 0.0
        ahead2 = 0.0
        apart2 = 0.0
        for i in range(d):
            g = grad[i]
            norm2 += g * g
            if comparing:
                dot += g * ahead[i]
                ahead2 += ahead[i] * ahead[i]
                apart2 += (g - ahead[i]) * (g - ahead[i])
        grad_norm = np.sqrt(norm2)

        # what the rule gets: clipped, decayed
        scale = 1.0
        if prepare[1] > 0.0 and grad_norm > prepare[1]:
            scale = prepare[1] / (grad_norm + 1e-6 * prepare[4])
        bound = prepare[0] if prepare[0] > 0.0 else np.inf
        shrink = 1.0 - rates[j] * prepare[3]
        for i in range(d):
            before[i] = theta[i]
            used[i] = min(max(grad[i] * scale, -bound), bound) + prepare[2] * theta[i]
            theta[i] *= shrink
        if wanted:
            probe(theta, used, slots, hyper, t, coords, probed, blocks)
        rule(theta, used, slots, hyper, t, blocks)
        made = j + 1

        # where that led: a step of no finite length leads nowhere
        step2 = 0.0
        for i in range(d):
            step2 += (theta[i] - before[i]) * (theta[i] - before[i])
        if follow or wanted:
            loss = objective(theta, data, train, 0, rows, shape, work, further)
        lost = not np.isfinite(batch_loss) or (full and not np.isfinite(loss))
        if not np.isfinite(step2) or not np.isfinite(norm2) or (has_loss and lost):
            status = 2
        else:
            if stops[2] > 0.0:
                if loss < stops[3]:
                    stops[3] = loss
                    stops[4] = 0.0
                else:
                    stops[4] += 1.0
                    if stops[4] >= stops[2]:
                        status, why = 1, 3
            if stops[1] > 0.0:
                here2 = 0.0
                for i in range(d):
                    here2 += target[i] * target[i]
                if np.sqrt(here2) < stops[1]:
                    status, why = 1, 2
            if stops[0] > 0.0 and loss < stops[0]:
                status, why = 1, 1

        if wanted or status != 0:
            probe_valid = 1 if wanted else 0
            last[0] = t
            last[1] = rates[j]
            last[2] = loss if has_loss else nothing
            last[3] = batch_loss if has_loss else nothing
            last[4] = nothing
            if held_out.shape[0] > 0:
                last[4] = objective(theta, data, held_out, 0, held_out.shape[0], shape, work, none)
            last[5] = grad_norm
            last[6] = np.sqrt(step2)
            last[7] = nothing
            last[8] = nothing
            last[9] = t
            if comparing:
                cosine = dot / np.sqrt(norm2 * ahead2)
                last[7] = np.degrees(np.arccos(max(-1.0, min(1.0, cosine))))
                last[8] = np.sqrt(ahead2 / apart2)
            for k in range(c):
                last[10 + k] = theta[coords[k]]
                last[10 + c + k] = grad[coords[k]]
                for q in range(p):
                    last[10 + (2 + q) * c + k] = probed[q, k] if wanted else nothing
            if due:
                for q in range(last.shape[0]):
                    record[written, q] = last[q]
                written += 1
        if status != 0:
            break
    outcome[0] = status
    outcome[1] = written
    outcome[2] = probe_valid
    outcome[3] = why
    return made


advance = Kernel(_advance, "advance")
