"""What is known of the columns of a run: how much they matter, how surely, and which way."""

from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import FloatCube, FloatMatrix, FloatVector, IntVector


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """What the blend loses without the information in a column, or in several together.

    Parameters
    ----------
    name
        The column, or the names of the cluster's columns.
    columns
        The source columns that were permuted together.
    cluster
        Number of the cluster of correlated columns that it belongs to, from 1.
    importance
        Mean increase of the loss of a held-out row.
    low, high
        Its interval of 95 %, with the corrected variance.
    p
        One-sided: the probability of such an importance if the column has no information.
    q
        The lowest rate of false discoveries at which it counts as found; it rests on the
        variance of the interval, which is larger than that of p.
    found
        True if q is at most the rate and p below the probe's; the probe's own must be below .001.
    is_probe
        True for the noise that was made up: what I ate for lunch.
    """

    name: str
    columns: tuple[str, ...]
    cluster: int
    importance: float
    low: float
    high: float
    p: float
    q: float
    found: bool
    is_probe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What one model loses when it is fitted again without a column.

    Parameters
    ----------
    column
        The source column.
    increase
        Mean increase of the loss of a held-out row; about 0 if other columns replace it.
    low, high, p, q
        As in `Importance`.
    """

    column: str
    increase: float
    low: float
    high: float
    p: float
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """SHAP values of held-out rows on the margin scale, summed over the columns made of a source.

    Parameters
    ----------
    rows
        Row numbers of the training table, shape (rows,).
    columns
        The source columns.
    shap
        Shape (rows, n_outputs, columns): added to `base` they give `margins`.
    base
        Shape (rows, n_outputs): what the models answer before they look at a column.
    margins
        Shape (rows, n_outputs): log-odds, logits or values.
    share
        The part of the blend's weight that they explain.
    members
        Keys of the candidates that they explain.
    shared
        The part of the absolute values that came from columns made of several sources, each of
        which got an equal share.
    """

    rows: IntVector
    columns: tuple[str, ...]
    shap: FloatCube
    base: FloatMatrix
    margins: FloatMatrix
    share: float
    members: tuple[str, ...]
    shared: float

    def mean_sizes(self) -> FloatVector:
        """Return the mean absolute value of each column over rows and outputs."""
        return np.asarray(np.abs(self.shap).mean(axis=(0, 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that `automl explain` found out about one target.

    Parameters
    ----------
    target
        Its name.
    blend
        Key of the ensemble that was explained.
    loss, base_loss
        The loss of a row that importance is measured by, and its mean without any permutation.
    n_rows, n_repeats
        Held-out rows that were permuted, and how often.
    share
        The part of the blend's weight that was predicted again.
    rate
        The accepted false discovery rate.
    columns
        The source columns and the probe, most important first.
    clusters
        Clusters of two and more columns, most important first.
    probed
        Key of the candidate that was fitted again with the probe.
    dropped
        Refits without a column, if they were asked for.
    contributions
        SHAP values, None if no member of the blend has them.
    """

    target: str
    blend: str
    loss: str
    base_loss: float
    n_rows: int
    n_repeats: int
    share: float
    rate: float
    columns: tuple[Importance, ...]
    clusters: tuple[Importance, ...]
    probed: str
    dropped: tuple[Dropped, ...]
    contributions: Contributions | None

    @property
    def probe(self) -> Importance:
        """The probe."""
        return next(one for one in self.columns if one.is_probe)
