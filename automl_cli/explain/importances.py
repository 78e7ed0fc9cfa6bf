"""Importance of columns, of clusters of them and of the probe: measured, tested, controlled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.explanation import Dropped, Importance
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.keys import make_seed
from automl_cli.core.problem import Problem
from automl_cli.explain.losses import RowLoss
from automl_cli.explain.permutation import JudgedFold, Measured, measure_permutations
from automl_cli.explain.significance import LossTest, make_correction, run_loss_test
from automl_cli.statistics.corrections import correct

TOO_SURE = 1e-3  # p of noise below which tests are taken to claim too much


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportanceRequest:
    """What is asked of the columns.

    Parameters
    ----------
    frame
        The training table.
    folds
        Who predicts which held-out rows.
    plan
        All folds.
    clusters
        All columns, those that tell the same together.
    loss
        Of a row.
    n_repeats
        Permutations of each fold.
    rate
        The rate of false discoveries.
    seed
        Of the permutations.
    """

    frame: pd.DataFrame
    folds: Sequence[JudgedFold]
    plan: FoldPlan
    clusters: Sequence[tuple[str, ...]]
    loss: RowLoss
    n_repeats: int
    rate: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseColumn:
    """The probe: a column of noise that was part of a fit.

    Parameters
    ----------
    name
        Its name in `frame`.
    frame
        The training table with it.
    folds
        Who predicts with it, otherwise as the others do.
    """

    name: str
    frame: pd.DataFrame
    folds: Sequence[JudgedFold]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportanceTable:
    """Importances, most important first, and the mean loss of a row as it is."""

    columns: tuple[Importance, ...]
    clusters: tuple[Importance, ...]
    base_loss: float
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationResult:
    """What was measured.

    Parameters
    ----------
    rows, base
        Row numbers, and the loss of each as it is.
    differences
        How much higher the loss of each row is with columns permuted, by these columns.
    probe, lunch_differences
        The name of the probe, and the same for it.
    """

    rows: IntVector
    base: FloatVector
    differences: Mapping[tuple[str, ...], FloatVector]
    probe: str
    probe_differences: FloatVector


def permute_all(question: ImportanceRequest, probe: NoiseColumn) -> PermutationResult:
    """Measure every column, every cluster and the probe."""
    joint = [cluster for cluster in question.clusters if len(cluster) > 1]
    single = [(name,) for cluster in question.clusters for name in cluster]
    measured = _measure(question, question.folds, question.frame, [*single, *joint])
    noise = _measure(question, probe.folds, probe.frame, [(probe.name,)])
    return PermutationResult(
        rows=measured.rows,
        base=measured.base,
        differences=dict(zip([*single, *joint], measured.differences, strict=True)),
        probe=probe.name,
        probe_differences=noise.differences[0],
    )


def run_importance_tests(
    question: ImportanceRequest, permuted: PermutationResult
) -> ImportanceTable:
    """Test, and control the rate of false discoveries with the probe among the columns.

    The columns and the probe are one family of tests, the clusters (those of one column too) and
    the probe another. What counts as found is also surer than the probe; of one probe in twenty p
    is below .05, so the probe itself counts only far below it. A column's p is not below
    its cluster's: alone, permuting makes rows as no table has them, and models lose on those even
    if the whole cluster says nothing.
    """
    test_rows = _make_row_test(question.plan, permuted.rows)
    probe_test = test_rows(permuted.probe_differences)
    tests = {columns: test_rows(own) for columns, own in permuted.differences.items()}
    single = [columns for columns in tests if len(columns) == 1]
    for cluster in question.clusters:
        for name in cluster:
            own, joint = tests[name,], tests[cluster]
            worse = {"p": max(own.p, joint.p), "bound": max(own.bound, joint.bound)}
            tests[name,] = replace(own, **worse)
    numbers = {name: k for k, cluster in enumerate(question.clusters, start=1) for name in cluster}
    by_column = _control(question.rate, single, tests, probe_test, permuted.probe)
    by_cluster = _control(question.rate, question.clusters, tests, probe_test, permuted.probe)
    return ImportanceTable(
        columns=_rank([replace(one, cluster=numbers.get(one.name, 0)) for one in by_column]),
        clusters=_rank(
            [
                replace(one, cluster=numbers[one.columns[0]])
                for one in by_cluster
                if len(one.columns) > 1
            ]
        ),
        base_loss=float(permuted.base.mean()),
        n_rows=len(permuted.rows),
    )


def compare_refits(
    problem: Problem,
    loss: RowLoss,
    whole: Candidate,
    without: Sequence[tuple[str, Candidate]],
) -> tuple[Dropped, ...]:
    """Return what a candidate loses when it is fitted again without a column, most first.

    Parameters
    ----------
    problem
        The target.
    loss
        Of a row.
    whole
        The candidate with all columns.
    without
        The columns that were left out, each with the candidate that was fitted without it.
    """
    rows = np.flatnonzero(problem.folds.covered())
    test_rows = _make_row_test(problem.folds, rows)
    base = loss(rows, whole.oof[rows])
    tests = [test_rows(loss(rows, one.oof[rows]) - base) for _, one in without]
    rates = correct([one.bound for one in tests], "fdr")
    dropped = [
        Dropped(
            column=name,
            increase=one.mean,
            low=one.low,
            high=one.high,
            p=one.p,
            q=float(q),
        )
        for (name, _), one, q in zip(without, tests, rates, strict=True)
    ]
    return tuple(sorted(dropped, key=lambda one: -one.increase))


def _measure(
    question: ImportanceRequest,
    folds: Sequence[JudgedFold],
    frame: pd.DataFrame,
    sets: Sequence[tuple[str, ...]],
) -> Measured:
    return measure_permutations(
        folds,
        frame,
        sets,
        question.loss,
        n_repeats=question.n_repeats,
        seed=make_seed(question.seed, "permutations"),
    )


def _make_row_test(plan: FoldPlan, rows: IntVector) -> Callable[[FloatVector], LossTest]:
    correction = make_correction(len(rows), int(plan.covered().sum()), ordered=plan.ordered)
    parts = plan.blocks[0][rows] if plan.grouped else None

    def test_rows(differences: FloatVector) -> LossTest:
        return run_loss_test(differences, correction, parts)

    return test_rows


def _control(
    rate: float,
    sets: Sequence[tuple[str, ...]],
    tests: Mapping[tuple[str, ...], LossTest],
    probe_test: LossTest,
    name: str,
) -> list[Importance]:
    family = [(columns, tests[columns]) for columns in sets] + [((name,), probe_test)]
    rates = correct([test.bound for _, test in family], "fdr")
    return [
        Importance(
            name=" + ".join(columns),
            columns=columns,
            cluster=0,
            importance=test.mean,
            low=test.low,
            high=test.high,
            p=test.p,
            q=float(q),
            found=bool(q <= rate) and test.p < (TOO_SURE if test is probe_test else probe_test.p),
            is_probe=test is probe_test,
        )
        for (columns, test), q in zip(family, rates, strict=True)
    ]


def _rank(importances: Sequence[Importance]) -> tuple[Importance, ...]:
    return tuple(sorted(importances, key=lambda one: (-one.importance, one.name)))
