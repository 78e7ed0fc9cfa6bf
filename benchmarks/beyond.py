"""What residual boosting, seed averages and a refit on all rows add to a blend.

    python benchmarks/beyond.py DATA BENCH RUNS --tasks adult house-prices

RUNS/TASK are finished runs without a clock (`--set budget=null`). Fits anew from what a run has
stored: the best LightGBM starting from the out-of-fold margins of the best linear model, or from
those of the whole blend; two more seeds of the five best boosters; and these on all rows, with as
many rounds as the folds took on average and 1 / (folds - 1) more, averaged with the folds. Prints
the change of the test loss when the blend has them, in percent, with its paired bootstrap standard
error. The control adds the same LightGBM with another seed.
"""

import argparse
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from competition import Task, load_task, make_parser, read_metric, score, submit

from automl_cli.config.load import load_config
from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Blend, Candidate, CandidateSpec
from automl_cli.core.foldplan import Fold
from automl_cli.core.keys import make_seed
from automl_cli.core.margins import make_margins, make_predictions
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, Watch
from automl_cli.decision.scoring import score_candidate
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.features.encoder import Encoder
from automl_cli.features.matrix import make_fold_matrices, make_prediction_matrices
from automl_cli.features.state import (
    FeatureSet,
    FeatureState,
    load_features,
    name_selection,
    name_step,
)
from automl_cli.features.target_encoding import EncodingTarget
from automl_cli.models import MODELS
from automl_cli.run.solve import rank_candidates
from automl_cli.store import RunDirectory
from automl_cli.train.assignment import Assignment, load_assignment
from automl_cli.train.collect import load_finished
from automl_cli.train.rounds import choose_rounds

_T = TypeVar("_T")

BOOSTERS = ("lightgbm", "catboost", "xgboost")
BEST = 5  # boosters that are fitted with other seeds, or on all rows


@dataclass(frozen=True, slots=True)
class Start:
    """Margins that a fit starts from."""

    train: FloatMatrix
    test: FloatMatrix


@dataclass(frozen=True, slots=True)
class Bench:
    """A finished run whose candidates can be fitted again, a little differently."""

    task: Task
    run: RunDirectory
    assignment: Assignment
    members: tuple[Candidate, ...]


def main() -> None:
    """Print the table."""
    parser = make_parser(__doc__, "data", "bench", "runs")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with ProcessPoolExecutor(options.jobs) as executor:
        found = list(executor.map(partial(_measure, options), options.tasks))
    print("| with | " + " | ".join(options.tasks) + " | mean |")
    print("|---" * (len(options.tasks) + 2) + "|")
    for name in found[0]:
        cells = " | ".join(f"{task[name][0]:+.2f} ± {task[name][1]:.2f}" for task in found)
        print(f"| {name} | {cells} | {np.mean([task[name][0] for task in found]):+.2f} |")


def _measure(options: argparse.Namespace, name: str) -> Mapping[str, tuple[float, float]]:
    source = options.data / name
    bench = _load(source, RunDirectory(options.runs / name))
    before, after = options.runs / f"{name}-before.csv", options.runs / f"{name}-after.csv"
    _submit(bench, list(bench.members), before)
    whole = score(options.bench, source, before)["loss"]
    changes = {}
    for way, members in _list_ways(bench):
        blend = _submit(bench, members, after)
        pair = score(options.bench, source, before, after)
        changes[way] = (100 * pair["difference"] / whole, 100 * pair["se"] / whole)
        print(f"{name}: {way}: {changes[way]}, cross-validated {blend.score:.6g}", flush=True)
    return changes


def _load(source: Path, run: RunDirectory) -> Bench:
    task = load_task(source, load_config(overrides=[f"metric={read_metric(source)}"]).config)
    assignment = load_assignment(run.problem(task.problem.target.name))
    known = load_finished(run, task.problem.target.name).values()
    ranked = rank_candidates(task.problem, (one for one in known if one.spec.model in MODELS))
    problem = replace(task.problem, folds=assignment.folds)
    return Bench(Task(task.dataset, problem), run, assignment, ranked)


def _submit(bench: Bench, members: list[Candidate], path: Path) -> Blend:
    blend = blend_candidates(bench.task.problem, members)
    submit(bench.task, blend.oof, _known(blend.test), path)
    return blend


def _list_ways(bench: Bench) -> Iterator[tuple[str, list[Candidate]]]:
    members, objective = list(bench.members), bench.assignment.objective
    best = {one.spec.model: one for one in reversed(members)}
    gbm, linear = best["lightgbm"].spec, best["linear"]
    yield "control: another seed", [*members, _refit(bench, gbm, name="control")]
    for name, source in (
        ("linear", linear),
        ("blend", blend_candidates(bench.task.problem, members)),
    ):
        start = Start(
            make_margins(source.oof, objective), make_margins(_known(source.test), objective)
        )
        again = _refit(bench, gbm, start, f"after {name}")
        print(f"{best['lightgbm'].score:.6g}, {source.score:.6g}, after {name} {again.score:.6g}")
        yield f"lightgbm after {name}", [*members, again]
    boosters = [one for one in members if one.spec.model in BOOSTERS][:BEST]
    averaged = {one.spec.key: _average_seeds(bench, one) for one in boosters}
    yield "three seeds", [averaged.get(one.spec.key, one) for one in members]
    wholes = {one.spec.key: _fit_whole(bench, one) for one in boosters}
    yield "refit", [wholes.get(one.spec.key, one) for one in members]


def _average_seeds(bench: Bench, one: Candidate) -> Candidate:
    every = [one, *(_refit(bench, one.spec, name=f"seed {k}") for k in (1, 2))]
    oof = np.mean([seed.oof for seed in every], axis=0)
    return replace(one, oof=oof, test=np.mean([_known(seed.test) for seed in every], axis=0))


def _refit(
    bench: Bench, spec: CandidateSpec, start: Start | None = None, name: str = "again"
) -> Candidate:
    """Return a candidate like `spec`, with another seed, starting from margins."""
    assignment, state = bench.assignment, load_features(bench.run.features, _find(bench, spec))
    encoding = EncodingTarget(y=assignment.y, n_outputs=assignment.n_outputs)
    fits: list[tuple[Fit, Encoder]] = []
    for k, fold in enumerate(assignment.folds):
        made = make_fold_matrices(state, encoding, assignment.folds, k)
        train = None if start is None else start.train[fold.train]
        held_out = None if start is None else start.train[fold.held_out]
        job = replace(_make_job(bench, spec, made.train, fold, f"{name} {k}"), offset=train)
        watch = Watch(matrix=made.held_out, y=assignment.y[fold.held_out], offset=held_out)
        fits.append((MODELS.get(spec.model).fit(replace(job, watch=watch)), made.encoder))
    oof, test = _predict(assignment, state, fits, start)
    scored = score_candidate(bench.task.problem, oof)
    like = bench.members[0]
    spec = replace(spec, inputs=(name,))
    return replace(like, spec=spec, oof=oof, test=test, score=scored.score)


def _predict(
    assignment: Assignment,
    state: FeatureState,
    fits: list[tuple[Fit, Encoder]],
    start: Start | None,
) -> tuple[FloatMatrix, FloatMatrix]:
    repeats = [fold.repeat for fold in assignment.folds]
    rounds = choose_rounds([fit.curve for fit, _ in fits if fit.curve is not None], repeats)
    oof = np.full((assignment.folds.n_rows, assignment.n_outputs), np.nan)
    tests = []
    for (fit, encoder), fold, best in zip(fits, assignment.folds, rounds, strict=True):
        held_out, test = make_prediction_matrices(state, encoder, fold)
        first = None if start is None else start.train[fold.held_out]
        margins = fit.model.predict(held_out, offset=first, rounds=best)
        oof[fold.held_out] = make_predictions(margins, assignment.objective)
        last = None if start is None else start.test
        margins = fit.model.predict(_known(test), offset=last, rounds=best)
        tests.append(make_predictions(margins, assignment.objective))
    return oof, np.asarray(np.mean(tests, axis=0))


def _fit_whole(bench: Bench, one: Candidate) -> Candidate:
    """Return the candidate with test predictions of the folds and of a fit on all rows."""
    assignment = bench.assignment
    state = load_features(bench.run.features, _find(bench, one.spec))
    if state.selection is not None:  # the columns that the first fold has chosen
        state = replace(state, selection=[state.selection[0]])
    rows = np.arange(assignment.folds.n_rows)
    whole = Fold(repeat=0, train=rows, held_out=rows[:2])
    plan = replace(assignment.folds, folds=(whole,))
    encoding = EncodingTarget(y=assignment.y, n_outputs=assignment.n_outputs)
    made = make_fold_matrices(state, encoding, plan, 0)
    rounds = round(float(np.mean(one.rounds)) * (1 + 1 / (len(assignment.folds) - 1)))
    job = replace(_make_job(bench, one.spec, made.train, whole, "whole"), max_rounds=rounds)
    model = MODELS.get(one.spec.model).fit(job).model
    _, test = make_prediction_matrices(state, made.encoder, whole)
    answer = make_predictions(model.predict(_known(test)), assignment.objective)
    return replace(one, test=(_known(one.test) + answer) / 2)


def _find(bench: Bench, spec: CandidateSpec) -> FeatureSet:
    """Return where the features of a candidate lie."""
    names = []
    for step in spec.recipe:
        plain = name_step(bench.task.dataset.key, step, transductive=True)
        names.append(plain if step.top is None else _find_screened(bench, step.name))
    selection = name_selection(spec.screen, spec.recipe) if spec.screen else None
    return FeatureSet(tuple(names), selection)


def _find_screened(bench: Bench, name: str) -> str:
    folders = bench.run.features.glob(f"{name}-*")
    return next(path.name for path in folders if (path / "tried.json").exists())


def _make_job(bench: Bench, spec: CandidateSpec, matrix: Matrix, fold: Fold, name: str) -> FitJob:
    assignment = bench.assignment
    return FitJob(
        matrix=matrix,
        y=assignment.y[fold.train],
        weight=None,
        offset=None,
        watch=None,
        objective=assignment.objective,
        n_outputs=assignment.n_outputs,
        params=dict(spec.params),
        max_rounds=spec.max_rounds,
        patience=spec.patience,
        seed=make_seed(spec.seed, spec.full_key, name),
        n_threads=1,
        stop_at=None,
    )


def _known(value: _T | None) -> _T:
    assert value is not None, "every task has test rows"  # noqa: S101  # for the type checker
    return value


if __name__ == "__main__":
    main()
