"""Tests of row losses: right where nothing is there, strong where something is."""

import numpy as np
import pytest

from automl_cli.explain.significance import Correction, make_correction, run_loss_test

N_ROWS, N_FOLDS = 200, 5
PLAIN = Correction(test=1.0, interval=1.0)
DOUBLE = Correction(test=2.0, interval=2.0)
USED = Correction(test=1.25, interval=2.0)


def test_half_of_the_rows_are_corrected_half_as_much():
    assert make_correction(500, 1000, ordered=False) == Correction(test=1.125, interval=1.5)
    assert make_correction(1000, 1000, ordered=False) == USED
    assert make_correction(1000, 1000, ordered=True) == PLAIN


def test_a_column_that_no_model_uses_has_p_1_and_an_interval_of_nothing():
    verdict = run_loss_test(np.zeros(50), DOUBLE)
    assert (verdict.mean, verdict.low, verdict.high, verdict.p) == (0.0, 0.0, 0.0, 1.0)


def test_the_interval_lies_around_the_mean_and_agrees_with_p():
    rng = np.random.default_rng(0)
    differences = rng.normal(size=400) + 0.3
    verdict = run_loss_test(differences, PLAIN)
    assert verdict.low < verdict.mean < verdict.high
    assert verdict.mean == pytest.approx(differences.mean())
    wide = run_loss_test(differences, DOUBLE)
    ratio = (wide.high - wide.low) / (verdict.high - verdict.low)
    assert ratio == pytest.approx(np.sqrt(2))
    assert verdict.p < wide.p < 0.05


def test_rows_of_one_part_count_as_one():
    rng = np.random.default_rng(0)
    parts = np.repeat(np.arange(10), 40)
    differences = rng.normal(size=10)[parts] + 0.2  # 400 rows, ten numbers
    assert run_loss_test(differences, PLAIN).p < 0.001
    assert run_loss_test(differences, PLAIN, parts).p > 0.01


def test_a_single_part_says_nothing():
    verdict = run_loss_test(np.arange(9.0), DOUBLE, np.zeros(9, dtype=np.int64))
    assert verdict.p == 1.0
    assert np.isinf(verdict.high)


def cross_fit_noise(rng: np.random.Generator, n_columns: int) -> np.ndarray:
    """Return the differences that one kernel model on noise shows, without permutations.

    To first order they are 2 e f(z), with f fitted on the other folds and mean 0 over rows.
    """
    z, e = rng.normal(size=(N_ROWS, n_columns)), rng.normal(size=N_ROWS)
    folds = np.arange(N_ROWS) % N_FOLDS
    predicted = np.empty(N_ROWS)
    for fold in range(N_FOLDS):
        held_out = folds == fold
        slope = z[~held_out].T @ e[~held_out] / (~held_out).sum()
        predicted[held_out] = z[held_out] @ slope
    return 2 * e * predicted


@pytest.mark.parametrize(("n_columns", "lowest"), [(1, 0.0), (30, 0.03)])
def test_noise_is_significant_as_rarely_as_promised(n_columns: int, lowest: float):
    rng = np.random.default_rng(0)
    drawn = [cross_fit_noise(rng, n_columns) for _ in range(2000)]
    corrected = np.mean([run_loss_test(one, DOUBLE).p < 0.05 for one in drawn])
    assert lowest <= corrected <= 0.07
    if n_columns > 1:  # what independent rows would say
        assert np.mean([run_loss_test(one, PLAIN).p < 0.05 for one in drawn]) > 0.1
