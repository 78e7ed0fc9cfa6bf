"""Columns of free text, and two of them that may belong together."""

from collections.abc import Iterator
from itertools import combinations

from automl_cli.audit.evidence import AuditEvidence, join_some_names
from automl_cli.core.finding import Finding

SHARED_WORDS = 0.1  # of two texts' words, on average more than of texts of different rows
N_COMPARED = 2000  # rows


def find_texts(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns of free text."""
    names = [column.name for column in evidence.columns("text")]
    if names:
        yield Finding(
            code="text_column",
            severity="note",
            message=f"free text: {join_some_names(names)}.",
            advice="Models get features from words and character sequences; no language "
            "model reads the texts.",
            columns=tuple(names),
        )


def find_text_pairs(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find two columns of text with the same topic in each row."""
    frame = evidence.dataset.train.iloc[evidence.rows[:N_COMPARED]]
    words = {
        column.name: [frozenset(text.casefold().split()) for text in frame[column.name].fillna("")]
        for column in evidence.columns("text")
    }
    for first, second in combinations(words, 2):
        own = _share(words[first], words[second])
        others = _share(words[first], words[second][1:] + words[second][:1])
        if own - others >= SHARED_WORDS:
            yield Finding(
                code="text_pair",
                severity="note",
                message=f"{first!r} and {second!r} share {own:.0%} of their words in a row, "
                f"{others:.0%} across rows.",
                advice="How the two compare may matter: add columns that measure it, such "
                "as the share of common words.",
                columns=(first, second),
            )


def _share(left: list[frozenset[str]], right: list[frozenset[str]]) -> float:
    shares = [
        len(one & other) / max(1, len(one | other)) for one, other in zip(left, right, strict=True)
    ]
    return sum(shares) / max(1, len(shares))
