"""Kaggle's names of metrics and ours, where both are surely the same."""

import re

from automl_cli.core.metric_names import METRIC_NAMES, normalise_name


def match_metric(name: str) -> str | None:
    """Return our name of a metric that Kaggle calls `name`, or None where it is not certain.

    Examples
    --------
    >>> match_metric("Root Mean Squared Logarithmic Error")
    'rmsle'
    >>> match_metric("MAP@5")
    'map_at_5'
    >>> match_metric("MAP@{K}") is None  # any depth
    True
    """
    squeezed = normalise_name(name)
    depth = re.fullmatch(r"(?:map|meanaverageprecision)(?:at)?([1-9]\d*)", squeezed)
    return f"map_at_{depth[1]}" if depth else METRIC_NAMES.get(squeezed)
