"""From predictions to a submission file.

    wants = {"Status": "probability"}
    frame = make_submission(dataset, {"Status": probabilities}, wants)
    check_submission(frame, dataset, wants)     # automl_cli.data.check
    write_submission(frame, Path("submission.csv"))

What is written follows from what the metric wants, never from the sample's dtype (samples hold
integer 0 where probabilities belong); columns, rows and their order are the sample's.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.dataset import Dataset, Target
from automl_cli.core.errors import DataError
from automl_cli.core.metric import Wants
from automl_cli.store import replaced

OTHER_ENDINGS = frozenset(
    (".parquet", ".feather", ".gz", ".zip", ".bz2", ".xz", ".zst", ".xlsx", ".json", ".npy", ".tsv")
)
Predictions: TypeAlias = Mapping[str, npt.NDArray[Any]]
Columns: TypeAlias = dict[str, npt.NDArray[Any]]


def make_submission(
    dataset: Dataset, predictions: Predictions, wants: Mapping[str, Wants]
) -> pd.DataFrame:
    """Return the submission: ids as text, then floats or labels.

    Parameters
    ----------
    dataset
        With a test table.
    predictions
        For each target's name what `wants` says, one row a test row.
    wants
        For each target's name ``probability``: float64 (rows,) of the positive class, or (rows,
        classes); ``label``: int64 codes (rows,); ``value``: float64 (rows,); or ``ranking``:
        int64 codes (rows, k).

    Returns
    -------
    The sample's columns in its order, one row a row of the sample. Without a sample, or with one
    of ids only, the id ("id" if rows are numbered) and one column a target, or a class for
    multiclass probabilities.

    Raises
    ------
    DataError
        If the sample has no place for what a metric wants, as `check_shape` says.
    """
    if dataset.test_ids is None:
        raise AssertionError("a submission needs a test table")
    columns: Columns = {}
    for target in dataset.schema.targets:
        predicted = np.asarray(predictions[target.name])
        columns |= _make_columns(dataset, target, predicted, wants[target.name])
    for name, cells in columns.items():
        if cells.dtype.kind == "f" and not np.isfinite(cells).all():
            raise AssertionError(f"column {name!r} of the submission holds NaN or infinity")
    ids, sample = name_rows(dataset), dataset.sample
    if sample is None:
        return pd.DataFrame({**ids, **columns})
    rows = pd.Index(dataset.test_ids, dtype=object).get_indexer(pd.Index(sample.ids, dtype=object))
    whole = {**ids, **{name: predicted[rows] for name, predicted in columns.items()}}
    return pd.DataFrame({name: whole[name] for name in order_columns(dataset, tuple(columns))})


def name_rows(dataset: Dataset) -> Mapping[str, npt.NDArray[np.object_]]:
    """Return the submission's columns that name its rows, in the order of its rows."""
    if dataset.sample is not None:
        return dataset.sample.id_columns
    return {dataset.schema.id or "id": np.asarray(dataset.test_ids)}


def order_columns(dataset: Dataset, predicted: Sequence[str]) -> tuple[str, ...]:
    """Return all columns of a submission in their order: the sample's, where it has them."""
    ids = tuple(name_rows(dataset))
    sample = dataset.sample
    if sample is None or len(sample.columns) == len(ids):
        return (*ids, *predicted)
    return sample.columns


def write_submission(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` as csv to `path`, which holds either the old content or all of the new.

    Raises
    ------
    RunError
        If the folder is not writable or the disk is full.
    """
    with replaced(path, durable=True) as beside:
        frame.to_csv(beside, index=False, lineterminator="\n", encoding="utf-8")


def check_name(path: Path) -> None:
    """Refuse a name that promises another format than the one that is written.

    Raises
    ------
    DataError
        If the name does not end as a csv's does.
    """
    if path.suffix.casefold() in OTHER_ENDINGS:
        raise DataError(
            f"{path}: submissions are plain csv, but this name ends in {path.suffix}.",
            hint="Give a name that ends in .csv.",
        )


def check_shape(dataset: Dataset, target: Target, wants: Wants) -> None:
    """Check that the sample has a place for what a metric wants, before anything is fitted.

    Raises
    ------
    DataError
        If the sample has, say, one column where the metric wants one a class: change the metric.
    """
    fitting = {
        "probability": (1, 2) if target.task == "binary" else (target.n_classes,),
        "label": (1, target.n_classes),
        "value": (1,),
        "ranking": (1,),
    }[wants]
    n_columns = len(column_names(dataset, target, wants))
    if n_columns not in fitting:
        came = "1 column" if n_columns == 1 else f"{n_columns} columns"
        wanted = f"{fitting[-1]}, one per class" if fitting[-1] > 1 else "1"
        raise DataError(
            f"the sample has {came} for the target {target.name!r}, but the metric wants {wanted}.",
            hint="Choose a metric that fits the sample (`automl list metrics` shows what each "
            "wants), or give the right sample with --sample.",
        )


def column_names(dataset: Dataset, target: Target, wants: Wants) -> tuple[str, ...]:
    """Return the submission's columns for `target`: one, or one a class in code order."""
    sample = dataset.sample
    if sample is not None and sample.shape == "per_class":
        return sample.class_columns
    if sample is not None and sample.column_of:
        return (sample.column_of[target.name],)
    if wants != "probability" or target.task != "multiclass":
        return (target.name,)
    alone = len(dataset.schema.targets) == 1
    return target.labels if alone else tuple(f"{target.name}_{text}" for text in target.labels)


def _make_columns(
    dataset: Dataset, target: Target, prediction: npt.NDArray[Any], wants: Wants
) -> Columns:
    check_shape(dataset, target, wants)
    return make_columns(column_names(dataset, target, wants), target, prediction, wants)


def make_columns(
    names: Sequence[str], target: Target, prediction: npt.NDArray[Any], wants: Wants
) -> Columns:
    """Return the cells of a target's columns in a submission.

    Parameters
    ----------
    names
        One, or one a class in code order.
    target
        Whose labels are written.
    prediction, wants
        See `make_submission`.
    """
    labels = np.array(target.written, dtype=object)
    if wants == "ranking":
        return {names[0]: np.array([" ".join(row) for row in labels[prediction]], dtype=object)}
    if wants == "label":
        if len(names) == 1:
            return {names[0]: labels[prediction]}
        return {name: (prediction == code).astype(float) for code, name in enumerate(names)}
    values = np.asarray(prediction, dtype=np.float64).reshape(len(prediction), -1)
    if len(names) == 2 and values.shape[1] == 1:
        values = np.hstack([1.0 - values, values])
    return {name: values[:, column] for column, name in enumerate(names)}
