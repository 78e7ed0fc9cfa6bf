"""Run automl_cli and the ten-line LightGBM script on competition-shaped tasks, one after another.

    python benchmarks/compare.py DATA BENCH WORK --budget 120s --tasks adult house-prices

DATA/TASK holds train.csv, test.csv, sample_submission.csv, meta.json and solution.csv (which only
the scorer reads); BENCH holds score.py, measure.py and peer.py. Appends one JSON line a run to
WORK/results.jsonl, skips what is there, and prints the table.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd

EIGHT = [
    "playground-series-s3e5",
    "playground-series-s3e7",
    "playground-series-s3e14",
    "playground-series-s3e26",
    "playground-series-s4e2",
    "house-prices",
    "adult",
    "bike-sharing",
]


def main() -> None:
    """Run what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--budget", default="120s")
    parser.add_argument("--tasks", nargs="+", default=EIGHT)
    parser.add_argument("--systems", nargs="+", default=["lightgbm", "automl"])
    parser.add_argument("--extra", nargs="*", default=[], help="further words for automl fit")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    results = options.work / "results.jsonl"
    known = _read(results)
    for task in options.tasks:
        for system in options.systems:
            if (task, system) not in known:
                row = _run(options, task, system)
                known[task, system] = row
                with results.open("a") as file:
                    file.write(json.dumps(row) + "\n")
    _print(known, options.tasks, options.systems)


def _run(options: argparse.Namespace, task: str, system: str) -> dict[str, Any]:
    source, out = options.data / task, options.work / system / task
    out.mkdir(parents=True, exist_ok=True)
    metric = json.loads((source / "meta.json").read_text())["metric"]
    submission = out / "submission.csv"
    if system == "automl":
        words = [sys.executable, "-m", "automl_cli", "fit", source, "--budget", options.budget]
        words += ["--metric", metric, "--out", out / "run", "--submission", submission]
        words += options.extra
    else:
        words = [
            sys.executable,
            options.bench / "peer.py",
            system,
            _without_leaks(source, out),
            out,
        ]
    measured = out / "measure.json"
    with (out / "log.txt").open("w") as log:
        command = [sys.executable, options.bench / "measure.py", measured, "--", *words]
        subprocess.run([str(word) for word in command], stdout=log, stderr=log, check=False)
    scored = subprocess.run(
        [sys.executable, str(options.bench / "score.py"), str(source), str(submission)],
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "task": task,
        "system": system,
        "budget": options.budget,
        "run": json.loads(measured.read_text()),
        "score": json.loads(scored.stdout) if scored.returncode == 0 else scored.stderr[-300:],
    }


def _without_leaks(source: Path, out: Path) -> Path:
    """Return the task without the columns that only train has: peers do not expect them."""
    meta = json.loads((source / "meta.json").read_text())
    if not meta.get("only_in_train"):
        return source
    folder = out / "task"
    folder.mkdir(exist_ok=True)
    train = pd.read_csv(source / "train.csv").drop(columns=meta["only_in_train"])
    train.to_csv(folder / "train.csv", index=False)
    for name in ("test.csv", "meta.json"):
        (folder / name).write_bytes((source / name).read_bytes())
    return folder


def _read(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    lines = path.read_text().splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    return {(row["task"], row["system"]): row for row in rows}


def _print(
    known: dict[tuple[str, str], dict[str, Any]], tasks: list[str], systems: list[str]
) -> None:
    print("| task | system | metric | value | loss | wall s | cpu s | peak MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for task in tasks:
        for system in systems:
            row = known[task, system]
            score, run = row["score"], row["run"]
            if isinstance(score, str):
                print(f"| {task} | {system} | no score: {score} |")
                continue
            print(
                f"| {task} | {system} | {score['metric']} | {score['value']:.6g} | "
                f"{score['loss']:.6g} | {run['wall_s']} | {run['cpu_s']} | {run['peak_pss_mib']} |"
            )


if __name__ == "__main__":
    main()
