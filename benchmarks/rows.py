"""How time and memory grow with the rows.

    python benchmarks/rows.py WORK BENCH --rows 10000 100000 1000000

Makes tables of 30 columns (20 numbers, 8 categories of 3 to 30,000 levels, 2 whole numbers) and a
binary target with effects of single columns, categories and pairs, and fits a fixed list of
candidates without a clock (every fold, 100 rounds), generated columns included. BENCH/measure.py
measures the whole process tree. Prints seconds and memory, and seconds and bytes a row.
"""

import argparse
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

LEVELS = (3, 8, 20, 60, 200, 1_000, 5_000, 30_000)
FIXED = ["budget=null", "limits.rounds=100", "validation.held_out_rows=null", "models.mlp=false"]


def main() -> None:
    """Make the tables, fit, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--rows", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--set", nargs="*", default=[], help="further settings")
    options = parser.parse_args()
    print("| rows | wall s | CPU s | peak MiB | wall ms a row | stages, s |")
    print("|---|---|---|---|---|---|")
    for n_rows in options.rows:
        folder = options.work / str(n_rows)
        if not folder.exists():
            make_task(folder, n_rows)
        run, stages = _measure(options, folder)
        each = 1000 * run["wall_s"] / n_rows
        told = ", ".join(f"{name} {seconds:.0f}" for name, seconds in stages.items())
        cells = f"{run['wall_s']} | {run['cpu_s']} | {run['peak_pss_mib']} | {each:.2f} | {told}"
        print(f"| {n_rows} | {cells} |", flush=True)


def make_task(folder: Path, n_rows: int) -> None:
    """Write train.csv, and test.csv with a fifth of its rows."""
    rng = np.random.default_rng(0)
    n_all = n_rows + n_rows // 5
    columns: dict[str, Any] = {"id": np.arange(n_all)}
    margin = np.zeros(n_all)
    for k in range(20):
        digits = 1 if k < 3 else 3
        drawn = rng.normal(size=n_all) if k % 2 else rng.lognormal(size=n_all)
        columns[f"number{k}"] = np.round(drawn, digits)
        margin += 0.3 * np.sin(drawn * (1 + k % 3)) if k < 8 else 0.0
    for k, n_levels in enumerate(LEVELS):
        codes = (rng.random(n_all) ** 2 * n_levels).astype(np.int64)
        margin += 0.4 * rng.normal(size=n_levels)[codes]
        labels = np.array([f"level {code}" for code in range(n_levels)])
        columns[f"label{k}"] = labels[codes]
    for k in range(2):
        columns[f"whole{k}"] = rng.integers(0, 500, n_all)
    margin += 0.5 * columns["number1"] * columns["number3"]
    drawn = rng.random(n_all) < 1 / (1 + np.exp(margin.mean() - margin))
    frame = pd.DataFrame(columns)
    folder.mkdir(parents=True)
    frame[:n_rows].assign(target=drawn[:n_rows].astype(int)).to_csv(
        folder / "train.csv", index=False
    )
    frame[n_rows:].to_csv(folder / "test.csv", index=False)
    np.save(folder / "answers.npy", drawn[n_rows:])


def _measure(options: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], dict[str, float]]:
    measured, out = folder / "measure.json", folder / "run"
    if out.exists():
        raise SystemExit(f"{out} exists: a run that goes on does not tell what a whole one costs")
    words = [sys.executable, options.bench / "measure.py", measured, "--", sys.executable]
    words += ["-m", "automl_cli", "fit", folder, "--preset", "fast", "--out", out, "--quiet"]
    words += [word for one in [*FIXED, *options.set] for word in ("--set", one)]
    subprocess.run([str(word) for word in words], check=True)
    events = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    return json.loads(measured.read_text()), _find_stages(events)


def _find_stages(events: list[dict[str, Any]]) -> dict[str, float]:
    """Return the seconds to each of the marks of a run, from the one before."""
    start = next(event["started_at"] for event in events if event["kind"] == "started")
    told = next(event["time"] for event in events if event["kind"] == "started")
    first = next(event["time"] for event in events if event["kind"] == "submission")
    planned = next(event["time"] for event in events if event["kind"] == "planned")
    last = max(event["time"] for event in events if event["kind"] == "candidate")
    ended = next(event["time"] for event in events if event["kind"] == "finished")
    names = ("reading", "first candidate", "screen", "candidates", "ensemble")
    marks = pairwise((start, told, first, planned, last, ended))
    return {name: after - before for name, (before, after) in zip(names, marks, strict=True)}


if __name__ == "__main__":
    main()
