"""Coefficients with robust errors and intervals, in the units of the table."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from automl_cli.statistics.design import Design
from automl_cli.statistics.fits import Fitted
from automl_cli.statistics.soundness import Separation


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
    df
        Degrees of freedom of its error: with clusters about one less than tell it; infinite for a
        normal law, NaN if they are too few.
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
    df: float
    spread: float | None


def list_coefficients(
    design: Design,
    fitted: Fitted,
    labels: tuple[str, ...],
    separation: Separation,
    level: float,
) -> Iterator[Coefficient]:
    """Return the coefficients of all terms, in order; `labels` has the class of each equation."""
    from scipy.stats import t

    degrees = fitted.df.reshape(fitted.estimates.shape)
    widths = np.asarray(t.ppf(1 - level / 2, degrees))  # of infinite degrees the normal law's
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(fitted.robust)).reshape(fitted.estimates.shape)
    nan = float("nan")
    for term in design.terms:
        for equation, (label, estimates, own) in enumerate(
            zip(labels, fitted.estimates, errors, strict=True)
        ):
            for place in term.positions:
                parameter = design.parameters[place]
                is_finite = not separation.is_total and place not in separation.parameters
                estimate = float(estimates[place]) / parameter.scale if is_finite else nan
                error = float(own[place]) / parameter.scale if is_finite else nan
                width, df = float(widths[equation, place]), float(degrees[equation, place])
                yield Coefficient(
                    term=term.name,
                    parameter=parameter.name,
                    label=label,
                    estimate=estimate,
                    error=error,
                    low=estimate - width * error,
                    high=estimate + width * error,
                    p=float(2 * t.sf(abs(estimate) / error, df)) if error > 0 else nan,
                    df=df,
                    spread=parameter.spread,
                )
