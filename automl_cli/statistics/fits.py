"""Generalised linear models with robust errors.

The models are statsmodels'. Errors are robust by the sandwich: with HC3 where leverages are known
(MacKinnon and White, 1985; for generalised linear models as in R's sandwich, Zeileis, 2006), with
HC1 for several classes, and by clusters where rows belong together (Liang and Zeger, 1986).
"""

import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatMatrix, FloatVector, IntVector
from automl_cli.statistics.response import Family

MOST_STEPS = 60
HIGHEST_LEVERAGE = 1 - 1e-6  # of a row that alone decides a coefficient: its residual says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fitted model.

    Parameters
    ----------
    estimates
        Shape (equations, parameters): one equation, or one for each class but the first.
    robust, plain
        Covariances of the flattened estimates: robust, and as the family says.
    log_likelihood
        Of the rows.
    df
        Degrees of freedom of each robust error, of the flattened estimates; infinite for the normal
        distribution, NaN where there is no test.
    df_residual
        Rows less parameters.
    largest
        The largest linear predictor in size.
    converged
        False if the optimiser gave up.
    dispersion
        Pearson's chi-squared by degrees of freedom: how many times the variance that the law of
        counts allows; 1 for other families.
    """

    estimates: FloatMatrix
    robust: FloatMatrix
    plain: FloatMatrix
    log_likelihood: float
    df: FloatVector
    df_residual: int
    largest: float
    converged: bool
    dispersion: float = 1.0

    def find_df(self, positions: tuple[int, ...]) -> float:
        """Return the degrees of freedom of parameters that are tested together."""
        return float(self.df[self.find_places(positions)].min())

    def find_places(self, positions: tuple[int, ...]) -> IntVector:
        """Return where parameters stand in the flattened estimates, in all equations."""
        n_equations, n_parameters = self.estimates.shape
        starts = np.arange(n_equations)[:, None] * n_parameters
        return np.asarray((starts + np.array(positions, dtype=np.int64)).ravel(), dtype=np.int64)


def fit_model(
    matrix: FloatMatrix, y: FloatVector, family: Family, clusters: IntVector | None = None
) -> Fitted:
    """Fit a generalised linear model.

    Parameters
    ----------
    matrix
        Shape (rows, parameters), of full rank.
    y
        Values or class codes, shape (rows,).
    family
        How `y` varies; with the canonical link.
    clusters
        The cluster of each row as a code; None: rows are independent.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the fit breaks down, which full rank rules out but for separated classes.
    """
    import statsmodels.api  # noqa: F401 (here, since its import sets filters of warnings)

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what they would say is in `largest` and `converged`
        return FITS[family](matrix, y, clusters)


def run_wald_test(fitted: Fitted, positions: tuple[int, ...]) -> tuple[float, float]:
    """Return Wald's statistic over its degrees of freedom and its p-value, with robust errors.

    Parameters with unlike degrees of freedom are tested with the least.
    """
    return _compare(fitted, fitted.robust, positions, fitted.find_df(positions))


def run_likelihood_test(
    fitted: Fitted,
    matrix: FloatMatrix,
    y: FloatVector,
    family: Family,
    positions: tuple[int, ...],
) -> float:
    """Return the p-value of the likelihood-ratio test that parameters are all 0.

    For gaussian values it is the F test, which is the exact form of the same test.
    """
    if family == "gaussian":
        return _compare(fitted, fitted.plain, positions, fitted.df_residual)[1]
    from scipy.stats import chi2

    left = np.setdiff1d(np.arange(matrix.shape[1]), positions)
    n_classes = 1 + len(fitted.estimates)
    reduced = (
        fit_model(matrix[:, left], y, family).log_likelihood
        if len(left)
        else _measure_nothing(y, family, n_classes)
    )
    statistic = np.maximum(0.0, 2 * (fitted.log_likelihood - reduced))
    return float(chi2.sf(statistic, len(fitted.find_places(positions))))


def _measure_nothing(y: FloatVector, family: Family, n_classes: int) -> float:
    """Return the log-likelihood of the model without any column: all classes alike, one event."""
    from scipy.special import gammaln

    if family == "poisson":
        return float(-np.sum(1.0 + gammaln(y + 1.0)))
    return float(-len(y) * np.log(n_classes))


def _compare(
    fitted: Fitted, covariance: FloatMatrix, positions: tuple[int, ...], df: float
) -> tuple[float, float]:
    from scipy.stats import chi2, f

    places = fitted.find_places(positions)
    estimates = fitted.estimates.ravel()[places]
    if np.isnan(df):
        return float("nan"), float("nan")
    inverse = np.linalg.pinv(covariance[np.ix_(places, places)], hermitian=True)
    statistic = float(estimates @ inverse @ estimates) / len(places)
    if np.isinf(df):
        return statistic, float(chi2.sf(statistic * len(places), len(places)))
    return statistic, float(f.sf(statistic, len(places), df))


def _fit_gaussian(matrix: FloatMatrix, y: FloatVector, clusters: IntVector | None) -> Fitted:
    from statsmodels.api import OLS
    from statsmodels.stats.sandwich_covariance import cov_white_simple

    result = OLS(y, matrix).fit()
    bread = np.asarray(result.normalized_cov_params)
    leverage = ((matrix @ bread) * matrix).sum(axis=1)
    scores = matrix * result.resid[:, None]
    robust = _cluster(scores, bread, clusters)
    if robust is None:
        robust = cov_white_simple((_lift(scores, leverage), bread), use_correction=False)
    return Fitted(
        estimates=np.asarray(result.params)[None],
        robust=np.asarray(robust),
        plain=np.asarray(result.cov_params()),
        log_likelihood=float(result.llf),
        df=_spread_df(bread, float(result.df_resid), clusters),
        df_residual=int(result.df_resid),
        largest=0.0,
        converged=True,
    )


def _fit_generalised(
    family: str, matrix: FloatMatrix, y: FloatVector, clusters: IntVector | None
) -> Fitted:
    from statsmodels.api import GLM, families
    from statsmodels.stats.sandwich_covariance import cov_white_simple

    model = GLM(y, matrix, family=getattr(families, family)())
    result = model.fit(maxiter=MOST_STEPS, tol=1e-10)
    mean = np.asarray(result.fittedvalues)
    # The links are canonical, so variances are weights. The optimiser's own covariance is of the
    # step before the last: exact to five digits only.
    weight = np.asarray(model.family.variance(mean))
    bread = np.asarray(np.linalg.inv(matrix.T @ (weight[:, None] * matrix)), dtype=np.float64)
    scores = matrix * (y - mean)[:, None]
    robust = _cluster(scores, bread, clusters)
    if robust is None:
        leverage = weight * ((matrix @ bread) * matrix).sum(axis=1)
        robust = cov_white_simple((_lift(scores, leverage), bread), use_correction=False)
    return Fitted(
        estimates=np.asarray(result.params)[None],
        robust=np.asarray(robust),
        plain=bread,
        log_likelihood=float(result.llf),
        df=_spread_df(bread, np.inf, clusters),
        df_residual=int(result.df_resid),
        largest=float(np.abs(matrix @ result.params).max()),
        converged=bool(result.converged),
    )


def _fit_binomial(matrix: FloatMatrix, y: FloatVector, clusters: IntVector | None) -> Fitted:
    return _fit_generalised("Binomial", matrix, y, clusters)


def _fit_poisson(matrix: FloatMatrix, y: FloatVector, clusters: IntVector | None) -> Fitted:
    fitted = _fit_generalised("Poisson", matrix, y, clusters)
    mean = np.exp(matrix @ fitted.estimates[0])
    pearson = float(((y - mean) ** 2 / mean).sum())
    return replace(fitted, dispersion=pearson / fitted.df_residual)


def _fit_multinomial(matrix: FloatMatrix, y: FloatVector, clusters: IntVector | None) -> Fitted:
    from statsmodels.api import MNLogit
    from statsmodels.stats.sandwich_covariance import cov_white_simple

    model = MNLogit(y.astype(np.int64), matrix)
    result = model.fit(method="newton", maxiter=MOST_STEPS, disp=0, warn_convergence=False)
    if not np.isfinite(result.llf):  # classes are separated, and the steps have left all bounds
        result = model.fit(method="lbfgs", maxiter=500, disp=0, warn_convergence=False)
    estimates = np.asarray(result.params)
    flat = estimates.ravel(order="F")
    bread = np.full((len(flat), len(flat)), np.nan)
    with suppress(np.linalg.LinAlgError):
        bread = np.asarray(np.linalg.inv(-model.hessian(flat)), dtype=np.float64)
    scores = model.score_obs(flat)
    robust = _cluster(scores, bread, clusters)
    if robust is None:
        robust = cov_white_simple((scores, bread), use_correction=True)
    return Fitted(
        estimates=estimates.T,
        robust=np.asarray(robust),
        plain=bread,
        log_likelihood=float(result.llf),
        df=_spread_df(bread, np.inf, clusters),
        df_residual=int(result.df_resid),
        largest=float(np.abs(matrix @ estimates).max()),
        converged=bool(result.mle_retvals["converged"]),
    )


def _lift(scores: FloatMatrix, leverage: FloatVector) -> FloatMatrix:
    """Return scores as if each row had been left out of the fit."""
    known: BoolVector = leverage < HIGHEST_LEVERAGE
    return np.asarray(scores / np.where(known, 1 - leverage, 1.0)[:, None])


def _cluster(
    scores: FloatMatrix, bread: FloatMatrix, clusters: IntVector | None
) -> FloatMatrix | None:
    if clusters is None:
        return None
    from statsmodels.stats.sandwich_covariance import cov_cluster

    return np.asarray(cov_cluster((scores, bread), clusters, use_correction=True))


def _spread_df(bread: FloatMatrix, free: float, clusters: IntVector | None) -> FloatVector:
    """Return degrees of freedom of each parameter: of free rows, or of clusters."""
    return np.full(len(bread), free if clusters is None else len(np.unique(clusters)) - 1.0)


_Fit: TypeAlias = Callable[[FloatMatrix, FloatVector, "IntVector | None"], Fitted]
FITS: Mapping[Family, _Fit] = {
    "gaussian": _fit_gaussian,
    "binomial": _fit_binomial,
    "multinomial": _fit_multinomial,
    "poisson": _fit_poisson,
}
