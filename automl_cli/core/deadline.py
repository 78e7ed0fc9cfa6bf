"""One deadline for a whole command, shared by every process of the run.

Wall-clock seconds since the epoch are used, because monotonic clocks of two processes need not
agree; a clock that is set back during a run makes the run longer, never wrong.
"""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the command has to be finished.

    Parameters
    ----------
    ends_at
        Seconds since the epoch, or None for no limit.

    Examples
    --------
    >>> Deadline(None).seconds_left()
    inf
    >>> Deadline.after(60).seconds_left() <= 60
    True
    """

    ends_at: float | None

    @classmethod
    def after(cls, seconds: float | None, *, since: float | None = None) -> "Deadline":
        """Return the deadline `seconds` after `since` (default: now); None means no limit."""
        if seconds is None or seconds == float("inf"):
            return cls(None)
        return cls((time.time() if since is None else since) + seconds)

    def seconds_left(self) -> float:
        """Return the seconds until the deadline; negative when it has passed."""
        return float("inf") if self.ends_at is None else self.ends_at - time.time()

    def earlier(self, seconds: float) -> "Deadline":
        """Return the deadline `seconds` before this one, to keep a reserve."""
        return Deadline(None if self.ends_at is None else self.ends_at - seconds)
