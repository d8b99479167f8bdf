"""The workers of a Dask cluster as an executor, for `gdtui sweep --dask`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from gdtui.cli.exits import IO, CommandFailure, warn
from gdtui.errors import GdtuiError
from gdtui.text import _

if TYPE_CHECKING:
    from distributed import Client

#: How long a cluster may take to answer.
CONNECT_SECONDS = 20
#: How often to look whether it is still there.
WATCH_SECONDS = 1.0

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Yield the executor of a Dask scheduler that has workers, and how many jobs they do at once.

    Raises
    ------
    CommandFailure
        there is no such scheduler. The executor's jobs raise it too, whatever it is that fails on the cluster.
    """
    try:
        from distributed import Client
    except ImportError:
        message = _("--dask needs the package distributed: pip install 'gdtui[cluster]'")
        raise CommandFailure(message) from None
    logging.disable(logging.CRITICAL)  # what goes wrong is said once, without its traceback
    try:
        try:
            client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise CommandFailure(_("--dask {}: {}").format(address, error), IO) from None
        with client:
            if not client.nthreads():
                warn(_("--dask {}: it has no workers yet; waiting for the first").format(address))
                client.wait_for_workers(1)
            with client.get_executor() as pool, _Telling(pool, address, client) as telling:
                yield telling, max(1, sum(client.nthreads().values()))
    finally:
        logging.disable(logging.NOTSET)


class _Telling(Executor):
    """An executor whose jobs say that it was the cluster where they failed.

    A job that is handed over while the scheduler goes may never end by itself: a thread looks whether it has gone.
    """

    def __init__(self, pool: Executor, address: str, client: Client) -> None:
        self._pool, self._address, self._client = pool, address, client
        self._waiting: set[Callable[[CommandFailure], None]] = set()  # each makes one job fail
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a job to the cluster."""
        told: Future[T] = Future()

        def tell(done: Future[T]) -> None:
            error = CancelledError() if done.cancelled() else done.exception()
            with suppress(InvalidStateError):
                if error is None:
                    told.set_result(done.result())
                else:
                    told.set_exception(self._failure(error))
            self._waiting.discard(told.set_exception)

        self._waiting.add(told.set_exception)
        try:
            self._pool.submit(fn, *args, **kwargs).add_done_callback(tell)
        except Exception as error:  # its kind depends on how far the client has noticed
            raise self._failure(CancelledError() if self._client.status != "running" else error) from error
        return told

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Watch no longer; the pool is shut down by its owner."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(WATCH_SECONDS):
            if self._client.status == "closed":
                for fail in list(self._waiting):
                    with suppress(InvalidStateError):
                        fail(self._failure(CancelledError()))

    def _failure(self, error: BaseException) -> CommandFailure:
        if isinstance(error, CancelledError):
            return CommandFailure(_("--dask {}: the scheduler does not answer any more").format(self._address), IO)
        why = str(error) if isinstance(error, GdtuiError) else f"{type(error).__name__}: {error}"
        return CommandFailure(_("--dask {}: a worker: {}").format(self._address, why), IO)
