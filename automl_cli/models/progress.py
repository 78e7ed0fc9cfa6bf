"""How far a training by rounds has come, and whether it ends."""

import time
from dataclasses import dataclass, field

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.core.model import FitJob


@dataclass(slots=True)
class Progress:
    """The rounds of one training, recorded as they are made.

    The only state of a fit that changes: boosters call back after each round.

    Parameters
    ----------
    job
        Gives the limits: rounds, patience and clock.

    Attributes
    ----------
    rounds
        Rounds made so far.
    cut
        True if the clock ended the training.
    """

    job: FitJob
    rounds: int = 0
    cut: bool = False
    _losses: list[float] = field(default_factory=list)
    _best: float = float("inf")
    _best_round: int = 0

    def ends(self, loss: float | None) -> bool:
        """Record a round with the watch's `loss` and return True if it was the last."""
        self.rounds += 1
        if loss is not None:
            self._losses.append(loss)
            if loss < self._best:
                self._best, self._best_round = loss, self.rounds
        if self.rounds >= self.job.max_rounds:
            return True
        if loss is not None and self.rounds - self._best_round >= self.job.patience:
            return True
        self.cut = is_over(self.job.stop_at)
        return self.cut

    def curve(self) -> FloatVector | None:
        """Return the loss after each round, shape (rounds,), or None without a watch."""
        return None if self.job.watch is None else np.array(self._losses, dtype=np.float64)


def is_over(stop_at: float | None) -> bool:
    """Return True if the clock shows `stop_at` (seconds since the epoch) or later."""
    return stop_at is not None and time.time() >= stop_at
