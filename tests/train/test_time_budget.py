from automl_cli.core.deadline import Deadline
from automl_cli.train.time_budget import make_time_budget, reserve_seconds


def test_without_a_budget_nothing_is_limited() -> None:
    budget = make_time_budget(Deadline(None), reserve_seconds=3, workers=2)

    assert not budget.is_limited
    assert budget.fits_end.ends_at is None


def test_fits_end_before_work_and_work_before_the_deadline() -> None:
    deadline = Deadline.after(100)
    budget = make_time_budget(deadline, reserve_seconds=5, workers=2)

    assert budget.fits_end.ends_at is not None
    assert budget.work_end.ends_at is not None
    assert deadline.ends_at is not None
    assert budget.fits_end.ends_at < budget.work_end.ends_at < deadline.ends_at


def test_the_reserve_is_never_much_of_the_budget() -> None:
    assert reserve_seconds(10**6, 20, 1000.0) == 63.0
    assert reserve_seconds(10**6, 20, 6.0) == 2.0
