"""What is odd about a submission that fits its data set, and about two of them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.dataset import Dataset, Target
from automl_cli.core.finding import Finding
from automl_cli.core.metric import Wants
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.read import RawTable
from automl_cli.data.submission import column_names

ONE = 1e-3  # what a row's probabilities may lack to 1
FAR = 0.5  # of the range of the training targets
UNLIKE = 0.5  # rank correlation with another submission, below which one of both is suspicious


def find_remarks(
    table: RawTable, dataset: Dataset, wants: Mapping[str, Wants], other: RawTable | None = None
) -> list[Finding]:
    """Return what is odd about a submission that `check_submission` has accepted.

    Parameters
    ----------
    table
        The submission.
    dataset, wants
        See `check_submission`.
    other
        An earlier submission that was accepted too, or None.
    """
    found: list[Finding] = []
    for target in dataset.schema.targets:
        names = column_names(dataset, target, wants[target.name])
        if wants[target.name] in {"probability", "value"}:
            found += _check_numbers(table, names, dataset, target, wants[target.name])
            if other is not None:
                found += _compare_numbers(table, other, names)
        else:
            found += _check_labels(table, names, target)
            if other is not None:
                found += _compare_labels(table, other, names)
    return found


def _check_numbers(
    table: RawTable, names: Sequence[str], dataset: Dataset, target: Target, wants: Wants
) -> Iterator[Finding]:
    numbers = _read(table, names)
    constant = [name for name, column in zip(names, numbers.T, strict=True) if np.ptp(column) == 0]
    if constant and len(numbers) > 1:
        yield _warn("constant", f"the same number in every row of {', '.join(constant)}.", names)
    elif wants == "probability" and np.isin(numbers, (0, 1)).all():
        sentence = f"only 0 and 1 in {', '.join(names)}, where probabilities are expected."
        yield _warn("hard_labels", sentence, names)
    sums = numbers.sum(axis=1)
    if len(names) > 1 and (np.abs(sums - 1) > ONE).any():
        worst = int(np.abs(sums - 1).argmax())
        yield _warn("row_sums", f"row {worst + 1} sums to {sums[worst]:.4g}, expected 1.", names)
    if target.task == "regression":
        y = dataset.targets[target.name]
        low, high = float(y.min()), float(y.max())
        margin = FAR * (high - low)
        outside = (numbers < low - margin) | (numbers > high + margin)
        if outside.any():
            n_rows = int(outside.any(axis=1).sum())
            sentence = f"{n_rows:,} values far outside the training range {low:g} to {high:g}."
            yield _warn("range", sentence, names)


def _check_labels(table: RawTable, names: Sequence[str], target: Target) -> Iterator[Finding]:
    for name in names:
        texts = table.texts(name)
        if len(set(texts)) == 1 and len(texts) > 1:
            yield _warn("constant", f"{texts[0]!r} in every row of {name}.", names)
            return
        predicted = {label for text in set(texts) for label in text.split()}
        absent = sorted(set(target.written) - predicted)
        if len(names) == 1 and absent and len(absent) < target.n_classes:
            yield Finding(
                code="absent_labels",
                severity="note",
                message=f"never predicted in {name}: {', '.join(absent[:5])}.",
                advice="This may be right for a rare class under accuracy, but not under a "
                "balanced metric.",
                columns=(name,),
            )


def _compare_numbers(table: RawTable, other: RawTable, names: Sequence[str]) -> Iterator[Finding]:
    from scipy.stats import spearmanr

    for name in names:
        here, there = _read(table, [name])[:, 0], _read(other, [name])[:, 0]
        if np.array_equal(here, there):
            yield _warn("repeated", f"{name}: the same numbers as in {other.name}.", names)
        elif np.ptp(here) > 0 and np.ptp(there) > 0:
            rank = float(spearmanr(here, there).statistic)
            yield Finding(
                code="correlation",
                severity="warning" if rank < UNLIKE else "note",
                message=f"{name}: rank correlation {rank:.4f} with {other.name}.",
                advice="The correlation of two good submissions is mostly .9 or more; far less "
                "hints at rows in another order, or at the probabilities of the other class.",
                columns=(name,),
            )


def _compare_labels(table: RawTable, other: RawTable, names: Sequence[str]) -> Iterator[Finding]:
    for name in names:
        equal = float((table.texts(name) == other.texts(name)).mean())
        yield Finding(
            code="agreement",
            severity="warning" if equal < UNLIKE or equal == 1 else "note",
            message=f"{name}: {equal:.1%} of the labels are those of {other.name}.",
            advice="If all are equal, the file brings nothing new; if hardly any are, its rows may "
            "be in another order.",
            columns=(name,),
        )


def _read(table: RawTable, names: Sequence[str]) -> FloatMatrix:
    return np.column_stack([parse_numbers(table.cells(name)) for name in names])


def _warn(code: str, message: str, names: Sequence[str]) -> Finding:
    return Finding(
        code=code,
        severity="warning",
        message=message,
        advice="Check how the file was made before it costs a submission.",
        columns=tuple(names),
    )
