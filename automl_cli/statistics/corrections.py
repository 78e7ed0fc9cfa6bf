"""p-values of several tests together."""

from collections.abc import Mapping, Sequence

import numpy as np

from automl_cli.core.errors import ConfigError

CORRECTIONS: Mapping[str, str | None] = {"holm": "holm", "fdr": "fdr_bh", "none": None}


def check_correction(name: str) -> None:
    """Refuse a word that is no correction.

    Raises
    ------
    ConfigError
        If it is none.
    """
    if name not in CORRECTIONS:
        raise ConfigError(
            f"--correction: {name!r} is no correction.",
            hint=f"Take one of {', '.join(CORRECTIONS)}.",
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
    from statsmodels.stats.multitest import multipletests

    values, method = np.asarray(p_values, dtype=np.float64), CORRECTIONS[correction]
    known = ~np.isnan(values)
    if method is not None and known.any():
        values = values.copy()
        values[known] = multipletests(values[known], method=method)[1]
    return [float(value) for value in values]
