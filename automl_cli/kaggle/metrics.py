"""Kaggle's names of metrics and ours, where both are surely the same."""

import re
from collections.abc import Mapping


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
    squeezed = "".join(char for char in name.casefold() if char.isalnum())
    depth = re.fullmatch(r"(?:map|meanaverageprecision)(?:at)?([1-9]\d*)", squeezed)
    return f"map_at_{depth[1]}" if depth else _NAMES.get(squeezed)


# Names without blanks and signs: they are spelled in several ways. Left out is what may be several
# things, such as an F-score, which is one of a class, of rows or of all classes.
_NAMES: Mapping[str, str] = {
    "areaunderreceiveroperatingcharacteristiccurve": "roc_auc",
    "areaunderthereceiveroperatingcharacteristiccurve": "roc_auc",
    "areaundertheroccurve": "roc_auc",
    "auc": "roc_auc",
    "aucroc": "roc_auc",
    "rocauc": "roc_auc",
    "rocaucscore": "roc_auc",
    "normalizedgini": "gini",
    "normalizedginiindex": "gini",
    "averageprecisionscore": "average_precision",
    "logloss": "log_loss",
    "multiclassloss": "log_loss",
    "multiclasslogloss": "log_loss",
    "multiclasslogarithmicloss": "log_loss",
    "brierscore": "brier",
    "brierscoreloss": "brier",
    "accuracy": "accuracy",
    "accuracyscore": "accuracy",
    "categorizationaccuracy": "accuracy",
    "balancedaccuracy": "balanced_accuracy",
    "balancedaccuracyscore": "balanced_accuracy",
    "f1macro": "f1_macro",
    "macrof1": "f1_macro",
    "macrof1score": "f1_macro",
    "macrofscore": "f1_macro",
    "matthewscorrelationcoefficient": "mcc",
    "mcc": "mcc",
    "quadraticweightedkappa": "qwk",
    "rmse": "rmse",
    "rootmeansquarederror": "rmse",
    "rootmeansquareerror": "rmse",
    "mse": "mse",
    "meansquarederror": "mse",
    "rmsle": "rmsle",
    "rootmeansquaredlogarithmicerror": "rmsle",
    "rootmeansquaredlogerror": "rmsle",
    "mae": "mae",
    "meanabsoluteerror": "mae",
    "medianabsoluteerror": "medae",
    "mape": "mape",
    "meanabsolutepercentageerror": "mape",
    "smape": "smape",
    "symmetricmeanabsolutepercentageerror": "smape",
    "r2": "r2",
    "r2score": "r2",
    "rsquared": "r2",
    "pearsoncorrelationcoefficient": "pearson",
    "spearmancorrelationcoefficient": "spearman",
    "mcrmse": "mcrmse",
    "meancolumnwiserootmeansquarederror": "mcrmse",
}
