"""Rows that repeat: within train, across train and test, and with another answer."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.audit.evidence import Evidence
from automl_cli.core.finding import Finding

Hashes = npt.NDArray[np.uint64]
FEW_ROWS = 0.02  # of all: more repeated rows than these may mislead a validation


def find_duplicates(evidence: Evidence) -> Iterator[Finding]:
    """Find training rows that repeat another one, the answer included."""
    y = pd.Series(evidence.y, name="y")
    hashes = _hash(evidence.dataset.train) ^ pd.util.hash_pandas_object(y, index=False).to_numpy()
    repeated = int(pd.Series(hashes).duplicated().sum())
    if not repeated:
        return
    share = repeated / len(hashes)
    yield Finding(
        code="duplicate_rows",
        severity="warning" if share > FEW_ROWS else "note",
        message=f"{repeated:,} of {len(hashes):,} training rows ({share:.1%}) repeat another one, "
        "the answer included.",
        advice="A held-out row is then known from training. Remove the copies if the rows to "
        "predict have none.",
    )


def find_contradictions(evidence: Evidence) -> Iterator[Finding]:
    """Find training rows that are equal to others but for the answer."""
    answers = pd.Series(evidence.y).groupby(_hash(evidence.dataset.train))
    n_answers = answers.transform("nunique").to_numpy()
    contradicting = int((n_answers > 1).sum())
    if not contradicting:
        return
    share = contradicting / len(n_answers)
    yield Finding(
        code="contradicting_rows",
        severity="note",
        message=f"{contradicting:,} training rows ({share:.1%}) have equal features and different "
        f"values of {evidence.target.name!r}.",
        advice="No model can tell these apart: a bound of what is possible, or a column that is "
        "missing.",
    )


def find_shared_rows(evidence: Evidence) -> Iterator[Finding]:
    """Find test rows that training rows are equal to."""
    test = evidence.dataset.test
    if test is None:
        return
    known, asked = _hash(evidence.dataset.train), _hash(test)
    shared = int(np.isin(asked, known).sum())
    if shared:
        share = shared / len(asked)
        yield Finding(
            code="shared_rows",
            severity="note",
            message=f"{shared:,} of {len(asked):,} test rows ({share:.1%}) equal a training row.",
            advice="If so many rows of train repeat each other, all is well; if fewer do, test "
            "was made from train, and near copies are worth looking for.",
        )


def _hash(frame: pd.DataFrame) -> Hashes:
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)
