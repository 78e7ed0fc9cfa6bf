"""Adversarial validation: whether a model can tell the rows of test from those of train.

If it can, rows dealt at random do not stand for the rows to predict. The idea is older than its
name; see Bickel, Brückner and Scheffer, "Discriminative learning under covariate shift", JMLR 2009.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from automl_cli.audit.drift import join_tables, rank_drift
from automl_cli.audit.evidence import N_PARTS, AuditEvidence, encode_column, join_some_names
from automl_cli.core.dataset import Column
from automl_cli.core.finding import Finding

LEAST_AUC = 0.6  # area under the curve
EASILY = 0.8
N_LEADING = 3  # columns named
LEAST_ROWS = 100  # of each table: below it a model tells by chance


def find_adversarial_drift(evidence: AuditEvidence) -> Iterator[Finding]:
    """Test by cross-validation whether a model can tell test rows from training rows."""
    test = evidence.dataset.test
    if test is None or min(len(test), evidence.dataset.n_rows) < LEAST_ROWS:
        return
    auc = measure_separation(evidence.dataset.train, test, evidence.dataset.schema.columns)
    if auc < LEAST_AUC:
        return
    leading = [name for name, _ in rank_drift(evidence)[:N_LEADING]]
    yield Finding(
        code="separable_test",
        severity="warning" if auc >= EASILY else "note",
        message=f"a model tells test rows from training rows with an AUC of {auc:.2f}; "
        f"{join_some_names(leading)} differ most.",
        advice="Scores from random folds are then too optimistic. Validate the way test was "
        "split off (`validation.time`, `validation.group`), or drop the columns that "
        "drift.",
        columns=tuple(leading),
    )


def measure_separation(
    first: pd.DataFrame, second: pd.DataFrame, columns: Sequence[Column]
) -> float:
    """Return the cross-validated area under the curve of a model that tells two tables apart.

    Parameters
    ----------
    first, second
        Feature columns; at most `MOST_ROWS` of their rows are looked at, equally many of each.
    columns
        Their roles; texts are left out.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    frame, is_second = join_tables(first, second)
    names = [column.name for column in columns if column.role != "text"]
    if not names:
        return 0.5
    # Codes of bins and labels: an order for numbers, and what a label's order says is little.
    matrix = np.column_stack([encode_column(frame[name]) for name in names])
    model = HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=15, random_state=0)
    folds = StratifiedKFold(N_PARTS, shuffle=True, random_state=0)
    with threadpool_limits(1):  # on a busy machine threads wait for each other most of the time
        predicted = cross_val_predict(
            model, matrix.astype(np.float32), is_second, cv=folds, method="predict_proba"
        )
    return float(roc_auc_score(is_second, predicted[:, 1]))
