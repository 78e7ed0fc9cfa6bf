"""Many files of predictions blended with a run: how long it takes, and how much memory.

    python benchmarks/blend_many.py WORK
    python benchmarks/blend_many.py WORK --members 20 --rows 100000 --test-rows 50000

Makes in WORK a binary competition, a run of one small model, and for each member a pair of csv
files (id and prediction) of different quality; members share errors, as models of the same tables
do. What is already there is not made again. Then `automl blend` runs in a process of its own, and
the seconds, the CPU seconds and the highest memory (PSS) of its whole process tree are printed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import pyarrow as pa
from pyarrow import csv

N_KINDS = 8  # of members that share their errors, as models of one library do
SAMPLE_SECONDS = 0.2
FEATURES = 6

Values = npt.NDArray[np.float64]


def main() -> None:
    """Make what is missing, blend and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--rows", type=int, default=700_000)
    parser.add_argument("--test-rows", type=int, default=300_000)
    parser.add_argument("--metric", default="roc_auc")
    options = parser.parse_args()
    work = options.work
    signal = make_competition(work / "task", options.rows, options.test_rows)
    files = make_members(work / "members", signal, options.members, options.rows)
    if not (work / "run" / "summary.json").exists():
        small = ["--preset", "smoke", "--metric", options.metric, "--set", "limits.rounds=20"]
        run_program("fit", work / "task", *small, "--out", work / "run", "-q")
    report(["blend", work / "run", *files, "--submission", work / "blended.csv", "--json"])


def make_competition(folder: Path, n_train: int, n_test: int) -> Values:
    """Write train and test tables; return what decides about each row, train rows first."""
    rng = np.random.default_rng(0)
    n_rows = n_train + n_test
    columns = {f"x{i}": rng.normal(size=n_rows).astype(np.float32) for i in range(FEATURES)}
    weights = 1.0 / np.arange(1, FEATURES + 1)
    signal = np.asarray(sum(w * x for w, x in zip(weights, columns.values(), strict=True)))
    signal = signal + 0.8 * np.sin(2.0 * columns["x0"]) * columns["x1"]
    sold = (rng.random(n_rows) < 1.0 / (1.0 + np.exp(-signal))).astype(np.int8)
    if not folder.exists():
        folder.mkdir(parents=True)
        table = pa.table({"id": np.arange(n_rows), **columns, "sold": sold})
        csv.write_csv(table[:n_train], folder / "train.csv")
        csv.write_csv(table[n_train:].drop_columns("sold"), folder / "test.csv")
    return np.asarray(signal, dtype=np.float64)


def make_members(folder: Path, signal: Values, n_members: int, n_train: int) -> list[Path]:
    """Write pairs of files; the error of each is partly its own and partly that of its kind."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    shared = rng.normal(size=(N_KINDS, len(signal))).astype(np.float32)
    paths = []
    for member in range(n_members):
        noise = np.random.default_rng([2, member])
        size, common = noise.uniform(0.2, 2.0), noise.uniform(0.5, 0.98)
        error = np.sqrt(common) * shared[member % N_KINDS]
        error = error + np.sqrt(1.0 - common) * noise.normal(size=len(signal))
        p = 1.0 / (1.0 + np.exp(-(signal + size * error) / np.sqrt(1.0 + size**2 / 3.0)))
        for name, rows in (("oof", slice(0, n_train)), ("test", slice(n_train, None))):
            paths.append(folder / f"{name}_{member:03d}.csv")
            if not paths[-1].exists():
                table = pa.table({"id": np.arange(len(signal))[rows], "sold": p[rows]})
                csv.write_csv(table, paths[-1])
    return paths


def run_program(*words: object) -> None:
    """Run the program."""
    subprocess.run([sys.executable, "-m", "automl_cli", *map(str, words)], check=True)


def report(words: list[object]) -> None:
    """Run the program, sample the memory of its process tree, and print what it took."""
    started, peak = time.monotonic(), 0
    command = [sys.executable, "-m", "automl_cli", *map(str, words)]
    with tempfile.TemporaryFile("w+") as told, subprocess.Popen(command, stdout=told) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, measure_tree(root))
            time.sleep(SAMPLE_SECONDS)
        told.seek(0)
        printed = told.read()
    seconds = time.monotonic() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(process.returncode)
    target = json.loads(printed)["targets"][0]
    n_members = len(target["members"])
    cpu = used.ru_utime + used.ru_stime
    print(
        f"| members | seconds | CPU s | peak MiB | combiner | {target['metric']} | the run alone |"
    )
    print("|---|---|---|---|---|---|---|")
    scores = f"{target['score']:.5f} | {target['run_score']:.5f}"
    print(
        f"| {n_members} | {seconds:.1f} | {cpu:.1f} | {peak >> 20} | {target['combiner']} "
        f"| {scores} |"
    )


def measure_tree(root: psutil.Process) -> int:
    """Return the bytes that a process and its children hold, shared pages counted once."""
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            total += process.memory_full_info().pss
    except psutil.Error:
        pass  # one of them has just ended
    return total


if __name__ == "__main__":
    main()
