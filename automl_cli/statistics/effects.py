"""Which columns have an effect, given the others, and how large it is.

effects = measure_effects(design, response, settings)
effects.tests           # one a column: robust Wald and likelihood-ratio test, corrected
effects.coefficients    # one a number or level, with intervals
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.counts import format_count
from automl_cli.core.errors import DataError
from automl_cli.statistics.clusters import LEAST_CLUSTERS, allow_for_few
from automl_cli.statistics.coefficients import Coefficient, list_coefficients
from automl_cli.statistics.corrections import correct
from automl_cli.statistics.design import Design, PooledLevels, Term
from automl_cli.statistics.fits import Fitted, fit_model, run_likelihood_test, run_wald_test
from automl_cli.statistics.response import Response
from automl_cli.statistics.soundness import (
    Overlap,
    Separation,
    drop_repeated,
    find_overlaps,
    find_separation,
)

MOST_WORK = 3e10  # multiplications of all likelihood-ratio tests: some ten seconds
MOST_DISPERSION = 1.2  # of counts, beyond which their likelihood is not that of Poisson's law
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
        Of Wald's test with robust errors; NaN if classes are separated or clusters too few.
    p_likelihood
        Of the likelihood-ratio test; NaN with clusters and for counts that vary more than Poisson's
        law allows, for which it is not valid, and where it would take too long.
    p_corrected
        `p`, or `p_likelihood` where that is NaN, corrected for the number of terms.
    reference
        The level that the others are compared with, or None.
    separated
        True if the term separates classes: its coefficients have no finite estimate.
    within
        The interactions that the term is a part of: its effect is that where the other part is 0,
        or at its reference level.
    """

    term: str
    df: int
    p: float
    p_likelihood: float
    p_corrected: float = float("nan")
    reference: str | None = None
    separated: bool = False
    within: tuple[str, ...] = ()


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
    pools
        Levels that count as one.
    dispersion
        See `Fitted`.
    void
        True if classes are separated so that no coefficient has a finite estimate.
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
    void: bool
    converged: bool
    pools: tuple[PooledLevels, ...] = ()
    dispersion: float = 1.0


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
    separation = find_separation(design, y, response.family, fitted)
    tests = [_test_term(design, y, response, fitted, term, separation) for term in design.terms]
    if clusters is not None:
        tests = [replace(test, p_likelihood=float("nan")) for test in tests]
    labels = response.labels[1:] or ("",)
    overlaps, condition = find_overlaps(design)
    return Effects(
        n_rows=len(y),
        n_clusters=0 if clusters is None else len(np.unique(clusters)),
        tests=tuple(correct_tests(tests, settings.correction)),
        coefficients=tuple(list_coefficients(design, fitted, labels, separation, settings.level)),
        repeated=tuple((name, tuple(sources)) for name, sources in repeated),
        overlaps=tuple(overlaps),
        condition=condition,
        left_out=design.left_out,
        void=separation.is_total,
        converged=fitted.converged or separation != Separation(),
        pools=design.pools,
        dispersion=fitted.dispersion,
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
        if len(clusters) and clusters.max() + 1 < LEAST_CLUSTERS:
            raise DataError(
                f"--cluster: {format_count(int(clusters.max()) + 1, 'cluster')}, expected at least "
                f"{LEAST_CLUSTERS}.",
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
        fitted = fit_model(design.matrix, y, response.family, clusters)
    except (np.linalg.LinAlgError, ValueError) as error:
        raise DataError(
            f"{response.name}: the model has no finite fit ({error}); its classes are separated.",
            hint="Leave out the column that separates them; `automl audit` names it.",
        ) from error
    return fitted if clusters is None else allow_for_few(fitted, design.matrix, clusters)


def _test_term(
    design: Design,
    y: FloatVector,
    response: Response,
    fitted: Fitted,
    term: Term,
    separation: Separation,
) -> EffectTest:
    is_separated = bool(separation.parameters & set(term.positions))
    is_void = is_separated or separation.is_total
    n_rows, n_parameters = design.matrix.shape
    work = len(design.terms) * STEPS * n_rows * float(n_parameters * len(fitted.estimates)) ** 2
    p_likelihood = float("nan")
    is_wanted = response.family == "gaussian" or is_void or work <= MOST_WORK
    if is_wanted and fitted.dispersion <= MOST_DISPERSION:
        with suppress(np.linalg.LinAlgError):  # the others alone may separate classes as well
            p_likelihood = run_likelihood_test(
                fitted, design.matrix, y, response.family, term.positions
            )
    return EffectTest(
        term=term.name,
        df=len(fitted.find_places(term.positions)),
        p=float("nan") if is_void else run_wald_test(fitted, term.positions)[1],
        p_likelihood=p_likelihood,
        reference=term.reference,
        separated=is_separated,
        within=tuple(one.name for one in design.terms if one.name in term.within),
    )
