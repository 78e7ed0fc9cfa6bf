import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from automl_cli.train.executor import LocalPool
from automl_cli.train.memory import MemoryBudget, peak_bytes, reset_peak, used_bytes

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

BIG = 600 << 20


def fill_memory(size: int) -> int:
    block = np.ones(size // 8)
    time.sleep(5)
    return int(block[0])


def make_room(limit: int, unit: int, base: int = 0) -> MemoryBudget:
    return MemoryBudget(limit_bytes=limit, unit_bytes=unit, base_bytes=base)


@pytest.fixture
def pool() -> Iterator[LocalPool]:
    pool = LocalPool(2, memory_bytes=used_bytes() + BIG)
    yield pool
    pool.stop()


def test_the_worker_that_takes_too_much_is_ended_and_the_other_goes_on(pool: LocalPool) -> None:
    large = pool.submit(fill_memory, 2 * BIG)
    small = pool.submit(fill_memory, BIG // 100)

    error = large.exception(timeout=20)
    assert error is not None
    assert pool.has_ended_for_memory(error)
    assert small.result(timeout=20) == 1


def test_a_pool_that_starts_anew_is_guarded_as_before(pool: LocalPool) -> None:
    os.kill(pool.submit(os.getpid).result(timeout=20), signal.SIGKILL)
    time.sleep(1.5)
    assert pool.submit(abs, -1).result(timeout=20) == 1

    error = pool.submit(fill_memory, 2 * BIG).exception(timeout=20)
    assert error is not None
    assert pool.has_ended_for_memory(error)


def test_a_child_that_is_no_worker_is_let_alone(pool: LocalPool) -> None:
    words = [sys.executable, "-c", f"import time; b = b'x' * {2 * BIG}; time.sleep(4)"]
    with subprocess.Popen(words) as child:
        pool.submit(fill_memory, BIG // 100).exception(timeout=20)
        assert child.wait(timeout=20) == 0


def test_a_worker_that_dies_by_itself_is_not_blamed_for_memory(pool: LocalPool) -> None:
    error = pool.submit(os._exit, 1).exception(timeout=20)

    assert error is not None
    assert not pool.has_ended_for_memory(error)


def test_the_peak_is_that_of_the_block() -> None:
    reset_peak()
    before = peak_bytes()
    np.ones(10_000_000)

    assert peak_bytes() - before >= 70_000_000


def test_a_unit_that_fits_takes_all_rows() -> None:
    assert make_room(limit=1 << 50, unit=1 << 30).row_share() == 1.0


def test_a_unit_that_does_not_fit_takes_as_many_rows_as_there_is_memory_for() -> None:
    base, free = 1 << 28, 1 << 30
    room = make_room(limit=used_bytes() + base + free, unit=base + 4 * free, base=base)

    assert room.row_share() == pytest.approx(0.25, rel=0.05)


def test_without_any_memory_a_few_rows_are_left() -> None:
    assert make_room(limit=1, unit=1 << 30).row_share() == 0.02
