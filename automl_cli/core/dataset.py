"""The competition's tables after reading and inference: typed, with roles, target encoded once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Task: TypeAlias = Literal["binary", "multiclass", "regression"]
Role: TypeAlias = Literal["numeric", "categorical", "datetime", "text"]
SubmissionShape: TypeAlias = Literal["single", "per_class", "ranking"]
Spelling: TypeAlias = Literal["auto", "train", "sample"]
Holding: TypeAlias = Literal["labels", "probabilities", "open", "empty", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A feature column, its role and why it has it.

    Roles and the dtypes they guarantee in both tables: ``numeric`` float64 or int64 without
    extension types (missing is NaN), ``categorical`` pandas Categorical with the same categories
    in train and test (text labels, sorted), ``datetime`` datetime64, ``text`` pandas str.
    """

    name: str
    role: Role
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A column to predict.

    Parameters
    ----------
    name
        Its name in train.csv.
    task
        What kind of prediction it asks for.
    labels
        The classes as spelled in train.csv, in code order; empty for a regression. In a binary
        task ``labels[1]`` is the positive class.
    reason
        Why the task was inferred.
    spelled
        The classes as a submission spells them, in code order, where that is not as in train.
    ordered
        True if `labels` are texts whose order, from lowest to highest, is known.
    """

    name: str
    task: Task
    labels: tuple[str, ...]
    reason: str
    spelled: tuple[str, ...] = ()
    ordered: bool = False

    @property
    def written(self) -> tuple[str, ...]:
        """The classes as a submission spells them, in code order."""
        return self.spelled or self.labels

    @property
    def grades(self) -> npt.NDArray[np.float64]:
        """What each class is worth in an ordinal problem: the number it is, else its place."""
        if self.ordered:
            return np.arange(self.n_classes, dtype=np.float64)
        return np.array([float(label) for label in self.labels])

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for a regression."""
        return len(self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What was inferred about the tables.

    Parameters
    ----------
    targets
        One or more; a run solves one `Problem` for each.
    id
        The column that names a row of the submission, or None (row numbers are used).
    columns
        The feature columns, in the order of train.csv. An id that is also information (a date)
        is among them.
    ignored
        Columns of train.csv that are not used, with the reason.
    facts
        Every further guess as (what, value, reason), for the table shown before the run.
    """

    targets: tuple[Target, ...]
    id: str | None
    columns: tuple[Column, ...]
    ignored: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str, str], ...]

    @property
    def id_parts(self) -> tuple[str, ...]:
        """The feature columns that are parts of the id."""
        start = f"{self.id}."
        names = [column.name for column in self.columns]
        return tuple(
            name for name in names if name.startswith(start) and name[len(start) :].isdigit()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The shape that the submission must have.

    Parameters
    ----------
    columns
        All columns, in order.
    id_columns
        Those that name the rows or are copied from the test table, byte for byte as in the file.
        The others hold predictions; if there are none, a submission's are as without a sample.
    ids
        The id of each row as text; several columns that name a row together are one text.
    shape
        ``single``: one column a target; ``per_class``: one column a class; ``ranking``: one
        column with the best classes separated by blanks.
    class_columns
        For ``per_class``: the column of each class, in code order.
    column_of
        Else: the column of each target, by its name.
    holds
        What the cells of a target's column are, by the target's name: class ``labels``;
        ``probabilities``, numbers from 0 to 1 that are no class; ``open``, one class that is a
        number in every row, which may be either; ``empty``; or ``nothing`` of these.
    """

    columns: tuple[str, ...]
    id_columns: Mapping[str, npt.NDArray[np.object_]]
    ids: npt.NDArray[np.object_]
    shape: SubmissionShape
    class_columns: tuple[str, ...] = ()
    column_of: Mapping[str, str] = field(default_factory=dict)
    holds: Mapping[str, Holding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Labelled rows from outside the competition, which folds may train on.

    Parameters
    ----------
    frame
        The feature columns of train, cells read alike; int64 columns may be float64.
    targets
        For each target's name its encoded values, as in `Dataset.targets`.
    absent
        Feature columns that it lacks: missing in every row.
    """

    frame: pd.DataFrame
    targets: Mapping[str, npt.NDArray[np.int64] | npt.NDArray[np.float64]]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Typed tables with roles.

    Parameters
    ----------
    schema
        Roles of the columns.
    train
        Feature columns only (no target, no id unless it is information), one row a labelled row.
    targets
        For each target's name its encoded values, shape (rows,): int64 class codes, or float64.
    test
        The same columns and dtypes, or None without a test table.
    test_ids
        The id of each test row as text: as the sample spells it, else byte for byte as in the
        file; row numbers without an id.
    sample
        The submission's shape, or None without a sample file.
    extra
        Columns of train that only validation reads (group, time, fold), by name.
    original
        Rows of the original data set, or None without one.
    key
        Content hash of everything above.
    """

    schema: Schema
    train: pd.DataFrame
    targets: Mapping[str, npt.NDArray[np.int64] | npt.NDArray[np.float64]]
    test: pd.DataFrame | None
    test_ids: npt.NDArray[np.object_] | None
    sample: Sample | None
    extra: Mapping[str, pd.Series]
    key: str
    original: Original | None = None

    @property
    def n_rows(self) -> int:
        """Number of labelled rows."""
        return len(self.train)
