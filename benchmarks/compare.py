"""Run automl_cli and its peers on competition-shaped tasks, one after another.

    python benchmarks/compare.py DATA BENCH WORK --budgets 60 300 --tasks adult house-prices
    python benchmarks/compare.py DATA BENCH WORK --systems automl autogluon --venvs VENVS

DATA/TASK holds train.csv, test.csv, sample_submission.csv, meta.json and solution.csv (which only
the scorer reads); BENCH holds score.py, measure.py and peer.py. Appends one JSON line a run to
WORK/results.jsonl and skips what is there; `standing.py` makes tables and a picture of it.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from competition import make_parser, read_metric, score
from standing import read_rows


def main() -> None:
    """Run what is missing."""
    parser = make_parser(__doc__, "data", "bench", "work")
    parser.add_argument("--budgets", nargs="+", type=int, default=[120], help="seconds")
    parser.add_argument("--systems", nargs="+", default=["lightgbm", "automl"])
    parser.add_argument("--venvs", type=Path, help="VENVS/SYSTEM/bin/python runs that peer")
    parser.add_argument("--extra", nargs="*", default=[], help="further words for automl fit")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    results = options.work / "results.jsonl"
    known = {(row["task"], row["peer"], row["budget"]) for row in read_rows([results])}
    for task in options.tasks:
        for budget in options.budgets:
            for system in options.systems:
                if (task, system, budget) in known:
                    continue
                row = json.dumps(_run(options, task, system, budget))
                print(row, flush=True)
                with results.open("a") as file:
                    file.write(row + "\n")


def _run(options: argparse.Namespace, task: str, system: str, budget: int) -> dict[str, Any]:
    source, out = options.data / task, options.work / str(budget) / system / task
    out.mkdir(parents=True, exist_ok=True)
    submission, measured = out / "submission.csv", out / "measure.json"
    if system == "automl":
        words = _make_command(source, out, budget, options.extra)
    else:
        words = [_find_python(options.venvs, system), options.bench / "peer.py", system]
        words += [_without_leaks(source, out), out, "--budget", budget]
    with (out / "log.txt").open("w") as log:
        command = [sys.executable, options.bench / "measure.py", measured, "--", *words]
        subprocess.run([str(word) for word in command], stdout=log, stderr=log, check=False)
    run = json.loads(measured.read_text())
    if system == "automl":
        run["first_submission_s"] = _find_first(out / "run" / "events.jsonl")
    try:
        scored: object = score(options.bench, source, submission)
    except subprocess.CalledProcessError as error:
        scored = error.stderr[-300:]
    return {"task": task, "peer": system, "budget": budget, "run": run, "score": scored}


def _make_command(source: Path, out: Path, budget: int, extra: Sequence[str]) -> list[object]:
    words: list[object] = [sys.executable, "-m", "automl_cli", "fit", source]
    words += ["--metric", read_metric(source)]
    words += ["--budget", budget, "--out", out / "run", "--submission", out / "submission.csv"]
    return [*words, *extra]


def _find_python(venvs: Path | None, system: str) -> Path:
    return Path(sys.executable) if venvs is None else venvs / system / "bin" / "python"


def _find_first(events: Path) -> float | None:
    """Return the seconds from the start of the command to its first submission."""
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    start = next(line["started_at"] for line in lines if line["kind"] == "started")
    written = [line["time"] - start for line in lines if line["kind"] == "submission"]
    return round(written[0], 1) if written else None


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


if __name__ == "__main__":
    main()
