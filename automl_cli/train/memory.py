"""Memory: what a process takes at its peak, and a guard that keeps a command within its limit.

guard = MemoryGuard(4 * 10**9, is_worker)
guard.start()  # from now on the largest worker is ended when all processes take more
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psutil import Process

POLL_SECONDS = 0.2
IDLE_BYTES = 250 << 20  # a worker with less is not the one that takes the memory
LEAST_SHARE = 0.02  # of the rows: with fewer a fit is of no use
_CLEAR_REFS = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryBudget:
    """The memory that units may take.

    Parameters
    ----------
    limit_bytes
        What the command may take, this process included.
    unit_bytes
        What a unit is thought to take before the first one has shown it.
    base_bytes
        The part of it that does not depend on the rows.
    """

    limit_bytes: int
    unit_bytes: int
    base_bytes: int

    def left_bytes(self) -> int:
        """Return what this process leaves to the units."""
        return self.limit_bytes - used_bytes()

    def row_share(self) -> float:
        """Return the share of the training rows that a unit has room for, at most 1."""
        rows_bytes = max(1, self.unit_bytes - self.base_bytes)
        return min(1.0, max(LEAST_SHARE, (self.left_bytes() - self.base_bytes) / rows_bytes))


class MemoryGuard:
    """Ends the largest worker when this process and its children take more than they may.

    Parameters
    ----------
    limit_bytes
        What they may take together. Pages that several processes share count once.
    is_worker
        Whether a child with this command line may be ended.
    """

    def __init__(self, limit_bytes: int, is_worker: Callable[[Sequence[str]], bool]) -> None:
        self.limit_bytes = limit_bytes
        self.is_worker = is_worker
        self.ended = set[int]()  # process ids
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to watch, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _watch(self) -> None:
        from psutil import Error, Process

        own = Process()
        while not self._stopped.wait(POLL_SECONDS):
            with suppress(Error):  # a child that ends while it is looked at
                self._check([own, *own.children(recursive=True)])

    def _check(self, processes: list["Process"]) -> None:
        resident = {process.pid: process.memory_info().rss for process in processes}
        if sum(resident.values()) <= self.limit_bytes:  # an upper bound, and cheap
            return
        if sum(_count_bytes(process) for process in processes) <= self.limit_bytes:
            return
        workers = [child for child in processes[1:] if self.is_worker(child.cmdline())]
        largest = max(workers, key=lambda child: resident[child.pid], default=None)
        if largest is not None and resident[largest.pid] > IDLE_BYTES:
            self.ended.add(largest.pid)
            largest.kill()


def reset_peak() -> None:
    """Begin a new peak of this process's memory, where the system can (Linux)."""
    with suppress(OSError):
        _CLEAR_REFS.write_text("5")


def peak_bytes() -> int:
    """Return this process's highest memory since `reset_peak`; where unknown, that of now."""
    with suppress(OSError, ValueError, IndexError):
        return int(_STATUS.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return used_bytes()


def used_bytes() -> int:
    """Return the memory that this process takes now."""
    from psutil import Process

    return int(Process().memory_info().rss)


def _count_bytes(process: "Process") -> int:
    """Return the memory of a process; shared pages count in proportion, where the system can."""
    from psutil import AccessDenied

    with suppress(AccessDenied, AttributeError):
        return int(process.memory_full_info().pss)
    return int(process.memory_info().rss)
