"""The content hash of a data set: equal tables give an equal key, wherever the files lie."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.dataset import Dataset
from automl_cli.core.keys import make_array_key, make_key


def make_content_key(dataset: Dataset) -> str:
    """Return the SHA-256 of what a data set holds: names, roles, labels and every value.

    Reasons and facts are left out: they are texts about the content.
    """
    schema, sample = dataset.schema, dataset.sample
    original = dataset.original
    parts: list[object] = [
        [(target.name, target.task, target.labels, target.spelled) for target in schema.targets],
        [(column.name, column.role) for column in schema.columns],
        schema.id,
        {name: make_array_key(values) for name, values in dataset.targets.items()},
        _frame_key(dataset.train),
        None if dataset.test is None else _frame_key(dataset.test),
        None if dataset.test_ids is None else _text_key(dataset.test_ids),
        None
        if sample is None
        else (sample.columns, sample.shape, sample.class_columns, sample.column_of, sample.holds),
        None if sample is None else [_text_key(one) for one in sample.id_columns.values()],
        None if sample is None else _text_key(sample.ids),
        {name: _column_key(column) for name, column in dataset.extra.items()},
        None if original is None else _frame_key(original.frame),
        None if original is None else {n: make_array_key(y) for n, y in original.targets.items()},
    ]
    return make_key(parts)


def _frame_key(frame: pd.DataFrame) -> list[object]:
    return [_column_key(frame[name]) for name in frame.columns]


def _column_key(column: "pd.Series[Any]") -> object:
    if isinstance(column.dtype, pd.CategoricalDtype):
        levels = column.cat.categories.to_numpy(dtype=object)
        return [_text_key(levels), make_array_key(column.cat.codes.to_numpy())]
    if isinstance(column.dtype, pd.StringDtype):
        return make_array_key(pd.util.hash_pandas_object(column, index=False).to_numpy())
    values = column.to_numpy()
    is_date = values.dtype.kind == "M"
    return [str(values.dtype), make_array_key(values.view(np.int64) if is_date else values)]


def _text_key(texts: npt.NDArray[np.object_]) -> str:
    return make_array_key(pd.util.hash_array(texts, categorize=False))
