"""Which columns have an effect, given the others, and how large it is.

effects = measure_effects(design, response, settings)
effects.tests           # one a column: robust Wald and likelihood-ratio test, corrected
effects.coefficients    # one a number or level, with intervals
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.errors import DataError
from automl_cli.statistics.corrections import correct
from automl_cli.statistics.design import Design, Term
from automl_cli.statistics.fits import Fitted, fit_model, run_likelihood_test, run_wald_test
from automl_cli.statistics.response import Response
from automl_cli.statistics.soundness import (
    Overlap,
    drop_repeated,
    find_overlaps,
    find_separated,
)

MOST_WORK = 3e11  # multiplications of all likelihood-ratio tests: about a minute
STEPS = 8  # of a fit, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How tests are made.

    Parameters
    ----------
    correction
        See `correct`.
    level
        Of significance; intervals hold the truth in all but this share of cases.
    clusters
        The cluster of each row of the table as a code, or None.
    """

    correction: str = "holm"
    level: float = 0.05
    clusters: IntVector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectTest:
    """Whether a term has an effect.

    Parameters
    ----------
    term
        Its name.
    df
        Parameters of it that are tested together.
    p
        Of Wald's test with robust errors; NaN if classes are separated.
    p_likelihood
        Of the likelihood-ratio test; NaN with clusters, for which it is not valid, and where it
        would take too long.
    p_corrected
        `p`, or `p_likelihood` where that is NaN, corrected for the number of terms.
    reference
        The level that the others are compared with, or None.
    separated
        True if the term separates classes: its coefficients have no finite estimate.
    """

    term: str
    df: int
    p: float
    p_likelihood: float
    p_corrected: float = float("nan")
    reference: str | None = None
    separated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """The effect of a unit of a number, or of a level beside the reference.

    Parameters
    ----------
    term, parameter
        What it belongs to, and how it is shown.
    label
        The class whose odds it is about, beside the first class; empty in other families.
    estimate, error, low, high, p
        On the scale of the linear predictor, with the robust error; NaN if classes are separated.
    spread
        The standard deviation of the number, for the effect of one; None for indicators.
    """

    term: str
    parameter: str
    label: str
    estimate: float
    error: float
    low: float
    high: float
    p: float
    spread: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a model says.

    Parameters
    ----------
    n_rows, n_clusters
        That it was fitted to; no clusters: 0.
    tests, coefficients
        Of all terms, in order.
    repeated
        Parameters that were dropped, each with those that tell it.
    overlaps
        Terms that are nearly told by others.
    condition
        Condition number of the correlation matrix.
    left_out
        Columns that were not tested, with the reason.
    converged
        False if the optimiser gave up.
    """

    n_rows: int
    n_clusters: int
    tests: tuple[EffectTest, ...]
    coefficients: tuple[Coefficient, ...]
    repeated: tuple[tuple[str, tuple[str, ...]], ...]
    overlaps: tuple[Overlap, ...]
    condition: float
    left_out: tuple[tuple[str, str], ...]
    converged: bool


def measure_effects(design: Design, response: Response, settings: Settings) -> Effects:
    """Fit one model and test each of its terms given all others.

    Raises
    ------
    DataError
        If nothing is left to test, the response does not vary, or there are too few rows.
    """
    design, y, clusters = _take_known(design, response, settings)
    y, response = _drop_absent(y, response)
    design, repeated = drop_repeated(design)
    n_equations = max(1, len(response.labels) - 1)
    if not design.terms or len(y) <= n_equations * design.matrix.shape[1]:
        raise DataError(
            f"{response.name}: {len(y)} rows and {len(design.terms)} columns: nothing to test.",
            hint="Name other columns with --columns.",
        )
    fitted = _fit(design, y, response, clusters)
    separated = find_separated(design, y, response.family, fitted)
    tests = [_test_term(design, y, response, fitted, term, set(separated)) for term in design.terms]
    if clusters is not None:
        tests = [replace(test, p_likelihood=float("nan")) for test in tests]
    overlaps, condition = find_overlaps(design)
    return Effects(
        n_rows=len(y),
        n_clusters=0 if clusters is None else len(np.unique(clusters)),
        tests=tuple(correct_tests(tests, settings.correction)),
        coefficients=tuple(_list_coefficients(design, response, fitted, set(separated), settings)),
        repeated=tuple((name, tuple(sources)) for name, sources in repeated),
        overlaps=tuple(overlaps),
        condition=condition,
        left_out=design.left_out,
        converged=fitted.converged or bool(separated),
    )


def correct_tests(tests: Sequence[EffectTest], correction: str) -> list[EffectTest]:
    """Return the tests with p-values corrected for their number."""
    best = [test.p_likelihood if np.isnan(test.p) else test.p for test in tests]
    return [
        replace(test, p_corrected=p)
        for test, p in zip(tests, correct(best, correction), strict=True)
    ]


def _take_known(
    design: Design, response: Response, settings: Settings
) -> tuple[Design, FloatVector, IntVector | None]:
    """Return design, response and clusters of the rows that have them all."""
    y = response.y[design.rows]
    known = ~np.isnan(y)
    clusters = None if settings.clusters is None else settings.clusters[design.rows]
    if clusters is not None:
        known &= clusters >= 0
        clusters = np.unique(clusters[known], return_inverse=True)[1].astype(np.int64)
        if len(clusters) and clusters.max() < 2:
            raise DataError(
                f"--cluster: {clusters.max() + 1} cluster(s), which tell nothing of each other.",
                hint="Name a column with more values.",
            )
    y = y[known]
    if len(y) == 0 or (y == y[0]).all():
        raise DataError(
            f"{response.name}: it does not vary in the rows to test.", hint="Name other columns."
        )
    taken = replace(design, matrix=design.matrix[known], rows=design.rows[known])
    return taken, y, clusters


def _drop_absent(y: FloatVector, response: Response) -> tuple[FloatVector, Response]:
    """Return codes and labels of the classes that are there."""
    present = [] if not response.labels else np.unique(y).astype(int).tolist()
    if len(present) == len(response.labels):
        return y, response
    return np.searchsorted(present, y).astype(np.float64), replace(
        response,
        labels=tuple(response.labels[code] for code in present),
        family="binomial" if len(present) == 2 else response.family,
    )


def _fit(design: Design, y: FloatVector, response: Response, clusters: IntVector | None) -> Fitted:
    try:
        return fit_model(design.matrix, y, response.family, clusters)
    except (np.linalg.LinAlgError, ValueError) as error:
        raise DataError(
            f"{response.name}: the model has no finite fit ({error}); its classes are separated.",
            hint="Leave out the column that tells them: `automl audit` names it.",
        ) from error


def _test_term(
    design: Design,
    y: FloatVector,
    response: Response,
    fitted: Fitted,
    term: Term,
    separated: set[int],
) -> EffectTest:
    is_separated = bool(separated & set(term.positions))
    n_rows, n_parameters = design.matrix.shape
    work = len(design.terms) * STEPS * n_rows * float(n_parameters * len(fitted.estimates)) ** 2
    p_likelihood = float("nan")
    if response.family == "gaussian" or is_separated or work <= MOST_WORK:
        p_likelihood = run_likelihood_test(
            fitted, design.matrix, y, response.family, term.positions
        )
    return EffectTest(
        term=term.name,
        df=len(fitted.find_places(term.positions)),
        p=float("nan") if is_separated else run_wald_test(fitted, term.positions)[1],
        p_likelihood=p_likelihood,
        reference=term.reference,
        separated=is_separated,
    )


def _list_coefficients(
    design: Design, response: Response, fitted: Fitted, separated: set[int], settings: Settings
) -> list[Coefficient]:
    from scipy.stats import norm, t

    law = norm if np.isinf(fitted.df) else t(fitted.df)
    width = float(law.ppf(1 - settings.level / 2))
    errors = np.sqrt(np.diag(fitted.robust)).reshape(fitted.estimates.shape)
    labels = response.labels[1:] or ("",)
    found = []
    for term in design.terms:
        for label, estimates, own in zip(labels, fitted.estimates, errors, strict=True):
            for place in term.positions:
                parameter = design.parameters[place]
                undefined = float("nan") if place in separated else 1.0
                estimate = float(estimates[place]) / parameter.scale * undefined
                error = float(own[place]) / parameter.scale * undefined
                found.append(
                    Coefficient(
                        term=term.name,
                        parameter=parameter.name,
                        label=label,
                        estimate=estimate,
                        error=error,
                        low=estimate - width * error,
                        high=estimate + width * error,
                        p=float(2 * law.sf(abs(estimate) / error)) if error > 0 else float("nan"),
                        spread=parameter.spread,
                    )
                )
    return found
