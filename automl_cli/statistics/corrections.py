"""p-values of several tests together."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.core.errors import ConfigError


def check_correction(name: str) -> None:
    """Refuse a word that is no correction.

    Raises
    ------
    ConfigError
        If it is none.
    """
    if name not in CORRECTIONS:
        raise ConfigError(
            f"--correction: {name!r} is not a correction.",
            hint=f"Use one of {', '.join(CORRECTIONS)}.",
        )


def correct(p_values: Sequence[float], correction: str) -> list[float]:
    """Return p-values corrected for their number; those that are NaN stay so and do not count.

    Parameters
    ----------
    p_values
        Of the tests.
    correction
        ``holm`` keeps the chance of any false positive at the level (Holm, 1979); ``fdr`` the
        share of false ones among the positives (Benjamini and Hochberg, 1995); ``none`` nothing.

    Examples
    --------
    >>> [round(p, 3) for p in correct([0.01, 0.04, float("nan"), 0.03], "holm")]
    [0.03, 0.06, nan, 0.06]
    """
    values = np.asarray(p_values, dtype=np.float64)
    known = ~np.isnan(values)
    corrected = values.copy()
    corrected[known] = CORRECTIONS[correction](values[known])
    return [float(value) for value in corrected]


def _correct_holm(p_values: FloatVector) -> FloatVector:
    order = np.argsort(p_values)
    steps = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty_like(p_values)
    corrected[order] = np.minimum(steps, 1.0)
    return corrected


def _correct_discoveries(p_values: FloatVector) -> FloatVector:
    from scipy.stats import false_discovery_control

    if not len(p_values):
        return p_values
    return np.asarray(false_discovery_control(p_values, method="bh"), dtype=np.float64)


def _keep_p_values(p_values: FloatVector) -> FloatVector:
    return p_values


CORRECTIONS: Mapping[str, Callable[[FloatVector], FloatVector]] = {
    "holm": _correct_holm,
    "fdr": _correct_discoveries,
    "none": _keep_p_values,
}
