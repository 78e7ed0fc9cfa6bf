"""What other tools call the things that a config names, so that a hint can lead to ours.

These are hints and no synonyms: a config says each thing in one way. Names are kept without blanks
and signs, see `normalise_name`.
"""

import re
from collections.abc import Mapping

from automl_cli.core.metric_names import METRIC_NAMES, normalise_name


def find_metric(name: str) -> str | None:
    """Return our name of the metric that is likely meant, or None.

    Examples
    --------
    >>> find_metric("neg_root_mean_squared_error"), find_metric("acc"), find_metric("MAP@5")
    ('rmse', 'accuracy', 'map_at_5')
    """
    squeezed = normalise_name(name).removeprefix("negative").removeprefix("neg")
    depth = re.fullmatch(r"map(?:at)?([1-9]\d*)", squeezed)
    if depth:
        return f"map_at_{depth[1]}"
    return METRIC_NAMES.get(squeezed) or METRICS.get(squeezed)


def find_key(name: str) -> str | None:
    """Return the dotted key of a config that is likely meant, or None.

    Examples
    --------
    >>> find_key("n_splits"), find_key("time-limit")
    ('validation.folds', 'budget')
    """
    return KEYS.get(normalise_name(name))


def find_entry(kind: str, name: str) -> str | None:
    """Return our name of the model or splitter that is likely meant, or None.

    Examples
    --------
    >>> find_entry("models", "LGBMClassifier"), find_entry("splitters", "GroupKFold")
    ('lightgbm', 'group')
    """
    plain = normalise_name(name).removesuffix("classifier").removesuffix("regressor")
    return {"models": MODELS, "splitters": SPLITTERS}.get(kind, {}).get(plain)


METRICS: Mapping[str, str] = {
    "acc": "accuracy",
    "error": "accuracy",
    "errorrate": "accuracy",
    "merror": "accuracy",
    "bac": "balanced_accuracy",
    "bacc": "balanced_accuracy",
    "balancedacc": "balanced_accuracy",
    "areaunderthecurve": "roc_auc",
    "areaundercurve": "roc_auc",
    "aucmacro": "roc_auc",
    "auroc": "roc_auc",
    "rocaucmacro": "roc_auc",
    "rocaucovo": "roc_auc",
    "rocaucovomacro": "roc_auc",
    "rocaucovoweighted": "roc_auc",
    "rocaucovr": "roc_auc",
    "rocaucovrmacro": "roc_auc",
    "rocaucovrweighted": "roc_auc",
    "ginicoefficient": "gini",
    "normalizedginicoefficient": "gini",
    "ap": "average_precision",
    "aucpr": "average_precision",
    "auprc": "average_precision",
    "averageprecision": "average_precision",
    "prauc": "average_precision",
    "bce": "log_loss",
    "binarycrossentropy": "log_loss",
    "binarylogloss": "log_loss",
    "categoricalcrossentropy": "log_loss",
    "crossentropy": "log_loss",
    "loglikelihood": "log_loss",
    "mlogloss": "log_loss",
    "multilogloss": "log_loss",
    "nll": "log_loss",
    "brierloss": "brier",
    "f1binary": "f1",
    "f1score": "f1",
    "fmeasure": "f1",
    "fscore": "f1",
    "f1scoremacro": "f1_macro",
    "f1scoremicro": "f1_micro",
    "microf1": "f1_micro",
    "matthews": "mcc",
    "matthewscorrcoef": "mcc",
    "phicoefficient": "mcc",
    "cohenkappa": "qwk",
    "cohenkappascore": "qwk",
    "kappa": "qwk",
    "quadratickappa": "qwk",
    "quadraticcohenkappa": "qwk",
    "weightedkappa": "qwk",
    "l2root": "rmse",
    "rootmse": "rmse",
    "l2": "mse",
    "rmsloge": "rmsle",
    "rootmeansquaredlogerr": "rmsle",
    "l1": "mae",
    "mad": "mae",
    "meanabsdeviation": "mae",
    "medianae": "medae",
    "symmetricmape": "smape",
    "coefficientofdetermination": "r2",
    "rsq": "r2",
    "corr": "pearson",
    "correlation": "pearson",
    "pearsoncorr": "pearson",
    "pearsoncorrelation": "pearson",
    "pearsonr": "pearson",
    "rankcorrelation": "spearman",
    "spearmancorr": "spearman",
    "spearmancorrelation": "spearman",
    "spearmanr": "spearman",
    "spearmanrho": "spearman",
}
MODELS: Mapping[str, str] = {
    "gbm": "lightgbm",
    "lgb": "lightgbm",
    "lgbm": "lightgbm",
    "cat": "catboost",
    "cb": "catboost",
    "xgb": "xgboost",
    "et": "extra_trees",
    "extratrees": "extra_trees",
    "forest": "extra_trees",
    "randomforest": "extra_trees",
    "rf": "extra_trees",
    "xt": "extra_trees",
    "elasticnet": "linear",
    "lasso": "linear",
    "linearmodel": "linear",
    "linearregression": "linear",
    "logisticregression": "linear",
    "lr": "linear",
    "ridge": "linear",
    "gaussianprocess": "kernel",
    "gp": "kernel",
    "kernelridge": "kernel",
    "krr": "kernel",
    "svm": "kernel",
    "kneighbors": "neighbours",
    "knn": "neighbours",
    "neighbors": "neighbours",
    "fastai": "mlp",
    "neuralnetwork": "mlp",
    "nn": "mlp",
    "nntorch": "mlp",
}
SPLITTERS: Mapping[str, str] = {
    "cv": "kfold",
    "kf": "kfold",
    "shuffle": "kfold",
    "skf": "stratified",
    "stratifiedkfold": "stratified",
    "gkf": "group",
    "grouped": "group",
    "groupkfold": "group",
    "sgkf": "stratified_group",
    "stratifiedgroupkfold": "stratified_group",
    "forward": "time",
    "purgedtimeseriessplit": "time",
    "timeseries": "time",
    "timeseriessplit": "time",
    "given": "column",
    "predefinedsplit": "column",
}
KEYS: Mapping[str, str] = {
    "base": "extends",
    "inherits": "extends",
    "preset": "extends",
    "presets": "extends",
    "evalmetric": "metric",
    "evaluationmetric": "metric",
    "scoring": "metric",
    "sortmetric": "metric",
    "maxruntimesecs": "budget",
    "maxtime": "budget",
    "timebudget": "budget",
    "timelimit": "budget",
    "timeout": "budget",
    "randomseed": "seed",
    "randomstate": "seed",
    "label": "data.target",
    "targetcol": "data.target",
    "targetcolumn": "data.target",
    "idcol": "data.id",
    "idcolumn": "data.id",
    "problemtype": "data.task",
    "tasktype": "data.task",
    "dropcolumns": "data.drop",
    "exclude": "data.drop",
    "ignore": "data.drop",
    "ignoredcolumns": "data.drop",
    "ignorefeatures": "data.drop",
    "missingvalues": "data.missing",
    "navalues": "data.missing",
    "columntypes": "data.roles",
    "dtypes": "data.roles",
    "featuretypes": "data.roles",
    "cv": "validation.folds",
    "kfold": "validation.folds",
    "kfolds": "validation.folds",
    "nfolds": "validation.folds",
    "nsplits": "validation.folds",
    "numbagfolds": "validation.folds",
    "holdoutfrac": "validation.holdout",
    "testsize": "validation.holdout",
    "nrepeats": "validation.repeats",
    "numbagsets": "validation.repeats",
    "groupcol": "validation.group",
    "groupcolumn": "validation.group",
    "datecolumn": "validation.time",
    "timecol": "validation.time",
    "timecolumn": "validation.time",
    "timestampcolumn": "validation.time",
    "foldcol": "validation.column",
    "foldcolumn": "validation.column",
    "algorithms": "models",
    "estimatorlist": "models",
    "estimators": "models",
    "hyperparameters": "models",
    "maxevals": "search.trials",
    "ntrials": "search.trials",
    "numtrials": "search.trials",
    "ensemblesize": "ensemble.max_members",
    "maxmemory": "limits.memory",
    "memorylimit": "limits.memory",
    "maxmodels": "limits.candidates",
    "nestimators": "limits.rounds",
    "numboostround": "limits.rounds",
    "earlystopping": "limits.patience",
    "earlystoppingrounds": "limits.patience",
    "njobs": "run.workers",
    "numworkers": "run.workers",
    "nthreads": "run.threads",
    "outputdir": "run.folder",
    "outputfolder": "run.folder",
}
