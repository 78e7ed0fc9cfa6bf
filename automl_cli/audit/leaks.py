"""Columns, gaps and the order of the rows that tell the target.

What tells it as good as alone was most likely written down after the answer was known.
"""

from collections.abc import Iterator

import numpy as np

from automl_cli.audit.evidence import (
    AuditEvidence,
    encode_column,
    join_some_names,
    make_drop,
    measure_effect,
)
from automl_cli.core.arrays import CodeVector, FloatVector
from automl_cli.core.finding import Finding

TOO_GOOD = 0.98  # of the target's variance
WORTH_A_WORD = 0.01
CHANCE = 1e-6  # an effect that chance brings about less often than this
MOST_STRETCHES = 50  # of rows in order
ROWS_A_STRETCH = 20


def find_leaks(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns that alone predict the target almost perfectly."""
    frame = evidence.dataset.train.iloc[evidence.rows]
    for column in evidence.columns("numeric", "categorical", "datetime"):
        codes = encode_column(frame[column.name])
        share = measure_effect(codes, evidence.outputs, evidence.parts)
        if share >= TOO_GOOD:
            yield Finding(
                code="leaking_column",
                severity="error",
                message=(
                    f"{column.name!r} alone explains {share:.1%} of {evidence.target.name!r}."
                ),
                advice="Is its value known before the answer is? If not, drop it.",
                columns=(column.name,),
                fix=make_drop([column.name]),
            )


def find_telling_order(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find ids, and an order of the rows, that predict the target."""
    numbers = evidence.id_numbers
    if numbers is not None and np.isfinite(numbers).all() and _is_telling(evidence, numbers):
        what = "the id"
    elif _is_telling(evidence, np.arange(evidence.dataset.n_rows, dtype=np.float64)):
        what = "the position of a row in the file"
    else:
        return
    yield Finding(
        code="telling_order",
        severity="warning",
        message=(
            f"{what} is related to {evidence.target.name!r}: the target changes along the rows."
        ),
        advice="If the rows are sorted by time or by source, validate by that column "
        "(`validation.time`, `validation.group`): scores from random folds would be "
        "too optimistic.",
    )


def find_telling_gaps(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns whose missing values predict the target."""
    frame = evidence.dataset.train.iloc[evidence.rows]
    found = []
    for column in evidence.dataset.schema.columns:
        missing = frame[column.name].isna().to_numpy().astype(np.int32)
        if 0 < missing.sum() < len(missing) and _is_effect(missing, evidence):
            found.append(column.name)
    if found:
        yield Finding(
            code="telling_gaps",
            severity="note",
            message=f"missing values are related to {evidence.target.name!r}: "
            f"{join_some_names(found)}.",
            advice="Models see missing values already; `features.groups.missing: {}` adds "
            "columns that count and mark them.",
            columns=tuple(found),
        )


def _is_telling(evidence: AuditEvidence, numbers: FloatVector) -> bool:
    """Return whether stretches of rows in this order differ in the target."""
    order = np.argsort(np.argsort(numbers[evidence.rows], kind="stable"))
    n_stretches = min(MOST_STRETCHES, len(order) // ROWS_A_STRETCH)
    if n_stretches < 2:
        return False
    return _is_effect((order * n_stretches // len(order)).astype(np.int32), evidence)


def _is_effect(codes: CodeVector, evidence: AuditEvidence) -> bool:
    """Return whether the target differs between codes, by more than chance and worth a word.

    One-way analysis of variance of each output; the smallest p-value counts as often as there are
    outputs.
    """
    from scipy.stats import f as f_distribution

    counts = np.bincount(codes)
    n_rows, n_codes = len(codes), int((counts > 0).sum())
    if n_codes < 2 or n_rows <= n_codes:
        return False
    shares = []
    for output in evidence.outputs:
        centred = output - output.mean()
        sums = np.bincount(codes, weights=centred)[counts > 0]
        total = float((centred**2).sum())
        shares.append(float((sums**2 / counts[counts > 0]).sum()) / total if total else 0.0)
    share = max(shares)
    if share >= 1:
        return True
    ratio = share / (1 - share) * (n_rows - n_codes) / (n_codes - 1)
    chance = len(shares) * float(f_distribution.sf(ratio, n_codes - 1, n_rows - n_codes))
    return chance < CHANCE and share >= WORTH_A_WORD
