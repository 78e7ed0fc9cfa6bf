"""How much time a fit may take, so that the command ends when it promised.

    now ........ fits_end ........ work_end ........ deadline
        fits                predictions       ensemble, writing

A candidate's first fold gets a slice; how far it came is the round limit of the other folds.
"""

from dataclasses import dataclass

from automl_cli.core.deadline import Deadline

HEARTBEAT = 5.0  # seconds; the longest wait without a word
SHORTEST_SLICE = 0.5  # seconds; a fit that gets less is not worth starting
PREDICT_SHARE = 0.03  # of the time left goes to predicting, at least PREDICT_SECONDS
PREDICT_SECONDS = 1.0
RESERVE_SECONDS = 3.0
RESERVE_PER_CELL = 3e-5  # of the rows that combiners look at; measured, benchmarks/RESULTS.md
RESERVE_PER_FAR_CELL = 2e-6  # of all rows, which are only predicted and scored
MOST_RESERVED = 0.06  # of the time left
MOST_ROWS = 100_000  # that combiners look at
MOST_MEMBERS = 12  # that have enough folds in the end, on average


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBudget:
    """Time limits of a run's fits.

    Parameters
    ----------
    fits_end
        When fits return what they have.
    work_end
        When workers are killed.
    deadline
        When the answers have to be written.
    workers
        Fits that run at the same time.
    """

    fits_end: Deadline
    work_end: Deadline
    deadline: Deadline
    workers: int

    @property
    def is_limited(self) -> bool:
        """Whether a clock decides anything."""
        return self.work_end.ends_at is not None


def make_time_budget(deadline: Deadline, *, reserve_seconds: float, workers: int) -> TimeBudget:
    """Return the limits of a run that ends at `deadline` and keeps `reserve_seconds` at its end."""
    work_end = deadline.earlier(reserve_seconds)
    if deadline.ends_at is None:
        return TimeBudget(fits_end=deadline, work_end=work_end, deadline=deadline, workers=workers)
    predict_seconds = max(PREDICT_SECONDS, PREDICT_SHARE * work_end.seconds_left())
    return TimeBudget(
        fits_end=work_end.earlier(predict_seconds),
        work_end=work_end,
        deadline=deadline,
        workers=workers,
    )


def reserve_seconds(n_rows: int, n_columns: int, seconds_left: float) -> float:
    """Return the seconds to keep for the ensemble and for writing.

    Parameters
    ----------
    n_rows
        Training rows.
    n_columns
        Outputs times candidates: what the tournament looks at in each row.
    seconds_left
        Until the deadline; the reserve is a small part of it.
    """
    seconds = (
        RESERVE_SECONDS
        + RESERVE_PER_CELL * min(n_rows, MOST_ROWS) * n_columns
        + RESERVE_PER_FAR_CELL * n_rows * n_columns
    )
    # The tournament keeps its deadline by itself; idle workers cost more than its last entry.
    return max(0.0, min(seconds, RESERVE_SECONDS + MOST_RESERVED * seconds_left, seconds_left / 3))
