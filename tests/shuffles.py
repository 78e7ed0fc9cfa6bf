"""Scores of models of noise: what a test needs to find out whether features leak the target."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from automl_cli.core.arrays import Float32Matrix, IntVector
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits import SplitOptions, make_fold_plan

N_ROWS, N_SHUFFLES = 1500, 14

# (target, plan, fold number) -> features of the training rows and of the held-out rows
MakeFeatures: TypeAlias = Callable[[IntVector, FoldPlan, int], tuple[Float32Matrix, Float32Matrix]]
Model: TypeAlias = LogisticRegression | DecisionTreeClassifier
LINEAR = LogisticRegression(solver="newton-cholesky")  # the fastest for a few columns
TREE = DecisionTreeClassifier(max_depth=4, random_state=0)


def is_free_of_leaks(
    make_features: MakeFeatures, model: Model, splitter: str = "stratified"
) -> bool:
    scores = [score_shuffle(make_features, model, splitter, seed) for seed in range(N_SHUFFLES)]
    error = np.std(scores, ddof=1) / np.sqrt(N_SHUFFLES)
    return bool(abs(np.mean(scores) - 0.5) < 3 * error)


def score_shuffle(make_features: MakeFeatures, model: Model, splitter: str, seed: int) -> float:
    """Return the mean AUC by fold of a model of noise."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(N_ROWS) % 10 < 3).astype(np.int64)
    extra = {"t": pd.Series(rng.permutation(N_ROWS)), "g": pd.Series(rng.integers(0, 99, N_ROWS))}
    options = SplitOptions(splitter=splitter, group="g", time="t", gap=50, seed=seed)
    plan = make_fold_plan(options, y, "binary", extra)
    scores = []
    for number, fold in enumerate(plan):
        train, held_out = make_features(y, plan, number)
        prediction = model.fit(train, y[fold.train]).predict_proba(held_out)[:, 1]
        scores.append(roc_auc_score(y[fold.held_out], prediction))
    return float(np.mean(scores))
