"""Whether the p-values of `automl explain` keep what they promise, on data whose truth is known.

    OMP_NUM_THREADS=1 python benchmarks/importance.py --repetitions 200

Each repetition draws a table: linear effects of several sizes, an interaction of two columns
without effects of their own, a column with two noisy copies, and columns of pure noise. A quick
LightGBM and a linear model are cross-fitted (5 folds) and blended by the run's own tournament;
importance is measured and tested as `automl explain` does it, with a LightGBM that was fitted with
the lunch in the place of the other. Printed are the share of p-values below .05 by kind of column,
with other corrections of the variance beside, the rate of false discoveries, how often intervals
hold what the same models lose on fresh rows, and the power of the likelihood-ratio test in the true
model.

Longer than other modules: each design and each way to judge it is read beside the others.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from effects import (
    LINEAR,
    NOISE,
    PROBE,
    Design,
    Setting,
    compare_likelihoods,
    draw,
    judge_fold_means,
    make_matrix,
    take,
)

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.candidate import Blend, Candidate, CandidateSpec
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.margins import make_predictions
from automl_cli.core.model import FitJob, FittedModel, Watch
from automl_cli.core.problem import Problem
from automl_cli.ensemble.tournament import apply_blend, blend_candidates
from automl_cli.explain.clusters import find_clusters
from automl_cli.explain.importances import (
    ImportanceRequest,
    ImportanceTable,
    NoiseColumn,
    PermutationResult,
    permute_all,
    run_importance_tests,
)
from automl_cli.explain.losses import make_row_loss
from automl_cli.explain.permutation import JudgedFold, measure_permutations
from automl_cli.explain.significance import Correction, run_loss_test
from automl_cli.models import MODELS
from automl_cli.train.rounds import choose_rounds

Predict: TypeAlias = Callable[[pd.DataFrame], FloatMatrix]

N_REPEATS, FRESH_ROWS, RATE = 10, 2_000, 0.05
WAYS = ("used", "1", "1.25", "1.5", "1.75", "2", "Nadeau-Bengio by fold")
LIKELIHOODS = ("true model", "linear model")
QUICK = {"learning_rate": 0.1, "num_leaves": 8}
FRESH = ("linear 2", "copy 1", "noise 1")  # whose intervals are compared with fresh rows


DESIGNS = (
    Design("regression"),
    Design("classes", task="binary", n_rows=1000),
    Design("LightGBM alone", members=("lightgbm",)),
    Design("linear alone", members=("linear",)),
    Design("no effects", strength=0.0),
    Design("half of the rows", share=0.5, n_rows=1000),
)


class Outcome(NamedTuple):
    """One repetition."""

    p: Mapping[str, Mapping[str, float]]  # by correction and column
    q: Mapping[str, float]
    found: frozenset[str]
    covered: Mapping[str, bool]
    likelihoods: Mapping[str, Mapping[str, float]]  # p-values of likelihood-ratio tests, by model


def main() -> None:
    """Repeat each design and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--designs", nargs="+", default=[one.name for one in DESIGNS])
    options = parser.parse_args()
    with ProcessPoolExecutor(options.jobs) as executor:
        for design in DESIGNS:
            if design.name in options.designs:
                run = partial(repeat, design)
                show(design, list(executor.map(run, range(options.repetitions))))


def repeat(design: Design, seed: int) -> Outcome:
    """Draw, fit, blend, measure, test."""
    setting = draw(design, seed)
    plan, own = setting.problem.folds, setting.frame.drop(columns=PROBE)
    blend, models, with_probe = fit_blend(design, setting)
    kept = np.random.default_rng(seed).permutation(plan.n_rows)
    judge = partial(judge_folds, plan, np.sort(kept[: round(design.share * len(kept))]), blend)
    question = ImportanceRequest(
        frame=own,
        folds=judge(models),
        plan=plan,
        clusters=find_clusters(own),
        loss=make_row_loss(setting.problem),
        n_repeats=N_REPEATS,
        rate=RATE,
        seed=seed,
    )
    probe = NoiseColumn(name=PROBE, frame=setting.frame, folds=judge(with_probe))
    permuted = permute_all(question, probe)
    answer = run_importance_tests(question, permuted)
    return Outcome(
        p={"used": {one.name: one.p for one in answer.columns}, **compare(question, permuted)},
        q={one.name: one.q for one in answer.columns},
        found=frozenset(one.name for one in (*answer.columns, *answer.clusters) if one.found),
        covered=cover(design, question, answer) if design.share == 1 else {},
        likelihoods=compare_likelihoods(design, setting),
    )


def fit_blend(
    design: Design, setting: Setting
) -> tuple[Blend, list[list[Predict]], list[list[Predict]]]:
    """Return the blend, what its members predict in each fold, and the same after lunch."""
    columns = [name for name in setting.frame if name != PROBE]
    fitted = {name: cross_fit(setting, name, columns) for name in design.members}
    blend = blend_candidates(
        setting.problem, [make_candidate(setting, *one) for one in fitted.items()]
    )
    names = [key.partition("-")[0] for key in blend.members]
    probed = {design.members[0]: cross_fit(setting, design.members[0], [*columns, PROBE])}
    return blend, [fitted[name] for name in names], [{**fitted, **probed}[name] for name in names]


def judge_folds(
    plan: FoldPlan, rows: IntVector, blend: Blend, members: Sequence[Sequence[Predict]]
) -> list[JudgedFold]:
    """Return who predicts which of the rows."""
    return [
        JudgedFold(
            rows=np.intersect1d(fold.held_out, rows),
            predict=partial(predict_blend, blend, [member[k] for member in members]),
        )
        for k, fold in enumerate(plan)
    ]


def cross_fit(setting: Setting, name: str, columns: Sequence[str]) -> list[Predict]:
    """Return what each fold's model predicts, with the rounds that the other folds choose."""
    spec, problem = MODELS.get(name), setting.problem
    own = {key: value for key, value in QUICK.items() if key in spec.known_params}
    matrix = make_matrix(setting.frame[list(columns)])
    fits = []
    for k, fold in enumerate(problem.folds):
        watch = Watch(
            matrix=take(matrix, fold.held_out), y=problem.fit_y[fold.held_out], offset=None
        )
        fits.append(
            spec.fit(
                FitJob(
                    matrix=take(matrix, fold.train),
                    y=problem.fit_y[fold.train],
                    weight=None,
                    offset=None,
                    watch=watch,
                    objective=problem.objective,
                    n_outputs=1,
                    params=spec.make_params(problem.target.task, own),
                    max_rounds=150,
                    patience=20,
                    seed=1000 * setting.seed + k,
                    n_threads=1,
                    stop_at=None,
                )
            )
        )
    curves = [fit.curve for fit in fits if fit.curve is not None]
    rounds = choose_rounds(curves, [0] * len(curves)) if curves else (None,) * len(fits)
    return [
        partial(predict, fit.model, own_rounds, tuple(columns), problem)
        for fit, own_rounds in zip(fits, rounds, strict=True)
    ]


def predict(
    model: FittedModel,
    rounds: int | None,
    columns: Sequence[str],
    problem: Problem,
    frame: pd.DataFrame,
) -> FloatMatrix:
    """Return the predictions of one fold's model."""
    margins = model.predict(make_matrix(frame[list(columns)]), rounds=rounds)
    return make_predictions(margins, problem.objective)


def predict_blend(blend: Blend, members: Sequence[Predict], frame: pd.DataFrame) -> FloatMatrix:
    """Return the blend of one fold's models."""
    return apply_blend(blend, [member(frame) for member in members])


def make_candidate(setting: Setting, name: str, folds: Sequence[Predict]) -> Candidate:
    """Return the out-of-fold predictions as the tournament takes them."""
    problem = setting.problem
    oof = np.empty((problem.folds.n_rows, 1))
    for fold, one in zip(problem.folds, folds, strict=True):
        oof[fold.held_out] = one(setting.frame.iloc[fold.held_out])
    spec = CandidateSpec(
        target="y",
        model=name,
        recipe=(),
        params=(),
        seed=0,
        max_rounds=1,
        patience=1,
        n_threads=1,
    )
    return Candidate(
        spec=spec,
        oof=oof,
        test=None,
        fold_scores=(),
        score=0.0,
        score_se=0.0,
        rounds=(),
        fit_seconds=0.0,
        cut=False,
    )


def compare(
    question: ImportanceRequest, permuted: PermutationResult
) -> dict[str, dict[str, float]]:
    """Return the p-values that other corrections of the variance give."""
    folds = [np.searchsorted(permuted.rows, fold.rows) for fold in question.folds]
    found: dict[str, dict[str, float]] = {way: {} for way in WAYS[1:]}
    known = {columns[0]: own for columns, own in permuted.differences.items() if len(columns) == 1}
    for name, own in {**known, PROBE: permuted.probe_differences}.items():
        for way in WAYS[1:-1]:
            factor = Correction(test=float(way), interval=float(way))
            found[way][name] = run_loss_test(own, factor).p
        found[WAYS[-1]][name] = judge_fold_means(np.array([own[rows].mean() for rows in folds]))
    return found


def cover(design: Design, question: ImportanceRequest, answer: ImportanceTable) -> dict[str, bool]:
    """Return whether intervals hold what the same models lose on fresh rows."""
    fresh = draw(design._replace(n_rows=FRESH_ROWS), question.seed + 10**6)
    every = np.arange(FRESH_ROWS)
    folds = [replace(fold, rows=every) for fold in question.folds]
    frame = fresh.frame.drop(columns=PROBE)
    loss = make_row_loss(fresh.problem)
    measured = measure_permutations(
        folds, frame, [(name,) for name in FRESH], loss, n_repeats=1, seed=0
    )
    truth = dict(zip(FRESH, measured.differences.mean(axis=1), strict=True))
    known = {one.name: one for one in answer.columns}
    return {name: bool(known[name].low <= truth[name] <= known[name].high) for name in FRESH}


def show(design: Design, outcomes: Sequence[Outcome]) -> None:
    """Print what the repetitions of a design come to."""
    print(f"\n{design.name}: {design}, {len(outcomes)} repetitions\n")
    kinds = {**{name: (name,) for name in LINEAR}, "product": ("product 1", "product 2")}
    kinds |= {"copy 1": ("copy 1",), "copies 2, 3": ("copy 2", "copy 3"), "noise": NOISE}
    print(f"| p < .05, variance times | {' | '.join([*WAYS, *LIKELIHOODS])} |")
    print("|---" * (len(WAYS) + len(LIKELIHOODS) + 1) + "|")
    for kind, names in {**kinds, PROBE: (PROBE,)}.items():
        cells = [rate_of(outcomes, way, names) for way in WAYS]
        cells += [rate_of(outcomes, way, names) for way in LIKELIHOODS]
        print(f"| {kind} | " + " | ".join(cells) + " |")
    null = {*NOISE, PROBE} if design.strength else {*outcomes[0].p["used"]}
    zero = np.mean([one.p["used"][name] == 1 for one in outcomes for name in NOISE])
    print(f"\nnoise that no model of the blend uses: {zero:.1%}")
    for rate in (RATE, 0.1, 0.2):
        false = [measure_false(one, null, rate) for one in outcomes]
        print(f"false discoveries at a rate of {rate:.0%}: {np.mean(false):.1%}")
    print(f"lunch found: {np.mean([PROBE in one.found for one in outcomes]):.1%}")
    for name in outcomes[0].covered:
        share = np.mean([one.covered[name] for one in outcomes])
        print(f"interval of {name} holds its importance on fresh rows: {share:.1%}")


def rate_of(outcomes: Sequence[Outcome], way: str, names: Sequence[str]) -> str:
    """Return the share of p-values below .05, spelled."""
    every = [{**one.p, **one.likelihoods}[way] for one in outcomes]
    known = [own[name] < 0.05 for own in every for name in names if name in own]
    return f"{np.mean(known):.1%}" if known else ""


def measure_false(outcome: Outcome, null: set[str], rate: float) -> float:
    """Return the share of the columns found that are noise."""
    found = [name for name, q in outcome.q.items() if q <= rate]
    return sum(name in null for name in found) / max(1, len(found))


if __name__ == "__main__":
    main()
