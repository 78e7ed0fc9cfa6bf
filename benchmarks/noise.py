"""Whether `automl explain` finds noise in real tables: shuffled copies of their own columns.

    python benchmarks/noise.py DATA WORK --tasks adult titanic --copies 12 --budget 60s

Each task gets copies of its columns with the rows shuffled, so that they look like the others and
say nothing. A run is made and explained, generated columns and all; how often the copies have p
below .05, how often they are found, and how often the lunch is, are printed.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from competition import make_parser

SHUFFLED = "shuffled"


def main() -> None:
    """Make the tables, the runs and the explanations; print a line a task."""
    parser = make_parser(__doc__, "data", "work")
    parser.add_argument("--copies", type=int, default=12)
    parser.add_argument("--budget", default="60s")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| task | copies | p < .05 | found | lowest p | lunch | columns of the table found |")
    print("|---" * 7 + "|")
    counted = []
    for task in options.tasks:
        folder = options.work / f"{task}-{options.seed}"
        if not (folder / "train.csv").exists():
            shuffle(options.data / task, folder, options.copies, options.seed)
        (told,) = explain(folder, options.budget)["targets"]
        counted += show(task, told)
    print(f"{np.mean(counted):.1%} of {len(counted)} copies below .05")


def shuffle(source: Path, folder: Path, most: int, seed: int) -> None:
    """Write the task with shuffled copies of its columns."""
    rng = np.random.default_rng(seed)
    tables = {name: pd.read_csv(source / f"{name}.csv", dtype=str) for name in ("train", "test")}
    sample = pd.read_csv(source / "sample_submission.csv", dtype=str)
    names = [name for name in tables["test"] if name not in sample.columns]
    drawn = rng.permutation(names)[:most]
    folder.mkdir(parents=True, exist_ok=True)
    for kind, table in tables.items():
        copies = {
            f"{name}_{SHUFFLED}": table[name].to_numpy()[rng.permutation(len(table))]
            for name in drawn
        }
        table.assign(**copies).to_csv(folder / f"{kind}.csv", index=False)
    sample.to_csv(folder / "sample_submission.csv", index=False)


def explain(folder: Path, budget: str) -> dict[str, Any]:
    """Return what a run on the tables of a folder has learned."""
    run = folder / "run"
    call("fit", folder, "--out", run, "--budget", budget)
    return dict(json.loads(call("explain", run, "--json")))


def call(*words: object) -> str:
    """Return what a command prints to stdout."""
    command = [sys.executable, "-m", "automl_cli", *map(str, words)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def show(task: str, told: Mapping[str, Any]) -> Sequence[bool]:
    """Print the line of a task; return which copies have p below .05."""
    copies = [one for one in told["columns"] if one["name"].endswith(SHUFFLED)]
    own = [one for one in told["columns"] if one not in copies and not one["is_probe"]]
    below = [one["p"] < 0.05 for one in copies]
    lowest = min(one["p"] for one in copies)
    found = sum(one["found"] for one in copies)
    probe = f"{told['probe']['p']:.3g}" + " found" * told["probe"]["found"]
    real = f"{sum(one['found'] for one in own)} of {len(own)}"
    print(
        f"| {task} | {len(copies)} | {sum(below)} | {found} | {lowest:.2g} | {probe} | {real} |",
        flush=True,
    )
    return below


if __name__ == "__main__":
    main()
