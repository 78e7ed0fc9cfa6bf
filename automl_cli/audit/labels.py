"""The target itself: classes too rare to divide, far values, skew."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from automl_cli.audit.evidence import AuditEvidence, join_some_names
from automl_cli.core.finding import Finding
from automl_cli.features.finite import measure_skewness

FAR = 10.0  # robust standard deviations from the median
NORMAL_SPREAD = 1.4826  # standard deviations of a normal distribution in its median deviation
SKEWED = 2.0


def find_rare_classes(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find classes with fewer rows than there are folds."""
    if evidence.target.task == "regression":
        return
    counts = Counter(evidence.y.tolist())
    rare = [
        f"{label!r} ({counts[code]})"
        for code, label in enumerate(evidence.target.labels)
        if counts[code] < evidence.n_folds
    ]
    if rare:
        yield Finding(
            code="rare_classes",
            severity="warning",
            message=f"classes with fewer rows than there are folds ({evidence.n_folds}): "
            f"{join_some_names(rare)}.",
            advice="Some folds have no row of these classes to score or to train on: use "
            "fewer folds, or merge classes if the metric allows it.",
            fix={"validation.folds": rarest} if (rarest := min(counts.values())) > 1 else {},
        )


def find_outliers(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find values of the target that are far from all others."""
    if evidence.target.task != "regression":
        return
    y = np.asarray(evidence.y, dtype=np.float64)
    middle = float(np.median(y))
    spread = NORMAL_SPREAD * float(np.median(np.abs(y - middle)))
    far = np.abs(y - middle) > FAR * spread
    if spread > 0 and far.any():
        largest = y[np.abs(y - middle).argmax()]
        yield Finding(
            code="target_outliers",
            severity="warning",
            message=f"{int(far.sum()):,} values of {evidence.target.name!r} are more than {FAR:g} "
            f"robust deviations from the median {middle:g}, such as {largest:g}.",
            advice="They dominate squared errors. Are they correct? If not, remove the rows.",
        )


def find_skew(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find a target with a long tail of large values."""
    if evidence.target.task != "regression":
        return
    y = np.asarray(evidence.y, dtype=np.float64)
    skewness = measure_skewness(y)
    if y.min() >= 0 and skewness > SKEWED:
        yield Finding(
            code="skewed_target",
            severity="note",
            message=f"{evidence.target.name!r} has a skewness of {skewness:.1f}; its "
            f"logarithm has {measure_skewness(np.log1p(y)):.1f}.",
            advice="If the competition scores relative errors, set `--metric rmsle` or "
            "`--metric mape`.",
        )
