import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sites import Site

from automl_cli.core.deadline import Deadline
from automl_cli.core.errors import RunError
from automl_cli.train.executor import LocalPool
from automl_cli.train.jobs import run_jobs

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

NO_LIMIT = Deadline(None)


def say_done() -> str:
    return "done"


def raise_value_error() -> str:
    raise ValueError("no such column")


def raise_run_error() -> str:
    raise RunError("the disk is full.", hint="Make room.")


def die() -> str:
    os._exit(1)


def die_once(marker: Path) -> str:
    if not marker.exists():
        marker.touch()
        os._exit(1)
    return "done"


@pytest.fixture
def pool() -> Iterator[LocalPool]:
    started = LocalPool(2)
    yield started
    started.stop()


def warnings_of(site: Site) -> list[str]:
    return [str(event.fields["message"]) for event in site.events if event.kind == "warning"]


def test_a_job_that_fails_costs_itself_and_a_warning(site: Site) -> None:
    with ThreadPoolExecutor(2) as executor:
        jobs = {"good": (say_done, ()), "bad": (raise_value_error, ())}
        assert list(run_jobs(jobs, site.execution(executor), NO_LIMIT)) == ["good"]
    assert warnings_of(site) == ["bad could not be screened: ValueError: no such column"]


def test_what_the_user_has_to_mend_ends_the_run(site: Site) -> None:
    with ThreadPoolExecutor(2) as executor, pytest.raises(RunError, match="the disk is full"):
        list(run_jobs({"full": (raise_run_error, ())}, site.execution(executor), NO_LIMIT))


def test_a_job_whose_worker_died_is_repeated_once(
    site: Site, pool: LocalPool, tmp_path: Path
) -> None:
    jobs = {"unlucky": (die_once, (tmp_path / "marker",)), "deadly": (die, ())}
    assert list(run_jobs(jobs, site.execution(pool), NO_LIMIT)) == ["unlucky"]
    assert warnings_of(site) == ["deadly could not be screened: its worker died"]


def test_no_more_jobs_run_at_once_than_the_crew_may(site: Site) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def work() -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return "done"

    with ThreadPoolExecutor(8) as executor:
        jobs = {str(number): (work, ()) for number in range(9)}
        assert len(list(run_jobs(jobs, site.execution(executor, workers=2), NO_LIMIT))) == 9
    assert most == 2


def test_what_is_not_done_in_time_is_named(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        jobs = {
            name: (lambda: time.sleep(0.5) or "done", ())
            for name in ("slow-1a2b", "slow-3c4d", "next")
        }
        crew = site.execution(executor, workers=1)
        assert list(run_jobs(jobs, crew, Deadline.after(0.1))) == []
    assert warnings_of(site) == ["not screened in time, and so not used: slow, next"]


def meet(barrier: threading.Barrier) -> str:
    barrier.wait(timeout=10)  # both jobs have to be under way
    return "done"


def test_jobs_of_one_thread_run_beside_each_other_where_one_fit_takes_all(site: Site) -> None:
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as executor:
        crew = replace(site.execution(executor, workers=1), screeners=2)
        jobs = {"one": (meet, (barrier,)), "other": (meet, (barrier,))}
        assert sorted(run_jobs(jobs, crew, NO_LIMIT)) == ["one", "other"]
