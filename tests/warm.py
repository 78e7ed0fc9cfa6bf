"""Worker processes that outlive a run: a test does not wait for imports that another has paid for.

A worker takes more than a second to import what a fit needs, and most runs of the tests take less.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from automl_cli.train.executor import LocalPool

# What workers never look at; scikit-learn sets the last one where it is imported.
OWN = ("PYTEST_CURRENT_TEST", "COLUMNS", "LINES", "KMP_DUPLICATE_LIB_OK")
Place = tuple[Any, ...]


class WarmPools:
    """Pools of workers, of which the last one that was given back is kept for the next run.

    Workers are as they were started. So a run of another working directory, module path or
    environment gets its own, and so does every run after one that left work behind.
    """

    def __init__(self) -> None:
        self._idle: tuple[Place, LocalPool] | None = None

    def lend(self, workers: int, memory_bytes: int, _: Sequence[str] = ()) -> "LentPool":
        """Return a pool, in the place of `LocalPool`."""
        return LentPool(workers, memory_bytes, self)

    def take(self, workers: int, memory_bytes: int) -> LocalPool:
        """Return the idle pool if it fits, else a new one."""
        place = find_place(workers)
        if self._idle is None or self._idle[0] != place:
            self.end()
            return LocalPool(workers, memory_bytes)
        pool, self._idle = self._idle[1], None
        pool._guard.limit_bytes = memory_bytes  # a run's own limit
        return pool

    def keep(self, pool: LocalPool) -> None:
        """Keep a pool for the next run."""
        self.end()
        self._idle = (find_place(pool.workers), pool)

    def end(self) -> None:
        """End the workers that nobody uses."""
        if self._idle is not None:
            self._idle[1].stop()
            self._idle = None


class LentPool(LocalPool):
    """A pool that starts with its first unit, and is given back when its run stops it."""

    def __init__(self, workers: int, memory_bytes: int, pools: WarmPools) -> None:
        self.workers = workers
        self._memory_bytes = memory_bytes
        self._pools = pools
        self._lent: LocalPool | None = None
        self._place: Place = ()
        self._futures: list[Any] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        if self._lent is None:
            self._lent = self._pools.take(self.workers, self._memory_bytes)
            self._place = find_place(self.workers)
        future = self._lent.submit(fn, *args)
        self._futures.append(future)
        return future

    def has_ended_for_memory(self, error: BaseException) -> bool:
        return self._lent is not None and self._lent.has_ended_for_memory(error)

    def stop(self) -> None:
        if self._lent is None:
            return
        lent, self._lent = self._lent, None
        is_clean = all(map(is_done, self._futures)) and not lent._guard.ended
        if is_clean and self._place == find_place(self.workers):
            self._pools.keep(lent)
        else:
            lent.stop()


def find_place(workers: int) -> Place:
    """Return all that makes two pools alike."""
    environment = {key: value for key, value in os.environ.items() if key not in OWN}
    return (workers, Path.cwd(), tuple(sys.path), environment)


def is_done(future: Any) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
