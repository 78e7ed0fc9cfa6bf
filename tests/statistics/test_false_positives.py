"""Noise is taken for an effect as often as the level says: p-values are uniform without effects.

Each count of rejections lies within the 99.9 % bounds of the binomial law.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, kstest

from automl_cli.core.dataset import Column
from automl_cli.statistics.design import make_free_design
from automl_cli.statistics.effects import Effects, Settings, measure_effects
from automl_cli.statistics.groups import compare_groups
from automl_cli.statistics.paired import compare_candidates
from automl_cli.statistics.response import Family, Response

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

REPEATS, LEVEL = 200, 0.05
COLUMNS = (
    Column(name="size", role="numeric", reason=""),
    Column(name="kind", role="categorical", reason=""),
)


def check_uniform(p_values: list[float]) -> None:
    rejected = sum(p < LEVEL for p in p_values)
    low, high = binom.interval(0.999, len(p_values), LEVEL)
    assert low <= rejected <= high, f"{rejected} of {len(p_values)} rejected at {LEVEL}"
    assert kstest(p_values, "uniform").pvalue > 0.001


def make_response(family: Family, rng: np.random.Generator, frame: pd.DataFrame) -> Response:
    n = len(frame)
    noise = rng.normal(size=n)
    if family == "gaussian":  # the variance depends on the column, the mean does not
        return Response(name="y", y=noise * np.exp(frame["size"].to_numpy() / 2), family=family)
    if family == "poisson":  # overdispersed
        counts = rng.poisson(np.exp(noise / 2)).astype(float)
        return Response(name="y", y=counts, family=family)
    labels = ("a", "b") if family == "binomial" else ("a", "b", "c")
    codes = rng.choice(len(labels), n).astype(float)
    return Response(name="y", y=codes, family=family, labels=labels)


def measure(family: Family, seed: int) -> Effects:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"size": rng.normal(size=200)})
    frame["kind"] = pd.Categorical(rng.choice(["u", "v", "w"], 200))
    response = make_response(family, rng, frame)
    return measure_effects(make_free_design(frame, COLUMNS), response, Settings())


@cache
def measure_all(family: Family) -> tuple[Effects, ...]:
    return tuple(measure(family, seed) for seed in range(REPEATS))


@pytest.mark.parametrize("family", ["gaussian", "binomial", "multinomial", "poisson"])
def test_robust_tests_of_noise_reject_at_their_level(family: Family):
    found = measure_all(family)
    check_uniform([effects.tests[0].p for effects in found])
    check_uniform([effects.tests[1].p for effects in found])


@pytest.mark.parametrize("family", ["binomial", "multinomial"])
def test_likelihood_ratio_tests_of_noise_reject_at_their_level(family: Family):
    found = measure_all(family)
    check_uniform([effects.tests[1].p_likelihood for effects in found])


def test_without_robust_errors_unequal_variances_would_pass_for_effects():
    found = measure_all("gaussian")
    rejected = sum(effects.tests[0].p_likelihood < LEVEL for effects in found)
    assert rejected > binom.ppf(0.999, REPEATS, LEVEL)


def make_clustered(seed: int, *, is_binary: bool) -> tuple[pd.DataFrame, Response, np.ndarray]:
    """Return rows in 60 clusters: neither size nor kind has an effect, and both go by cluster."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(60), 5)
    frame = pd.DataFrame({"size": rng.normal(size=60)[clusters] + 0.3 * rng.normal(size=300)})
    frame["kind"] = pd.Categorical(rng.choice(["u", "v"], 60)[clusters])
    y = rng.normal(size=60)[clusters] + rng.normal(size=300)
    if is_binary:
        labels = ("no", "yes")
        return (
            frame,
            Response(name="y", y=(y > 0) * 1.0, family="binomial", labels=labels),
            clusters,
        )
    return frame, Response(name="y", y=y, family="gaussian"), clusters


@pytest.mark.parametrize("is_binary", [False, True])
def test_clustered_tests_of_noise_reject_at_their_level(is_binary: bool):
    p_values = {True: [], False: []}
    for seed in range(REPEATS):
        frame, response, clusters = make_clustered(seed, is_binary=is_binary)
        design = make_free_design(frame, COLUMNS)
        for is_told in (True, False):
            settings = Settings(clusters=clusters if is_told else None)
            effects = measure_effects(design, response, settings)
            p_values[is_told].append(effects.tests[0].p)
    check_uniform(p_values[True])
    assert sum(p < LEVEL for p in p_values[False]) > binom.ppf(0.999, REPEATS, LEVEL)


@pytest.mark.parametrize("is_binary", [False, True])
def test_clustered_groups_of_noise_reject_at_their_level(is_binary: bool):
    p_values = []
    for seed in range(REPEATS):
        frame, response, clusters = make_clustered(seed, is_binary=is_binary)
        found = compare_groups(response, frame["kind"], Settings(clusters=clusters))
        p_values.append(found.differences[0].p)
    check_uniform(p_values)


def test_groups_of_unequal_size_and_variance_reject_at_their_level():
    p_values = []
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        groups = pd.Series(np.repeat(["a", "b"], [20, 80]), name="group")
        y = rng.normal(size=100) * np.where(groups == "a", 3.0, 1.0)
        found = compare_groups(Response(name="y", y=y, family="gaussian"), groups, Settings())
        p_values.append(found.differences[0].p)
    check_uniform(p_values)


def predict_by(column: np.ndarray, y: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Return out-of-fold predictions of a straight line, as a column."""
    found = np.empty(len(y))
    for block in np.unique(blocks):
        out = blocks == block
        slope, start = np.polyfit(column[~out], y[~out], 1)
        found[out] = start + slope * column[out]
    return found[:, None]


MakeProblem = Callable[..., object]


@pytest.mark.parametrize("metric", ["rmse", "mae", "roc_auc"])
def test_models_that_are_equally_good_are_told_apart_at_the_level(
    metric: str, make_problem: MakeProblem
):
    rows, folds = [], []
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        columns = rng.normal(size=(2, 300))
        y = columns.sum(axis=0) + rng.normal(size=300)
        if metric == "roc_auc":
            y = (y > 0).astype(np.int64)
        labels = ("a", "b") if metric == "roc_auc" else ()
        problem = make_problem(metric, y, labels=labels)
        blocks = problem.folds.blocks[0]
        oofs = [predict_by(column, y.astype(float), blocks) for column in columns]
        found = compare_candidates(problem, *oofs)
        rows.append(found.rows.p)
        folds.append(found.folds.p)
    check_uniform(rows)
    # The correction for overlapping training rows is careful: fewer are rejected, never more.
    assert sum(p < LEVEL for p in folds) <= binom.ppf(0.999, REPEATS, LEVEL)


def test_models_of_grouped_rows_that_are_equally_good_are_told_apart_at_the_level(
    make_problem: MakeProblem,
):
    p_values = []
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        blocks = np.repeat(np.arange(10), 30)
        columns = rng.normal(size=(2, 10))[:, blocks] + rng.normal(size=(2, 300))
        y = columns.sum(axis=0) + rng.normal(size=10)[blocks] + rng.normal(size=300)
        problem = make_problem("rmse", y, blocks=blocks, grouped=True)
        oofs = [predict_by(column, y, blocks) for column in columns]
        p_values.append(compare_candidates(problem, *oofs).rows.p)
    rejected = sum(p < LEVEL for p in p_values)
    assert rejected <= binom.ppf(0.9995, REPEATS, LEVEL)
