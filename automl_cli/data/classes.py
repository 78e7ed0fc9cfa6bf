"""The target: its task, its classes as spelled in train, and its codes or values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.core.dataset import Target, Task
from automl_cli.core.errors import DataError
from automl_cli.data.formats import PLAIN, describe_format, find_format
from automl_cli.data.levels import Levels, find_levels, find_unread_target, name_stray
from automl_cli.data.options import DataOptions
from automl_cli.data.order import find_label_order, sort_naturally
from automl_cli.data.read import RawTable
from automl_cli.data.strays import UnreadCells
from automl_cli.data.text_columns import BOOLEANS, MISSING, Texts, mask_missing

MANY_TEXTS = 50  # more distinct texts than this, and half of the rows, are no classes


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedTarget:
    """A target and its values.

    Parameters
    ----------
    target
        Name, task, labels.
    encoded
        Shape (rows of train,): class codes (int64) or values (float64); meaningless where not
        `filled`.
    filled
        Rows that have a target.
    positive_reason
        Why ``labels[1]`` is the positive class; empty if the task is not binary.
    unread
        The cells that are no numbers, whose rows so have no target.
    order_reason
        What tells the order of `Target.ordered` labels; empty for others.
    """

    target: Target
    encoded: npt.NDArray[np.int64] | FloatVector
    filled: BoolVector
    positive_reason: str
    unread: UnreadCells | None = None
    order_reason: str = ""


def find_labels(cells: Texts, *, most: int) -> tuple[str, ...]:
    """Return the distinct texts of a column byte for byte, or () if there are more than `most`."""
    import pyarrow.compute as pc

    texts = pc.drop_null(mask_missing(pc.unique(cells), MISSING)).to_pylist()
    return tuple(texts) if len(texts) <= most else ()


def make_target(
    train: RawTable,
    name: str,
    options: DataOptions,
    shown: "Texts | None" = None,
    *,
    comma: bool = False,
) -> EncodedTarget:
    """Return the target `name` with its task and its values.

    Parameters
    ----------
    train, name, options
        What is encoded.
    shown
        The distinct cells of its column in the sample, or None.
    comma
        Whether the numbers of the file have decimal commas.

    Raises
    ------
    DataError
        If the target is missing, constant, or does not fit the task that the user gave.
    """
    levels = find_levels(train, name, options, comma=comma)
    task, reason = _find_task(levels, options, shown)
    if task == "regression":
        return _make_values(levels, reason)
    merged = f"; {levels.merged}" if levels.merged else ""
    return _make_classes(levels, task, reason + merged, options)


def _find_task(levels: Levels, options: DataOptions, shown: "Texts | None") -> tuple[Task, str]:
    n = levels.n_distinct
    if options.task is not None:
        _check_task(levels, options.task)
        return options.task, "given"
    if options.wants == "value" and levels.is_numeric:
        return "regression", "the metric wants values"
    between = None if options.wants is not None else _find_between(levels, shown)
    if between is not None:
        return "regression", f"the sample holds {between:g}, which is no class; --task overrides it"
    if n == 2:
        return "binary", "two distinct values"
    if levels.is_numeric:
        return _find_numeric_task(levels, wants_classes=options.wants not in {None, "value"})
    if n > max(MANY_TEXTS, levels.n_rows / 2):
        mostly = levels.counts[~np.isnan(levels.numbers)].sum() > levels.n_rows / 2
        also = f"; {name_stray(levels)} is not a number" if mostly else ""
        _raise_error(
            levels, f"{n} distinct texts in {levels.n_rows} rows, too many for classes{also}"
        )
    return "multiclass", f"{n} distinct texts"


def _find_between(levels: Levels, shown: "Texts | None") -> float | None:
    """Return a number of the sample that is neither a class nor the probability of one of two."""
    n = levels.n_distinct
    if shown is None or not levels.is_numeric or (n > 2 and not levels.are_few):
        return None
    _, numbers = find_format(shown, np.ones(len(shown), dtype=np.int64))  # 3,5 too
    may_be = ~np.isnan(numbers) & (numbers != np.floor(numbers))
    if n == 2:
        may_be &= (numbers < 0) | (numbers > 1)
    found = numbers[may_be & ~np.isin(numbers, levels.numbers)]
    return float(found[0]) if len(found) else None


def _find_numeric_task(levels: Levels, *, wants_classes: bool) -> tuple[Task, str]:
    n = levels.n_distinct
    if levels.is_whole and wants_classes:
        return "multiclass", f"{n} distinct whole numbers, and the metric wants classes"
    if levels.is_whole and levels.are_few:
        return "multiclass", f"only {n} distinct whole numbers in {levels.n_rows} rows"
    return "regression", f"{n} distinct numbers"


def _check_task(levels: Levels, task: Task) -> None:
    n = levels.n_distinct
    if task == "binary" and n != 2:
        _raise_error(levels, f"{n} distinct values, but a binary task has two")
    if task == "regression" and not levels.is_numeric:
        _raise_error(levels, f"texts such as {name_stray(levels)}, but a regression needs numbers")


def _raise_error(levels: Levels, came: str) -> NoReturn:
    raise DataError(
        f"the target {levels.name!r} holds {came}.",
        hint="Choose another --target or --task, or list the texts that mean missing in "
        "data.missing.",
    )


def _make_values(levels: Levels, reason: str) -> EncodedTarget:
    values = np.append(levels.numbers, np.nan)[levels.codes]
    if levels.form != PLAIN:
        reason += f"; {describe_format(levels.form)}, written as plain numbers"
    return EncodedTarget(
        target=Target(name=levels.name, task="regression", labels=(), reason=reason),
        encoded=values,
        filled=~np.isnan(values),
        positive_reason="",
        unread=find_unread_target(levels),
    )


def _make_classes(levels: Levels, task: Task, reason: str, options: DataOptions) -> EncodedTarget:
    order_reason = ""
    if np.isnan(levels.numbers).any():
        labels, order_reason = _order_texts(levels.texts, options)
        codes = _find_places(levels.texts, labels)
        why = "the highest of the order" if order_reason else "last in alphabetical order"
        if [BOOLEANS.get(label.strip().casefold()) for label in labels] == [True, False]:
            labels, codes, why = labels[::-1], 1 - codes, "the one that says yes"
    else:  # 1 and 1.0 are one class, spelled as it first appears
        _, first, codes = np.unique(levels.numbers, return_index=True, return_inverse=True)
        labels = list(levels.texts[first])
        why = "the larger number"
    if options.order and set(options.order) == set(labels):
        codes = _find_places(labels, options.order)[codes]
        labels, order_reason, why = list(options.order), "given", "the highest of the order"
    if task == "binary" and options.positive == labels[0]:
        labels, codes = labels[::-1], 1 - codes
    if options.positive in labels:
        why = "given"
    target = Target(
        name=levels.name,
        task=task,
        labels=tuple(labels),
        reason=reason,
        ordered=bool(order_reason),
    )
    return EncodedTarget(
        target=target,
        encoded=np.append(codes, -1)[levels.codes].astype(np.int64),
        filled=levels.codes >= 0,
        positive_reason=why if task == "binary" else "",
        order_reason=order_reason,
    )


def _order_texts(texts: npt.NDArray[np.object_], options: DataOptions) -> tuple[list[str], str]:
    """Return labels in their order, and what tells it if a metric asks for it."""
    found = find_label_order(list(texts)) if options.ordinal else None
    return (sort_naturally(list(texts)), "") if found is None else found


def _find_places(texts: Iterable[str], labels: Sequence[str]) -> npt.NDArray[np.int64]:
    place_of = {label: place for place, label in enumerate(labels)}
    return np.array([place_of[text] for text in texts], dtype=np.int64)
