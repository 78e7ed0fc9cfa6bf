"""Two candidates are compared row by row and fold by fold."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from automl_cli.core.problem import Problem
from automl_cli.statistics.paired import compare_candidates, correct_resampled

MakeProblem = Callable[..., Problem]
N = 500


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_better_candidate_is_found_whatever_the_metrics_direction(
    rng: np.random.Generator, make_problem: MakeProblem
):
    signal = rng.normal(size=N)
    worse, better = (signal + noise * rng.normal(size=N) for noise in (1.0, 0.3))
    for metric, y, labels in (("rmse", signal, ()), ("roc_auc", signal > 0, ("a", "b"))):
        problem = make_problem(metric, y if not labels else y.astype(np.int64), labels=labels)
        found = compare_candidates(problem, worse[:, None], better[:, None])
        assert found.rows.gain > 0
        assert found.rows.p < 1e-4
        assert found.rows.low > 0
        assert found.folds is not None
        assert found.folds.p < 0.01
        turned = compare_candidates(problem, better[:, None], worse[:, None])
        assert turned.rows.gain == pytest.approx(-found.rows.gain)
        assert turned.rows.p == pytest.approx(found.rows.p)


def test_for_a_mean_over_rows_the_error_is_that_of_the_paired_t_test(
    rng: np.random.Generator, make_problem: MakeProblem
):
    p = rng.random(10_000)
    y = (rng.random(10_000) < p).astype(np.int64)
    oofs = [np.clip(p + rng.normal(0, 0.1, 10_000), 0.01, 0.99)[:, None] for _ in range(2)]
    found = compare_candidates(make_problem("log_loss", y, labels=("a", "b")), *oofs)
    losses = [-np.log(np.where(y == 1, oof[:, 0], 1 - oof[:, 0])) for oof in oofs]
    paired = stats.ttest_rel(losses[0], losses[1])
    assert found.rows.gain == pytest.approx((losses[0] - losses[1]).mean())
    assert found.rows.error == pytest.approx(found.rows.gain / paired.statistic, rel=0.4)
    assert found.rows.df == 19


def test_pairing_finds_what_separate_errors_hide(
    rng: np.random.Generator, make_problem: MakeProblem
):
    y = rng.normal(size=N)
    shared = y + rng.normal(size=N)
    oofs = [(shared + 0.2 * (shared - y) * (k == 0))[:, None] for k in range(2)]
    found = compare_candidates(make_problem("rmse", y), *oofs)
    assert found.rows.p < 1e-6
    assert abs(found.first - found.second) < 0.25


def test_equal_candidates_are_told_as_such(rng: np.random.Generator, make_problem: MakeProblem):
    y = rng.normal(size=N)
    found = compare_candidates(make_problem("rmse", y), y[:, None], y[:, None])
    assert found.equal
    assert np.isnan(found.rows.p)


def test_rows_that_no_fold_holds_out_do_not_count(
    rng: np.random.Generator, make_problem: MakeProblem
):
    y = rng.normal(size=N)
    problem = make_problem("rmse", y, blocks=np.arange(N) % 5 - 1)
    covered = problem.folds.covered()
    oofs = [np.where(covered, y + rng.normal(size=N), np.nan)[:, None] for _ in range(2)]
    found = compare_candidates(problem, *oofs)
    assert found.n_rows == covered.sum() == N - 100
    assert np.isfinite([found.rows.p, found.first, found.second]).all()


def test_errors_of_grouped_plans_come_from_whole_groups(
    rng: np.random.Generator, make_problem: MakeProblem
):
    blocks = np.repeat(np.arange(10), 50)
    y = rng.normal(size=N)
    oofs = [(y + 1 + rng.normal(size=10)[blocks])[:, None] for _ in range(2)]
    grouped = compare_candidates(make_problem("rmse", y, blocks=blocks, grouped=True), *oofs)
    dealt = compare_candidates(make_problem("rmse", y, blocks=blocks), *oofs)
    assert grouped.rows.df == 9
    assert grouped.rows.error > 2 * dealt.rows.error


def test_the_corrected_resampled_test_is_that_of_nadeau_and_bengio():
    gains = np.array([0.1, 0.3, 0.2, 0.25, 0.05])
    found = correct_resampled(gains, share=0.25)
    assert found is not None
    naive = stats.ttest_1samp(gains, 0).statistic
    assert found.gain / found.error == pytest.approx(naive * np.sqrt((1 / 5) / (1 / 5 + 1 / 4)))
    assert found.df == 4


def test_two_folds_tell_nothing_of_training():
    assert correct_resampled(np.array([0.1, 0.2]), share=1.0) is None
