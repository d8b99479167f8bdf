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
    # prepare(grad[d], theta[d], lr, settings, style, blocks[b, 3], used[d]): clip and decay.
    "prepare": "void(f8[::1], f8[::1], f8, f8[::1], i8, i8[:, ::1], f8[::1])",
    # objective(theta[d], data[n, f], rows, lo, hi, shape, work, grad[d]): the mean loss over
    # data[rows[lo:hi]], its gradient into grad, unless grad is empty.
    "objective": "f8(f8[::1], f8[:, ::1], i8[::1], i8, i8, i8[::1], f8[::1], f8[::1])",
}


#: The loop of `gdtui.simulation.loop` gets these as function pointers, and then its numbers and arrays.
POINTERS = ("objective", "prepare", "rule", "probe")
ADVANCE_ARGUMENTS = (
    "(f8[::1], f8[:, ::1], f8[::1], f8[::1], i8, i8, "  # theta slots hyper rates t0 n
    "f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], "  # grad used before ahead target further none
    "f8[:, ::1], i8[::1], f8[::1], i8[::1], i8[::1], "  # data shape work train held_out
    "i8[::1], i8[::1], i8[::1], f8[:, ::1], "  # source begin end noise
    "f8[::1], i8[:, ::1], f8[::1], i8[::1], i8[::1], "  # settings blocks stops coords flags
    "f8[:, ::1], f8[:, ::1], f8[::1], i8[::1])"  # probed record last outcome
)


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


class Pointer:
    """The address of a kernel's machine code, for loops that call it.

    Of a kernel itself numba would look the address and the type up again at every call, which is most of what
    a single update costs. Here it finds both: see its "wrapper address protocol"; `_numba_type_` is what
    `numba.typeof` asks an object for.
    """

    def __init__(self, compiled: Any, signature: Any, kind: Any) -> None:
        found = compiled.get_compile_result(signature)
        self._address: int = found.library.get_pointer_to_function(found.fndesc.llvm_cfunc_wrapper_name)
        self._numba_type_ = kind
        self._code = compiled  # it must live as long as the address is used

    def __wrapper_address__(self) -> int:
        return self._address


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
        self._pointer: Any = None

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

    @property
    def pointer(self) -> Any:
        """What to hand to a compiled loop that calls it (the plain function where the JIT is off)."""
        if self._pointer is None:
            self._pointer = self.compiled
            if not jit_disabled():
                signature = numba_door().parse(SIGNATURES[self.kind])
                self._pointer = Pointer(self.compiled, signature, numba_door().types.FunctionType(signature))
        return self._pointer

    def _build(self) -> Callable[..., Any]:
        if jit_disabled():
            return self.function
        door = numba_door()
        if self.kind == "advance":
            pointers = [door.types.FunctionType(door.parse(SIGNATURES[kind])) for kind in POINTERS]
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
