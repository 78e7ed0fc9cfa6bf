"""What each model and each combiner is worth in a blend, from stored predictions.

    python benchmarks/members.py DATA BENCH RUNS --tasks adult house-prices
    python benchmarks/members.py DATA BENCH RUNS --defaults --models lightgbm linear catboost

DATA and BENCH are those of benchmarks/compare.py; RUNS/TASK are finished runs, best without a clock
(`--set budget=null`) and with all that is to be compared. The candidates of each run are blended
anew: all of them, without the search, without those of one model, by one combiner at a time, and
the best few. With
`--defaults` only the first planned candidate of each model counts. Prints the change of the test
loss against the blend of all, in percent, with its paired bootstrap standard error, and the mean
over tasks.
"""

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from competition import Task, load_task, make_parser, read_metric, score, submit

from automl_cli.config.load import load_config
from automl_cli.core.candidate import Candidate
from automl_cli.core.margins import make_margins
from automl_cli.core.resampling import thin_rows
from automl_cli.ensemble.combiners import COMBINERS
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.models import MODELS
from automl_cli.run.solve import rank_candidates
from automl_cli.store import RunDirectory
from automl_cli.train.collect import load_finished


class Way(NamedTuple):
    """One way to blend."""

    name: str
    left_out: str = ""  # a model
    combiner: str = ""  # the only one
    most: int = 60  # members, the best ones
    closest: float = 1.0  # correlation beyond which the worse of two is left out
    keys: frozenset[str] | None = None  # the only candidates


def main() -> None:
    """Blend in every way and print the table."""
    parser = make_parser(__doc__, "data", "bench", "runs")
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--defaults", action="store_true", help="one candidate of each model")
    parser.add_argument("--only", nargs="+", help="ways whose name begins so")
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


def _measure(options: argparse.Namespace, name: str) -> Mapping[str, tuple[float, float]]:
    """Return the change of the test loss, in percent, with its error, by way."""
    source, run = options.data / name, RunDirectory(options.runs / name)
    task = load_task(source, load_config(overrides=[f"metric={read_metric(source)}"]).config)
    candidates = _choose(options, run, load_finished(run, task.problem.target.name))
    submissions = {}
    for way in _list_ways(candidates, _find_planned(run), options.only):
        submissions[way.name] = options.runs / f"{name}-{way.name.replace(' ', '-')}.csv"
        _blend(task, candidates, way, submissions[way.name])
    first = submissions.pop("all")
    whole = score(options.bench, source, first)["loss"]
    changes = {}
    for way_name, path in submissions.items():
        pair = score(options.bench, source, first, path)
        changes[way_name] = (100 * pair["difference"] / whole, 100 * pair["se"] / whole)
    return changes


def _choose(
    options: argparse.Namespace, run: RunDirectory, known: Mapping[str, Candidate]
) -> list[Candidate]:
    own = [one for one in known.values() if one.spec.model in options.models]
    if not options.defaults:
        return own
    keys = [key for key in _find_planned(run) if key in known]
    firsts = {known[key].spec.model: key for key in reversed(keys)}
    return [one for one in own if one.spec.key in firsts.values()]


def _find_planned(run: RunDirectory) -> list[str]:
    """Return the candidates of the config; the others are of the search, or its best once more."""
    planned = next(event["candidates"] for event in run.read_events() if event["kind"] == "planned")
    return cast("list[str]", planned)


def _list_ways(
    candidates: list[Candidate], planned: Sequence[str], only: list[str] | None
) -> list[Way]:
    models = sorted({candidate.spec.model for candidate in candidates})
    ways = [
        Way("without the search", keys=frozenset(planned)),
        *(Way(f"without {model}", left_out=model) for model in models),
        *(Way(f"{name} alone", combiner=name) for name in COMBINERS),
        *(Way(f"best {most}", most=most) for most in (5, 10, 20) if most < len(candidates)),
        *(Way(f"none closer than {rho}", closest=rho) for rho in (0.998, 0.995)),
    ]
    return [Way("all"), *(way for way in ways if not only or way.name.startswith(tuple(only)))]


def _blend(task: Task, candidates: list[Candidate], way: Way, path: Path) -> None:
    chosen = [
        one
        for one in candidates
        if one.spec.model != way.left_out and (way.keys is None or one.spec.key in way.keys)
    ]
    ranked = _thin(task, rank_candidates(task.problem, chosen), way.closest)[: way.most]
    combiners = [way.combiner] if way.combiner else []
    blend = blend_candidates(task.problem, ranked, combiners=combiners)
    if blend.test is not None:  # every task has test rows
        submit(task, blend.oof, blend.test, path)


def _thin(task: Task, ranked: Sequence[Candidate], closest: float) -> Sequence[Candidate]:
    """Return the candidates that are no near copies of a better one."""
    if closest >= 1:
        return ranked
    rows = thin_rows(np.arange(task.problem.folds.n_rows), 20_000, 0)
    margins = [make_margins(one.oof[rows], task.problem.objective).ravel() for one in ranked]
    closeness = np.corrcoef(margins)
    kept: list[int] = []
    for k in range(len(ranked)):
        if not kept or closeness[k, kept].max() <= closest:
            kept.append(k)
    return [ranked[k] for k in kept]


if __name__ == "__main__":
    main()
