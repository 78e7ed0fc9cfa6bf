"""Names that others have for our metrics, where both are surely the same.

They are spelled in several ways, so they are kept without blanks and signs. Left out is what may be
several things, such as an F-score, which is one of a class, of rows or of all classes.
"""

from collections.abc import Mapping


def normalise_name(name: str) -> str:
    """Return a name without blanks and signs, in lower case.

    Examples
    --------
    >>> normalise_name("Quadratic Weighted-Kappa")
    'quadraticweightedkappa'
    """
    return "".join(letter for letter in name.casefold() if letter.isalnum())


METRIC_NAMES: Mapping[str, str] = {
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
