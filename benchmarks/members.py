"""What each family of models and each combiner is worth in a blend, from stored predictions.

    python benchmarks/members.py DATA BENCH RUNS --tasks adult house-prices

DATA and BENCH are those of benchmarks/compare.py; RUNS/TASK are finished runs, best without a clock
(`--set budget=null`) and with all that is to be compared. The candidates of each run are blended
anew, with all of them, without those of one model, and by one combiner at a time. Prints the change
of the test loss against the blend of all, in percent, with its paired bootstrap standard error, and
the mean over tasks.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from compare import EIGHT

from automl_cli.config.load import load_config
from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.data.submission import make_submission, write_submission
from automl_cli.decision import fit_decision
from automl_cli.ensemble.combiners import COMBINERS
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.plan import make_data_options, make_problem
from automl_cli.solve import rank_candidates
from automl_cli.store import RunDirectory
from automl_cli.train.collect import load_finished


class Way(NamedTuple):
    """One way to blend."""

    name: str
    left_out: str = ""  # a model
    combiner: str = ""  # the only one
    most: int = 60  # members, the best ones


def main() -> None:
    """Blend in every way and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--tasks", nargs="+", default=EIGHT)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with ProcessPoolExecutor(options.jobs) as executor:
        found = list(executor.map(partial(_measure, options), options.tasks))
    names = list(dict.fromkeys(name for task in found for name in task))
    print("| blend | " + " | ".join(options.tasks) + " | mean |")
    print("|---" * (len(options.tasks) + 2) + "|")
    for name in names:
        known = [task[name] for task in found if name in task]
        cells = " | ".join(_show(task.get(name)) for task in found)
        print(f"| {name} | {cells} | {np.mean([change for change, _ in known]):+.2f} |")


def _show(pair: tuple[float, float] | None) -> str:
    return "" if pair is None else f"{pair[0]:+.2f} ± {pair[1]:.2f}"


def _measure(options: argparse.Namespace, task: str) -> Mapping[str, tuple[float, float]]:
    """Return the change of the test loss, in percent, with its error, by way."""
    source, run = options.data / task, RunDirectory(options.runs / task)
    metric = json.loads((source / "meta.json").read_text())["metric"]
    config = load_config(overrides=[f"metric={metric}"]).config
    dataset = infer_dataset(find_files([source]), make_data_options(config)).dataset
    problem = make_problem(dataset, dataset.schema.targets[0], config)
    candidates = load_finished(run, problem.target.name)
    submissions = {}
    for way in _list_ways(candidates):
        chosen = [one for one in candidates.values() if one.spec.model != way.left_out]
        ranked = rank_candidates(problem, chosen)[: way.most]
        answers = {problem.target.name: _answer(problem, ranked, way)}
        path = options.runs / f"{task}-{way.name.replace(' ', '-')}.csv"
        wants = {problem.target.name: problem.metric.wants}
        write_submission(make_submission(dataset, answers, wants), path)
        submissions[way.name] = path
    first = submissions.pop("all")
    whole = _score(options, source, first)["loss"]
    changes = {}
    for name, path in submissions.items():
        pair = _score(options, source, first, path)
        changes[name] = (100 * pair["difference"] / whole, 100 * pair["se"] / whole)
    return changes


def _list_ways(candidates: Mapping[str, Candidate]) -> list[Way]:
    models = sorted({candidate.spec.model for candidate in candidates.values()})
    return [
        Way("all"),
        *(Way(f"without {model}", left_out=model) for model in models),
        *(Way(f"{name} alone", combiner=name) for name in COMBINERS),
        *(Way(f"best {most}", most=most) for most in (5, 10, 20)),
    ]


def _answer(problem: Problem, ranked: tuple[Candidate, ...], way: Way) -> np.ndarray:
    combiners = [way.combiner] if way.combiner else []
    blend = blend_candidates(problem, ranked, combiners=combiners)
    test = np.empty(0) if blend.test is None else blend.test  # every task has test rows
    return np.asarray(fit_decision(problem, blend.oof).apply(test))


def _score(options: argparse.Namespace, source: Path, *submissions: Path) -> dict[str, float]:
    words = [sys.executable, options.bench / "score.py", source, *submissions]
    scored = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=True)
    return dict(json.loads(scored.stdout))


if __name__ == "__main__":
    main()
