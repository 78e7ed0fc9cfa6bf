import time

import pytest

from automl_cli.core.deadline import Deadline
from automl_cli.train.pace import make_pace, reserve_seconds


def test_without_a_budget_nothing_is_limited() -> None:
    pace = make_pace(Deadline(None), reserve_seconds=3, workers=2)

    assert not pace.is_limited
    assert pace.slice_seconds(5, 3) == float("inf")


def test_fits_end_before_work_and_work_before_the_deadline() -> None:
    deadline = Deadline.after(100)
    pace = make_pace(deadline, reserve_seconds=5, workers=2)

    assert pace.fits_end.ends_at is not None
    assert pace.work_end.ends_at is not None
    assert deadline.ends_at is not None
    assert pace.fits_end.ends_at < pace.work_end.ends_at < deadline.ends_at


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_all_folds_of_a_candidate_fit_into_the_time_left(workers: int) -> None:
    pace = make_pace(Deadline.after(100), reserve_seconds=5, workers=workers)
    seconds = pace.slice_seconds(5, 1)

    assert pace.can_finish(seconds * 0.999, 5)
    assert seconds * 5 / workers <= pace.fits_end.seconds_left() + 1


def test_nothing_can_finish_after_the_end() -> None:
    pace = make_pace(Deadline(time.time() - 1), reserve_seconds=0, workers=2)

    assert pace.slice_seconds(5, 1) == 0
    assert not pace.can_finish(0.1, 1)


def test_the_reserve_is_never_much_of_the_budget() -> None:
    assert reserve_seconds(10**6, 20, 1000.0) == 63.0
    assert reserve_seconds(10**6, 20, 6.0) == 2.0
