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
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future

PARENT_POLL_SECONDS = 0.5
WORKER_MARK = "AUTOML_CLI_WORKER_OF"  # environment variable that only workers have


class Executor(Protocol):
    """The part of `concurrent.futures.Executor` that a run needs."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":  # noqa: ANN401  # as in the standard library
        """Run ``fn(*args)`` somewhere."""
        ...


@dataclass(frozen=True, slots=True)
class LocalPool:
    """Long-lived worker processes on this machine.

    Parameters
    ----------
    pool
        The pool that does the work.
    workers
        Number of processes.
    """

    pool: Any
    workers: int

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":  # noqa: ANN401
        """Run ``fn(*args)`` in a worker; cancelling the future kills that worker."""
        future: Future[Any] = self.pool.schedule(fn, args=list(args))
        return future

    def stop(self) -> None:
        """End all workers at once."""
        self.pool.stop()
        self.pool.join()


def start_pool(workers: int) -> LocalPool:
    """Start `workers` processes in the background and return at once."""
    from loky.backend import get_context
    from pebble import ProcessPool

    pool = ProcessPool(
        max_workers=workers,
        context=get_context("loky"),
        initializer=prepare_worker,
        initargs=[os.getpid()],
    )
    started = LocalPool(pool, workers)
    for _ in range(workers):
        # Pebble starts its processes with the first unit; this one is done at once.
        started.submit(os.getpid)
    return started


def prepare_worker(parent: int) -> None:
    """Make this process a worker of `parent`: quiet, deaf to Ctrl-C, gone when the parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ[WORKER_MARK] = str(parent)
    redirect_output(Path(os.devnull))
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


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


def is_worker_death(error: BaseException) -> bool:
    """Return whether a process died, as against a unit that raised."""
    from pebble import ProcessExpired

    return isinstance(error, BrokenExecutor | ProcessExpired)


def is_worker() -> bool:
    """Return whether this process works for a run of another process."""
    return WORKER_MARK in os.environ


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    os._exit(1)
