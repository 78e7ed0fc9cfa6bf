"""What each group of generated columns is worth: one model with and without it, on several tasks.

    python benchmarks/ablation.py DATA BENCH WORK --models lightgbm linear --seeds 0 1

DATA and BENCH are those of benchmarks/compare.py. Each run is one candidate without a clock (no
search, no blend), so the load of the machine makes no difference. Prints for each set of groups
the change of the loss against the model's first set, cross-validated and on the test rows, each
with its standard error: over folds and seeds, and the mean of the seeds' paired bootstrap errors;
0 where nothing of a group was taken.
"""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from competition import load_task, make_parser, read_metric, score, submit

from automl_cli.config.load import load_config
from automl_cli.core.keys import make_key
from automl_cli.models import MODELS
from automl_cli.store import RunDirectory, read_array

GROUPS = [
    "exact_value",
    "resolutions",
    "crosses",
    "arithmetic",
    "group_stats",
    "digits",
    "missing",
    "rows",
    "random_subsets",
    "calendar",
    "text",
]
SETS = {"first": [], **{name: [name] for name in GROUPS}, "all": GROUPS}
PARAMS = {"lightgbm": {"learning_rate": 0.1}, "linear": {}}


class Case(NamedTuple):
    """One run."""

    task: str
    model: str
    groups: str
    seed: int


def main() -> None:
    """Run what is missing and print the table."""
    parser = make_parser(__doc__, "data", "bench", "work")
    parser.add_argument("--models", nargs="+", default=["lightgbm"])
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--extra", nargs="*", default=[], help="further settings for --set")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    cases = [
        Case(*case) for case in product(options.tasks, options.models, options.sets, options.seeds)
    ]
    with ThreadPoolExecutor(options.jobs) as executor:
        list(executor.map(lambda case: _run(options, case), cases))
    for model in options.models:
        _print(options, model)


def _folder(options: argparse.Namespace, case: Case) -> Path:
    extra = f"-{make_key(options.extra)[:8]}" if options.extra else ""
    return Path(options.work) / case.task / f"{case.model}-{case.groups}-{case.seed}{extra}"


def _run(options: argparse.Namespace, case: Case) -> None:
    out = _folder(options, case)
    if (out / "summary.json").exists():
        return
    out.mkdir(parents=True, exist_ok=True)
    source = options.data / case.task
    models = {name: name == case.model and PARAMS[case.model] for name in MODELS}
    config = {
        "extends": "fast",
        "metric": read_metric(source),
        "budget": None,
        "seed": case.seed,
        "features": {"groups": {name: name in SETS[case.groups] and {} for name in GROUPS}},
        "models": models,
        "limits": {"candidates": 1},
        "ensemble": {"combiners": ["best"]},
        "run": {"workers": 1},
    }
    (out / "config.yaml").write_text(json.dumps(config))
    words = [sys.executable, "-m", "automl_cli", "fit", source, "-c", out / "config.yaml"]
    words += ["--out", out / "run", "--json"]
    words += [word for setting in options.extra for word in ("--set", setting)]
    with (out / "log.txt").open("w") as log, (out / "summary.tmp").open("w") as summary:
        command = [str(word) for word in words]
        subprocess.run(command, stdout=summary, stderr=log, check=True)
    _submit(source, out)
    (out / "summary.tmp").rename(out / "summary.json")


def _submit(source: Path, out: Path) -> None:
    """Write the submission of the run's last candidate: the run itself gives the best one's."""
    task = load_task(source, load_config(out / "config.yaml").config)
    folder = RunDirectory(out / "run").candidate(_read_planned(out))
    oof, test = (read_array(folder / name) for name in ("oof.npy", "test.npy"))
    submit(task, oof, test, out / "submission.csv")


def _last_planned(options: argparse.Namespace, case: Case) -> str:
    return _read_planned(_folder(options, case))


def _read_planned(out: Path) -> str:
    events = RunDirectory(out / "run").read_events()
    return str(next(one["candidates"][-1] for one in events if one["kind"] == "planned"))  # type: ignore[index]  # a list of keys


def _print(options: argparse.Namespace, model: str) -> None:
    print(f"\n{model}: change of the loss against the first set, in %\n")
    print("| set | " + " | ".join(options.tasks) + " |")
    print("|---" * (len(options.tasks) + 1) + "|")
    with ThreadPoolExecutor(options.jobs) as executor:
        cells = product(options.sets, options.tasks)
        found = executor.map(lambda cell: _compare(options, model, *cell), cells)
        for name in options.sets:
            row = " | ".join(next(found) for _ in options.tasks)
            print(f"| {name} | {row} |", flush=True)


def _compare(options: argparse.Namespace, model: str, name: str, task: str) -> str:
    firsts, owns = (
        [Case(task, model, groups, seed) for seed in options.seeds] for groups in ("first", name)
    )
    known = np.concatenate([_fold_losses(options, case) for case in firsts])
    tested = np.mean([_score(options, case)["loss"] for case in firsts])
    if name == "first":
        return f"{known.mean():.5g} / {tested:.5g}"
    if [_last_planned(options, case) for case in owns] == [
        _last_planned(options, case) for case in firsts
    ]:
        return "0"
    own = np.concatenate([_fold_losses(options, case) for case in owns])
    changes = 100 * (own - known) / abs(known.mean())
    error = changes.std(ddof=1) / len(changes) ** 0.5
    pairs = [_score(options, *pair) for pair in zip(firsts, owns, strict=True)]
    test, test_error = (100 * np.mean([p[k] for p in pairs]) / tested for k in ("difference", "se"))
    return f"{changes.mean():+.2f} ± {error:.2f} / {test:+.2f} ± {test_error:.2f}"


def _fold_losses(options: argparse.Namespace, case: Case) -> np.ndarray:
    summary: dict[str, Any] = json.loads((_folder(options, case) / "summary.json").read_text())
    key = _last_planned(options, case)
    scores = next(np.array(c["fold_scores"]) for c in summary["candidates"] if c["key"] == key)
    return 1 - scores if summary["targets"][0]["greater_is_better"] else scores


def _score(options: argparse.Namespace, *cases: Case) -> dict[str, float]:
    submissions = [_folder(options, case) / "submission.csv" for case in cases]
    return score(options.bench, options.data / cases[0].task, *submissions)


if __name__ == "__main__":
    main()
