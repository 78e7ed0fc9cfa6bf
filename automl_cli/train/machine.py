"""How many processors and how much memory this process may use.

In a container the host's figures are wrong; the limits of the control group are right.
"""

import os
from pathlib import Path

from automl_cli.core.errors import ConfigError
from automl_cli.train.memory import MemoryBudget, used_bytes

CGROUP = Path("/sys/fs/cgroup")
WORKER_BYTES = 400 << 20  # a process with its libraries
BYTES_PER_CELL = 4  # float32
COPIES = 6  # of the table in a fit: stored, gathered, joined, binned, and what the library makes
SHARE = 0.9  # of the memory that is there
UNLIMITED = 1 << 60  # version 1 writes a number near 2**63 where there is no limit


def count_cpus(root: Path = CGROUP) -> int:
    """Return the processors this process may use, at least 1."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = _cpu_quota(root)
    return max(1, min(available or 1, int(quota + 0.5) if quota else available or 1))


def memory_bytes(root: Path = CGROUP) -> int:
    """Return the memory this process may use, in bytes."""
    import psutil

    total = int(psutil.virtual_memory().total)
    for path in (root / "memory.max", root / "memory" / "memory.limit_in_bytes"):
        limit = _read_number(path)
        if limit is not None and 0 < limit < UNLIMITED:
            return min(total, int(limit))
    return total


def choose_limit(given: int | None) -> int:
    """Return the bytes that a command may take: as given, else nine tenths of what there is."""
    return given or int(SHARE * memory_bytes())


def check_limit(limit_bytes: int) -> None:
    """Refuse a limit that leaves no room for a worker beside this process.

    Raises
    ------
    ConfigError
        If it does; the hint says how much is needed.
    """
    least = used_bytes() + WORKER_BYTES
    if limit_bytes < least:
        raise ConfigError(
            f"a memory of {limit_bytes / 1e6:.0f} MB is too little for a run.",
            hint=f"Give at least {least / 1e6:.0f} MB with --memory, and more for large tables.",
        )


def count_processes(limit_bytes: int) -> int:
    """Return how many workers to keep: one a processor, if the idle ones leave room for fits."""
    return max(1, min(count_cpus(), limit_bytes // (2 * WORKER_BYTES)))


def make_memory_budget(n_cells: int, limit_bytes: int | None) -> MemoryBudget:
    """Return the memory that units may take.

    Parameters
    ----------
    n_cells
        Rows times columns of the training table.
    limit_bytes
        What the command may take, or None: see `choose_limit`.
    """
    return MemoryBudget(
        limit_bytes=choose_limit(limit_bytes),
        unit_bytes=WORKER_BYTES + COPIES * BYTES_PER_CELL * n_cells,
        base_bytes=WORKER_BYTES,
    )


def count_workers(n_threads: int, memory_budget: MemoryBudget) -> int:
    """Return how many fits of so many threads may run at the same time."""
    return max(
        1, min(count_cpus() // n_threads, memory_budget.left_bytes() // memory_budget.unit_bytes)
    )


def _cpu_quota(root: Path) -> float | None:
    fields = _read(root / "cpu.max").split()
    if len(fields) == 2 and fields[0] != "max":
        return float(fields[0]) / float(fields[1])
    quota = _read_number(root / "cpu" / "cpu.cfs_quota_us")
    period = _read_number(root / "cpu" / "cpu.cfs_period_us")
    return quota / period if quota and period and quota > 0 else None


def _read_number(path: Path) -> float | None:
    text = _read(path).strip()
    return float(text) if text.lstrip("-").isdigit() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
