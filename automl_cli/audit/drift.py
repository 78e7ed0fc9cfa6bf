"""Columns whose values differ between train and test."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_cli.audit.evidence import (
    MOST_ROWS,
    N_PARTS,
    AuditEvidence,
    encode_column,
    measure_effect,
)
from automl_cli.core.arrays import BoolVector
from automl_cli.core.finding import Finding
from automl_cli.core.resampling import make_parts, thin_rows

WORTH_A_WORD = 0.05  # of the variance of "is a test row"
MUCH = 0.3


def find_drift(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns that alone can tell test rows from training rows."""
    for name, share in rank_drift(evidence):
        if share >= WORTH_A_WORD:
            yield Finding(
                code="drifting_column",
                severity="warning" if share >= MUCH else "note",
                message=f"{name!r} differs between train and test: its values alone "
                f"explain {share:.0%} of the difference.",
                advice="It may be a date, a counter or an id. What models learn from its values "
                "does not carry over to test: drop the column, or validate in its order.",
                columns=(name,),
            )


def rank_drift(evidence: AuditEvidence) -> list[tuple[str, float]]:
    """Return the columns and how much each tells about which table a row is from, most first.

    Nothing without a test table.
    """
    test = evidence.dataset.test
    if test is None:
        return []
    frame, is_test = join_tables(evidence.dataset.train, test)
    outputs, parts = is_test[None].astype(np.float64), make_parts(len(frame), N_PARTS, 0)
    found = [
        (column.name, measure_effect(encode_column(frame[column.name]), outputs, parts))
        for column in evidence.columns("numeric", "categorical", "datetime")
    ]
    return sorted(found, key=lambda pair: -pair[1])


def join_tables(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, BoolVector]:
    """Return equally many rows of two tables, and which of them are of the second."""
    n_rows = min(MOST_ROWS // 2, len(first), len(second))
    chosen = [
        table.iloc[thin_rows(np.arange(len(table)), n_rows, seed=0)] for table in (first, second)
    ]
    return pd.concat(chosen, ignore_index=True), np.repeat([False, True], n_rows)
