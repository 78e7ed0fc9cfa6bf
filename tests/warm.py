"""Worker processes that outlive a run: a test does not wait for imports that another has paid for.

A worker takes more than a second to import what a fit needs, and most runs of the tests take less.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from automl_cli.train.executor import LocalPool

Place = tuple[Any, ...]


class WarmPools:
    """Pools of workers, of which the last one that was given back is kept for the next run.

    Workers are as they were started. So a run of another working directory, module path or
    environment gets its own, and so does every run after one that left work behind.
    """

    def __init__(self) -> None:
        self._idle: tuple[Place, LentPool] | None = None

    def lend(self, workers: int, memory_bytes: int | None = None) -> LocalPool:
        """Return a pool as `LocalPool` does."""
        environment = {key: os.environ[key] for key in os.environ if key != "PYTEST_CURRENT_TEST"}
        place = (workers, Path.cwd(), tuple(sys.path), environment)
        idle, self._idle = self._idle, None
        if idle is not None and idle[0] == place:
            idle[1].limit(memory_bytes)
            return idle[1]
        if idle is not None:
            idle[1].end()
        return LentPool(workers, memory_bytes, lambda pool: self._keep(place, pool))

    def end(self) -> None:
        """End the workers that nobody uses."""
        if self._idle is not None:
            self._idle[1].end()
            self._idle = None

    def _keep(self, place: Place, pool: "LentPool") -> None:
        self.end()
        self._idle = (place, pool)


class LentPool(LocalPool):
    """A pool that is given back when a run stops it."""

    def __init__(
        self, workers: int, memory_bytes: int | None, give_back: Callable[["LentPool"], None]
    ) -> None:
        super().__init__(workers, memory_bytes)
        self._give_back = give_back
        self._futures: list[Any] = []
        self._is_lent = True

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        future = super().submit(fn, *args)
        self._futures.append(future)
        return future

    def limit(self, memory_bytes: int | None) -> None:
        """Lend the pool again, with another limit of memory."""
        assert self._guard is not None
        assert memory_bytes is not None
        self._guard.limit_bytes = memory_bytes
        self._is_lent = True

    def stop(self) -> None:
        if not self._is_lent:
            return
        self._is_lent = False
        if self._guard is None or self._guard.ended or not all(map(_is_done, self._futures)):
            self.end()
        else:
            self._futures.clear()
            self._give_back(self)

    def end(self) -> None:
        """End all workers at once."""
        self._is_lent = False
        super().stop()


def _is_done(future: Any) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
