import time

from automl_cli.core.deadline import Deadline


def test_no_limit_is_never_over() -> None:
    assert Deadline.after(None).earlier(5).seconds_left() == float("inf")


def test_a_deadline_counts_from_when_the_command_began() -> None:
    began = time.time() - 30

    assert 29 < Deadline.after(60, since=began).seconds_left() <= 30


def test_a_reserve_ends_the_work_earlier() -> None:
    deadline = Deadline(100.0)

    assert deadline.earlier(10).ends_at == 90.0
