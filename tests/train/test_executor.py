import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from automl_cli.train.executor import LocalPool, is_worker_death

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

SCRIPT = """
import os, sys, time
from automl_cli.train.executor import LocalPool
pool = LocalPool(2)  # no __main__ guard
print(pool.submit(os.getpid).result(), flush=True)
future = pool.submit(time.sleep, 60)
time.sleep(60)
"""


@pytest.fixture
def pool() -> Iterator[LocalPool]:
    started = LocalPool(2)
    yield started
    started.stop()


def test_work_is_done_in_another_process(pool: LocalPool) -> None:
    assert pool.submit(os.getpid).result(timeout=20) != os.getpid()


def test_a_dead_worker_costs_its_own_unit_only(pool: LocalPool) -> None:
    doomed = pool.submit(os._exit, 1)
    others = [pool.submit(abs, -number) for number in range(5)]

    error = doomed.exception(timeout=20)
    assert error is not None
    assert is_worker_death(error)
    assert [other.result(timeout=20) for other in others] == list(range(5))


def test_cancelling_kills_the_worker(pool: LocalPool) -> None:
    sleeping = pool.submit(time.sleep, 60)
    time.sleep(1)
    began = time.time()

    sleeping.cancel()

    assert pool.submit(abs, -1).result(timeout=20) == 1
    assert time.time() - began < 10


def test_a_worker_ignores_the_interrupt_of_its_parent(pool: LocalPool) -> None:
    assert pool.submit(signal.getsignal, signal.SIGINT).result(timeout=20) == signal.SIG_IGN


def test_workers_end_soon_after_their_parent_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert int(parent.stdout.readline()) != parent.pid
        workers = psutil.Process(parent.pid).children(recursive=True)
        parent.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(workers, timeout=2)

    # Without an init process nobody reaps an orphan that has ended: a zombie does no work.
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_a_pool_whose_idle_worker_was_killed_starts_anew(pool: LocalPool) -> None:
    victim = pool.submit(os.getpid).result(timeout=20)
    os.kill(victim, signal.SIGKILL)
    time.sleep(1.5)

    assert pool.submit(abs, -1).result(timeout=20) == 1


def test_workers_that_are_busy_in_c_are_ended_at_once() -> None:
    pool = LocalPool(2)
    for _ in range(2):
        pool.submit(time.sleep, 60)
    time.sleep(1.5)
    began = time.time()

    pool.stop()

    assert time.time() - began < 2


def test_workers_import_libraries_before_their_first_unit() -> None:
    pool = LocalPool(1, libraries=("colorsys",))
    try:
        future = pool.submit(eval, "'colorsys' in __import__('sys').modules")
        assert future.result(timeout=60)
    finally:
        pool.stop()
