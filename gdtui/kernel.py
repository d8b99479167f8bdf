"""Compiled functions, and the only import of numba in the project.

A `Kernel` is a plain Python function with its signature. It is compiled when it is first needed, and its machine code
is cached on disk if possible. With ``NUMBA_DISABLE_JIT=1`` the plain function runs instead.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from enum import EnumType
from functools import cache
from types import CodeType, FunctionType
from typing import Any, TypeVar

import numpy as np

from gdtui.kernel_folder import cache_directory, turn, usable_folder

Array = np.ndarray[Any, np.dtype[np.float64]]
Indices = np.ndarray[Any, np.dtype[np.int64]]


def jit_disabled() -> bool:
    """Say whether ``NUMBA_DISABLE_JIT`` asks for plain Python."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


class _Numba:
    """numba, imported once and lazily; the cache directory is chosen before the import."""

    def __init__(self) -> None:
        self.cache = True
        if "NUMBA_CACHE_DIR" not in os.environ:
            folder = usable_folder()
            self.cache = folder is not None
            if folder is not None:
                os.environ["NUMBA_CACHE_DIR"] = str(folder)
        # numba imports it wherever it is installed, in use or not: 0.05 s
        sys.modules.setdefault("coverage", None)  # type: ignore[arg-type]
        import numba
        from numba.core.caching import FunctionCache

        if sys.modules["coverage"] is None:
            del sys.modules["coverage"]
        self.njit: Callable[..., Any] = numba.njit
        self.types = numba.types
        self.parse: Callable[[str], Any] = numba.core.sigutils._parse_signature_string

        class CodeCache(FunctionCache):
            """numba's cache, but that it does not load first what only compiling needs: half of the start of numba."""

            def load_overload(self, sig: Any, target_context: Any) -> Any:
                with self._guard_against_spurious_io_errors():
                    return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]

        self.code_cache: Callable[..., Any] = CodeCache


_lock = threading.RLock()


@cache
def numba_door() -> _Numba:
    """Return numba; the first call imports it."""
    return _Numba()


def kernels_are_lost() -> bool:
    """Say whether this process has compiled kernels that no other process will find: they cannot be kept."""
    return numba_door.cache_info().currsize > 0 and not numba_door().cache


#: error_model "numpy": a division by zero gives inf or nan, not an exception.
#: Never fastmath: it makes isnan(nan) false, and runs that diverge are the point of this program.
#: Without numba's runtime nothing is allocated and no references are counted, atomically, at each call: a third of the
#: time of a small update.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "boundscheck": False, "_nrt": False}
#: Of functions that only compiled functions call: entries for others would be a sixth of the time of compiling.
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


F = TypeVar("F", bound=Callable[..., Any])
#: Functions whose calls are replaced by their text, however long that is.
_inlined: set[Callable[..., Any]] = set()


def inlined(function: F) -> F:
    """Decorate a helper that stands in loops: these become vector instructions only if they call nothing."""
    _inlined.add(function)
    return function


def _with_helpers(function: FunctionType, made: dict[str, Any], options: dict[str, Any]) -> FunctionType:
    """Return a copy of `function` that calls compiled copies of its helpers; the originals stay plain functions.

    numba's cache does not notice changes in other files. So the name of the copy holds a fingerprint of everything
    that is compiled into it.
    """
    for name, helper in _helpers(function):
        if name not in made:
            own = options | INNER | ({"forceinline": True} if helper in _inlined else {})
            made[name] = numba_door().njit(**own)(_with_helpers(helper, made, options))
    space = {**function.__globals__, **made}
    copy = FunctionType(function.__code__, space, function.__name__, function.__defaults__, function.__closure__)
    copy.__module__ = function.__module__
    copy.__qualname__ = f"{function.__qualname__}_{fingerprint(function, options)}"
    return copy


def _helpers(function: FunctionType) -> Iterator[tuple[str, FunctionType]]:
    """Yield the plain functions of the same file or of this project that a function names."""
    for name in function.__code__.co_names:
        helper = function.__globals__.get(name)
        if isinstance(helper, FunctionType):
            own = helper.__code__.co_filename == function.__code__.co_filename
            if own or helper.__module__.partition(".")[0] == "gdtui":
                yield name, helper


def fingerprint(function: FunctionType, options: dict[str, Any] = OPTIONS) -> str:
    """Return a hash of options, of a function's code, the constants that it reads and the functions that it calls."""
    import hashlib  # late: it loads OpenSSL

    found = [repr(options)]
    left, seen = [function], set[FunctionType]()
    while left:
        current = left.pop()
        if current in seen:
            continue
        seen.add(current)
        # nested code and sets have no stable text; numba checks the time stamp of the file that holds them
        constants = [c for c in current.__code__.co_consts if not isinstance(c, (CodeType, frozenset))]
        found += [current.__name__, current.__code__.co_code.hex(), repr(constants)]
        for name in current.__code__.co_names:
            value = current.__globals__.get(name)
            if isinstance(value, EnumType):
                found.append(f"{name} = {[*value.__members__.items()]!r}")
            elif isinstance(value, (bool, int, float, str, tuple)):
                found.append(f"{name} = {value!r}")
        left += [helper for _name, helper in _helpers(current)]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:12]


def _compile(kernel: Kernel, signature: Any) -> Callable[..., Any]:
    door, function = numba_door(), kernel.function
    options = {**OPTIONS, "_nrt": kernel.allocates}
    if isinstance(function, FunctionType):
        function = _with_helpers(function, {}, options | ({"forceinline": True} if kernel.inline else {}))
    if kernel.keep and door.cache:
        for _ in range(2):
            try:
                made = door.njit(**options)(function)
                if kernel.allocates:
                    made.enable_caching()  # with numba's runtime
                else:
                    made._cache = door.code_cache(function)
                with turn(f"{function.__module__}.{function.__qualname__} {signature}"):
                    made.compile(signature)
                made.disable_compile()
                return made  # type: ignore[no-any-return]
            except (EOFError, pickle.UnpicklingError, AttributeError, ImportError, ValueError):
                _forget(function)  # a damaged cache file: delete it and compile again
            except (RuntimeError, OSError):
                door.cache = False  # nowhere to cache: continue without
                break
    return door.njit(signature, **options)(function)  # type: ignore[no-any-return]


def _forget(function: Callable[..., Any]) -> None:
    """Delete the cache files of one function."""
    with suppress(OSError):  # numba names them MODULE.FUNCTION-LINE.…
        for path in cache_directory().rglob(f"*.{function.__qualname__}-{function.__code__.co_firstlineno}.*"):
            path.unlink(missing_ok=True)


_impatient: ContextVar[bool] = ContextVar("impatient", default=False)


def be_impatient(yes: bool = True) -> None:
    """Have light work done in plain Python, in this context, until its kernels are compiled: somebody is waiting."""
    _impatient.set(yes)


def impatient() -> bool:
    """Say whether plain Python may do light work while kernels are being compiled."""
    return _impatient.get() and not jit_disabled()


#: Kernels that are being compiled on a thread of their own, and those of which one could not be compiled.
_behind: dict[tuple[Kernel, ...], threading.Thread] = {}


def compile_behind(kernels: tuple[Kernel, ...], patience: float = 0.0) -> bool:
    """Have kernels compiled on a thread of their own; return whether that is still to come after so many seconds."""
    if all(each.ready for each in kernels):
        return False
    thread = _behind.get(kernels)
    if thread is None:
        thread = threading.Thread(target=_compile_all, args=(kernels, impatient()), name="kernels", daemon=True)
        _behind[kernels] = thread
        thread.start()
    thread.join(patience)
    return thread.is_alive()


def compile_now(kernels: tuple[Kernel, ...]) -> None:
    """Compile kernels that are not compiled yet."""
    for each in kernels:
        each.compiled  # noqa: B018 - it compiles


def _compile_all(kernels: tuple[Kernel, ...], for_frames: bool) -> None:
    with suppress(Exception):  # whoever calls the kernel is told
        compile_now(kernels)
        del _behind[kernels]
        if for_frames:
            gc.freeze()  # numba stays: looking through it would hold up frames


class Pointer:
    """The address of a kernel's machine code, as an argument for loops that call it.

    With the kernel itself as the argument, numba would look up address and type at every call, which is most of the
    cost of a single update. This is numba's "wrapper address protocol"; `numba.typeof` reads `_numba_type_`.
    """

    def __init__(self, compiled: Any, signature: Any, kind: Any) -> None:
        found = compiled.get_compile_result(signature)
        self._address: int = found.library.get_pointer_to_function(found.fndesc.llvm_cfunc_wrapper_name)
        self._numba_type_ = kind
        self._code = compiled  # keeps the machine code alive

    def __wrapper_address__(self) -> int:
        return self._address


class Kernel:
    """A function compiled for one signature when it is first used.

    Parameters
    ----------
    function
        plain Python over numbers and arrays. It must not call kernels by name; the plain functions that it calls
        are compiled with it.
    signature
        types of result and arguments, in numba's notation: "f8(f8[::1], i8)".
    pointers
        signatures of kernels; it takes them as function pointers, before its other arguments.
    keep
        cache the machine code on disk. False for a formula that a user typed: nobody would ever delete its file.
    allocates
        it makes arrays.
    inline
        the functions that it calls become part of it wherever they are called.
    """

    def __init__(
        self, function: Callable[..., Any], signature: str, pointers: tuple[str, ...] = (), *, keep: bool = True,
        allocates: bool = False, inline: bool = False,
    ) -> None:  # fmt: skip
        self.function, self.keep, self.allocates, self.inline = function, keep, allocates, inline
        self.signature, self.pointers = signature, pointers
        self._compiled: Callable[..., Any] | None = None
        self._pointer: Any = None

    @property
    def ready(self) -> bool:
        """Whether it is compiled already."""
        return self._compiled is not None

    @property
    def compiled(self) -> Callable[..., Any]:
        """The machine code, or the plain function if the JIT is off."""
        if self._compiled is None:
            with _lock:
                if self._compiled is None:
                    self._compiled = self._build()
        return self._compiled

    @property
    def at_hand(self) -> Callable[..., Any]:
        """What can run at once: the machine code if it is there, else the plain function."""
        return self._compiled or self.function

    @property
    def pointer(self) -> Any:
        """The argument for a compiled loop that calls this kernel; the plain function if the JIT is off."""
        if self._pointer is None:
            self._pointer = self.compiled
            if not jit_disabled():
                signature = numba_door().parse(self.signature)
                self._pointer = Pointer(self.compiled, signature, numba_door().types.FunctionType(signature))
        return self._pointer

    def _build(self) -> Callable[..., Any]:
        if jit_disabled():
            return self.function
        door = numba_door()
        signature = door.parse(self.signature)
        if self.pointers:
            types = [door.types.FunctionType(door.parse(pointer)) for pointer in self.pointers]
            signature = signature.return_type(*types, *signature.args)
        return _compile(self, signature)

    def __call__(self, *arguments: Any) -> Any:
        """Run the function; the first call compiles it."""
        return self.compiled(*arguments)


def kernel(
    signature: str, pointers: tuple[str, ...] = (), *, allocates: bool = False
) -> Callable[[Callable[..., Any]], Kernel]:
    """Decorate a function as a `Kernel` with this signature."""
    return lambda function: Kernel(function, signature, pointers, allocates=allocates)
