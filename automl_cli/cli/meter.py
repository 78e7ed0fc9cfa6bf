"""The memory of this command and its workers, looked at every few seconds at most."""

from contextlib import suppress
from dataclasses import dataclass

EVERY_SECONDS = 2.0


@dataclass(slots=True)
class MemoryMeter:
    """Knows how much memory is taken.

    Parameters
    ----------
    n_bytes
        When it was last looked at. Pages that several processes share count more than once.
    looked_at
        When that was, in seconds since the epoch.
    """

    n_bytes: int = 0
    looked_at: float = 0.0

    def read(self, now: float) -> int:
        """Return the bytes that all processes of the command take at `now`, or a little before."""
        from psutil import Error, Process

        if now - self.looked_at >= EVERY_SECONDS:
            self.looked_at = now
            with suppress(Error):  # a worker that ends while it is looked at
                own = Process()
                every = [own, *own.children(recursive=True)]
                self.n_bytes = sum(process.memory_info().rss for process in every)
        return self.n_bytes
