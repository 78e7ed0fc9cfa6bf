"""Rows that repeat: within train, across train and test, and with another answer."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_cli.audit.evidence import AuditEvidence
from automl_cli.core.finding import Finding

FEW_ROWS = 0.02  # of all: more repeated rows than these may mislead a validation


def find_duplicates(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find training rows that are exact copies of another one, including the target."""
    answers = pd.util.hash_array(np.asarray(evidence.y))
    repeated = len(answers) - len(np.unique(evidence.hashes ^ answers))
    if not repeated:
        return
    share = repeated / len(answers)
    yield Finding(
        code="duplicate_rows",
        severity="warning" if share > FEW_ROWS else "note",
        message=f"{repeated:,} of {len(answers):,} training rows ({share:.1%}) are exact "
        "copies of another one, answer included.",
        advice="Models have then seen some held-out rows in training. Remove the copies if "
        "the rows to predict have none.",
    )


def find_contradictions(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find training rows that equal others except for the target."""
    order = np.argsort(evidence.hashes, kind="stable")
    hashes, answers = evidence.hashes[order], np.asarray(evidence.y)[order]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    differs = np.minimum.reduceat(answers, starts) != np.maximum.reduceat(answers, starts)
    contradicting = int(np.diff(np.append(starts, len(hashes)))[differs].sum())
    if not contradicting:
        return
    share = contradicting / len(hashes)
    yield Finding(
        code="contradicting_rows",
        severity="note",
        message=f"{contradicting:,} training rows ({share:.1%}) have equal features and different "
        f"values of {evidence.target.name!r}.",
        advice="No model can tell these rows apart. This limits the score that is possible, "
        "or a column is missing.",
    )


def find_shared_rows(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find test rows that equal training rows."""
    test_hashes = evidence.test_hashes
    if test_hashes is None:
        return
    shared = int(np.isin(test_hashes, evidence.hashes).sum())
    if shared:
        share = shared / len(test_hashes)
        yield Finding(
            code="shared_rows",
            severity="note",
            message=f"{shared:,} of {len(test_hashes):,} test rows ({share:.1%}) equal a training "
            "row.",
            advice="This is harmless if as many training rows repeat each other. If fewer "
            "do, test was made from train: look for near copies as well.",
        )
