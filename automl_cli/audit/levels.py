"""Labels of test that train does not know."""

from collections.abc import Iterator

import numpy as np

from automl_cli.audit.evidence import AuditEvidence
from automl_cli.core.finding import Finding

WORTH_A_WORD = 0.01  # of the test rows
MANY = 0.2


def find_unseen_levels(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find categories with labels that occur in test rows but in no training row."""
    test = evidence.dataset.test
    if test is None:
        return
    for column in evidence.columns("categorical"):
        known = np.unique(evidence.dataset.train[column.name].cat.codes)
        share = float((~np.isin(test[column.name].cat.codes, known)).mean())
        if share >= WORTH_A_WORD:
            yield Finding(
                code="unseen_levels",
                severity="warning" if share >= MANY else "note",
                message=f"{share:.1%} of the test rows have a label in {column.name!r} that no "
                "training row has.",
                advice="Models cannot learn anything about these labels; their parts (a "
                "prefix, a number, words) may carry over better.",
                columns=(column.name,),
            )
