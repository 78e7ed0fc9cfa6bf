from pathlib import Path

from automl_cli.train.machine import count_cpus, count_workers, make_memory_budget, memory_bytes


def test_a_cpu_quota_of_the_control_group_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("100000 100000\n")

    assert count_cpus(tmp_path) == 1


def test_half_a_cpu_is_one_worker(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("20000 100000\n")

    assert count_cpus(tmp_path) == 1


def test_without_a_quota_all_usable_cpus_count(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("max 100000\n")

    assert count_cpus(tmp_path) == count_cpus(tmp_path / "nothing here") >= 1


def test_a_quota_of_version_one_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("100000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")

    assert count_cpus(tmp_path) == 1


def test_a_memory_limit_of_the_control_group_is_kept(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1048576\n")

    assert memory_bytes(tmp_path) == 1 << 20


def test_unlimited_memory_is_the_machines(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")

    assert memory_bytes(tmp_path) > 1 << 28


def test_a_table_that_fills_the_memory_is_fitted_by_one_worker() -> None:
    assert count_workers(1, make_memory_budget(memory_bytes(), None)) == 1


def test_more_threads_leave_fewer_workers() -> None:
    room = make_memory_budget(10, None)

    assert count_workers(count_cpus() + 1, room) == 1
    assert count_workers(1, room) == count_cpus()


def test_a_given_limit_is_the_limit() -> None:
    assert make_memory_budget(10, 4 * 10**9).limit_bytes == 4 * 10**9
