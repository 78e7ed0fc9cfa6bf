"""The pool of worker processes.

Pebble gives a pool in which one dead or cancelled worker costs one unit; loky's process context
starts a fresh interpreter without importing the caller's script, so that `automl_cli.fit` works
from a script without a ``__main__`` guard. Any other `concurrent.futures.Executor` serves as well.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from automl_cli.train.memory import MemoryGuard

if TYPE_CHECKING:
    from concurrent.futures import Future

PARENT_POLL_SECONDS = 0.5
LOKY_MODULES = "loky.backend.popen_loky"  # how loky's interpreters are started
WORKER_MARK = "AUTOML_CLI_WORKER_OF"  # environment variable that only workers have


class Executor(Protocol):
    """The part of `concurrent.futures.Executor` that a run needs."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":  # noqa: ANN401  # as in the standard library
        """Run ``fn(*args)`` somewhere."""
        ...


class LocalPool:
    """Long-lived worker processes on this machine.

    A worker that dies over a unit is replaced and costs that unit. A pool that breaks as a whole
    (an idle worker was killed) fails the units in flight and is started anew with the next.

    Parameters
    ----------
    workers
        Number of processes.
    memory_bytes
        What this process and the workers may take together: if they take more, the largest
        worker is ended. None: no limit.
    libraries
        Modules that workers import at once, while the tables are read.
    """

    def __init__(
        self, workers: int, memory_bytes: int | None = None, libraries: Sequence[str] = ()
    ) -> None:
        self.workers = workers
        self._libraries = tuple(libraries)
        self._pool = _start_processes(workers, self._libraries)
        self._guard = None if memory_bytes is None else MemoryGuard(memory_bytes, is_worker)
        if self._guard is not None:
            self._guard.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":  # noqa: ANN401
        """Run ``fn(*args)`` in a worker; cancelling the future kills that worker."""
        try:
            future: Future[Any] = self._pool.schedule(fn, args=list(args))
        except RuntimeError:  # what pebble raises when the pool is broken
            self._stop_processes()
            self._pool = _start_processes(self.workers, self._libraries)
            future = self._pool.schedule(fn, args=list(args))
        return future

    def has_ended_for_memory(self, error: BaseException) -> bool:
        """Return whether a unit's worker was ended because it took too much memory."""
        from pebble import ProcessExpired

        if self._guard is None or not isinstance(error, ProcessExpired):
            return False
        return error.pid in self._guard.ended

    def stop(self) -> None:
        """End all workers at once."""
        if self._guard is not None:
            self._guard.stop()
        self._stop_processes()

    def _stop_processes(self) -> None:
        self._pool.stop()
        self._pool.join()


@contextmanager
def open_pool(
    workers: int, memory_bytes: int | None = None, libraries: Sequence[str] = ()
) -> Iterator[LocalPool]:
    """Give a pool, and end its workers at once when nobody needs it any more."""
    pool = LocalPool(workers, memory_bytes, libraries)
    try:
        yield pool
    finally:
        pool.stop()


def _start_processes(workers: int, libraries: Sequence[str]) -> Any:  # noqa: ANN401  # pebble has no types
    from loky.backend import get_context
    from pebble import ProcessPool

    with _interrupts_held_back():
        pool = ProcessPool(
            max_workers=workers,
            context=get_context("loky"),
            initializer=prepare_worker,
            initargs=[os.getpid()],
        )
        for _ in range(workers):
            # Pebble starts its processes with the first unit, and gives each an idle one.
            pool.schedule(import_libraries, args=[libraries])
    return pool


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let threads and processes that start here never see Ctrl-C, even before they are workers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare_worker(parent: int) -> None:
    """Make this process a worker of `parent`: quiet, deaf to Ctrl-C, gone when the parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Pebble's handler runs in Python, which a fit in C does not let it do: the default one ends
    # the process at once.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ[WORKER_MARK] = str(parent)
    redirect_output(Path(os.devnull))
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def import_libraries(names: Sequence[str]) -> None:
    """Import modules that take long to import; a unit that needs one may run later."""
    for name in names:
        import_module(name)


def redirect_output(log: Path) -> None:
    """Send what libraries print from C to `log`, if this process is a worker."""
    if WORKER_MARK not in os.environ:
        return
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def is_worker(arguments: Sequence[str]) -> bool:
    """Return whether a child with this command line is a worker of a `LocalPool`.

    A program that calls `automl_cli.fit` may have other children, which are none of our business.
    """
    return any(word.startswith(LOKY_MODULES) for word in arguments)


def is_worker_death(error: BaseException) -> bool:
    """Return whether the worker of this very unit died; a broken pool does not tell whose did."""
    from pebble import ProcessExpired

    return isinstance(error, ProcessExpired)


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    os._exit(1)
