"""Robust errors are what they are called."""

import subprocess
import sys

import numpy as np
import pytest
import statsmodels.api as sm

from automl_cli.statistics.fits import fit_model, run_likelihood_test, run_wald_test
from automl_cli.statistics.response import Family


def make_rows(family: Family, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(300), rng.normal(size=(300, 2)), rng.random(300) < 0.3])
    eta = matrix @ [0.2, 0.5, -0.3, 0.4]
    y = {
        "gaussian": eta + rng.normal(size=300) * np.exp(matrix[:, 1]),
        "binomial": rng.random(300) < 1 / (1 + np.exp(-eta)),
        "poisson": rng.poisson(np.exp(eta)),
        "multinomial": np.digitize(eta + rng.logistic(size=300), [-0.5, 0.8]),
    }[family]
    return matrix.astype(np.float64), np.asarray(y, dtype=np.float64)


def test_the_errors_of_values_are_hc3():
    matrix, y = make_rows("gaussian")
    expected = sm.OLS(y, matrix).fit(cov_type="HC3").cov_params()
    np.testing.assert_allclose(fit_model(matrix, y, "gaussian").robust, expected, rtol=1e-9)


@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_the_errors_of_classes_and_counts_are_hc3_by_the_books_formula(family: Family):
    matrix, y = make_rows(family)
    fitted = fit_model(matrix, y, family)
    eta = matrix @ fitted.estimates[0]
    mean = np.exp(eta) if family == "poisson" else 1 / (1 + np.exp(-eta))
    weight = mean if family == "poisson" else mean * (1 - mean)
    bread = np.linalg.inv(matrix.T @ (weight[:, None] * matrix))
    leverage = weight * np.einsum("ij,jk,ik->i", matrix, bread, matrix)
    scores = matrix * ((y - mean) / (1 - leverage))[:, None]
    np.testing.assert_allclose(fitted.robust, bread @ scores.T @ scores @ bread, rtol=1e-6)


def test_the_dispersion_of_counts_is_pearsons():
    matrix, y = make_rows("poisson")
    fitted = sm.GLM(y, matrix, family=sm.families.Poisson()).fit()
    expected = fitted.pearson_chi2 / fitted.df_resid
    assert fit_model(matrix, y, "poisson").dispersion == pytest.approx(expected, rel=1e-6)
    assert fit_model(*make_rows("binomial"), "binomial").dispersion == 1.0


def test_the_errors_of_several_classes_are_hc1_of_statsmodels():
    matrix, y = make_rows("multinomial")
    fitted = fit_model(matrix, y, "multinomial")
    white = sm.MNLogit(y, matrix).fit(disp=0, cov_type="HC0").cov_params()
    n, k = 300, 8
    np.testing.assert_allclose(fitted.robust, white * n / (n - k), rtol=1e-6)


@pytest.mark.parametrize("family", ["binomial", "poisson", "multinomial"])
def test_clustered_errors_are_those_of_statsmodels(family: Family):
    matrix, y = make_rows(family)
    clusters = np.random.default_rng(1).integers(0, 40, 300)
    fitted = fit_model(matrix, y, family, clusters)
    given = {"cov_type": "cluster", "cov_kwds": {"groups": clusters}}
    if family == "multinomial":
        expected = sm.MNLogit(y, matrix).fit(disp=0, **given).cov_params()
    else:
        law = sm.families.Binomial() if family == "binomial" else sm.families.Poisson()
        expected = sm.GLM(y, matrix, family=law).fit(**given).cov_params()
    np.testing.assert_allclose(fitted.robust, expected, rtol=1e-5)
    assert (fitted.df == 39).all()


def test_the_first_fit_of_a_program_is_silent():
    program = (
        "import numpy as np; from automl_cli.statistics.fits import fit_model;"
        "x = np.column_stack([np.ones(50), np.arange(50.0) - 24.5]);"
        "fit_model(x, (x[:, 1] > 0) * 1.0, 'binomial')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stderr == ""


def test_one_row_in_a_cluster_gives_robust_errors():
    matrix, y = make_rows("binomial")
    own = fit_model(matrix, y, "binomial", np.arange(300))
    robust = fit_model(matrix, y, "binomial").robust
    np.testing.assert_allclose(np.diag(own.robust), np.diag(robust), rtol=0.05)


def test_two_classes_are_the_same_as_classes_and_as_two_of_several():
    matrix, y = make_rows("binomial")
    one, other = fit_model(matrix, y, "binomial"), fit_model(matrix, y, "multinomial")
    np.testing.assert_allclose(one.estimates, other.estimates, rtol=1e-6)
    np.testing.assert_allclose(one.plain, other.plain, rtol=1e-5)


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson", "multinomial"])
def test_wald_and_likelihood_ratio_tests_agree_where_the_model_holds(family: Family):
    matrix, y = make_rows(family)
    if family == "gaussian":
        y = matrix @ [0.2, 0.1, -0.1, 0.1] + np.random.default_rng(2).normal(size=300)
    fitted = fit_model(matrix, y, family)
    wald = run_wald_test(fitted, (1,))[1]
    likelihood = run_likelihood_test(fitted, matrix, y, family, (1,))
    assert np.log10(wald) == pytest.approx(np.log10(likelihood), rel=0.35)
