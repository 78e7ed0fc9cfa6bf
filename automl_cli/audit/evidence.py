"""What the rules of an audit look at: the data set, and a sample of its rows in codes.

Effects are measured on at most `MOST_ROWS` rows, so that an audit takes seconds on any table. A
regression target enters by its ranks: then what a column tells about it does not hang on a few
large values, nor on the scale.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import CodeVector, FloatMatrix, FloatVector, IntVector
from automl_cli.core.dataset import Column, Dataset, Target
from automl_cli.core.finding import Finding
from automl_cli.core.resampling import make_parts, thin_rows
from automl_cli.data.strays import UnreadCells
from automl_cli.features.codes import fit_bins, fit_values, look_up, read_keys
from automl_cli.features.target_encoding import FoldTarget, encode_nested
from automl_cli.splits.auto import SplitColumn, find_split

if TYPE_CHECKING:
    import pyarrow as pa

Hashes: TypeAlias = npt.NDArray[np.uint64]

MOST_ROWS, LEAST_ROWS = 20_000, 1_000  # an effect worth a word shows on so many
MOST_CELLS = 2_000_000  # of all columns: fewer rows of wide tables
MOST_BINS = 256  # of a numeric column
ROWS_A_BIN = 20  # at least, on average
N_PARTS = 5
SMOOTHING = 1.0  # rows that the mean of all counts as


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvidence:
    """The tables of a run and one target.

    Parameters
    ----------
    dataset
        All of them.
    target
        What is predicted.
    n_folds
        The folds that are planned.
    id_numbers
        The id of each training row if ids are numbers, shape (rows,); None without.
    rows
        The training rows that effects are measured on, ascending.
    outputs
        What is told there, shape (n_outputs, len(rows)): ranks from 0 to 1, or whether a row is of
        a class: one output for a binary target, else one a class.
    parts
        The part of each of these rows, for predictions by the other parts' rows.
    hashes, test_hashes
        One number for the features of each row of train and of test, shape (rows,): equal for
        equal rows. None without a test table.
    split
        How test was split off, if not at random.
    unread
        Cells of train and test that hold something and count as missing.
    """

    dataset: Dataset
    target: Target
    n_folds: int
    id_numbers: FloatVector | None
    rows: IntVector
    outputs: FloatMatrix
    parts: IntVector
    hashes: Hashes
    test_hashes: Hashes | None
    split: SplitColumn | None
    unread: tuple[UnreadCells, ...] = ()

    @property
    def y(self) -> FloatVector | IntVector:
        """The target of every training row."""
        return self.dataset.targets[self.target.name]

    def columns(self, *roles: str) -> list[Column]:
        """Return the feature columns that have one of these roles."""
        return [column for column in self.dataset.schema.columns if column.role in roles]


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of RULES.

    Parameters
    ----------
    code
        Its name, which its findings bear.
    find
        Yields what it finds, nothing on data without the flaw.
    is_fast
        Whether it takes about a second at most, so that it is asked at the start of each run.
    """

    code: str
    find: Callable[[AuditEvidence], Iterable[Finding]]
    is_fast: bool = True


def make_evidence(
    dataset: Dataset,
    target: Target,
    *,
    n_folds: int = 5,
    id_numbers: FloatVector | None = None,
    unread: tuple[UnreadCells, ...] = (),
    seed: int = 0,
) -> AuditEvidence:
    """Return what the rules look at."""
    most = max(LEAST_ROWS, MOST_CELLS // len(dataset.schema.columns))
    rows = thin_rows(np.arange(dataset.n_rows), min(MOST_ROWS, most), seed)
    return AuditEvidence(
        dataset=dataset,
        target=target,
        n_folds=n_folds,
        id_numbers=id_numbers,
        unread=unread,
        rows=rows,
        outputs=_make_outputs(dataset.targets[target.name][rows], target),
        parts=make_parts(len(rows), N_PARTS, seed),
        hashes=_hash(dataset.train),
        test_hashes=None if dataset.test is None else _hash(dataset.test),
        split=None
        if dataset.test is None
        else find_split(dataset.train, dataset.test, dataset.schema.id_parts),
    )


def read_text_numbers(texts: "pa.ChunkedArray | None") -> FloatVector | None:
    """Return texts as numbers, NaN where one is none; None if there are no texts, or no numbers."""
    if texts is None:
        return None
    numbers = pd.to_numeric(texts.to_pandas(), errors="coerce").to_numpy(dtype=np.float64)
    return None if np.isnan(numbers).all() else numbers


def encode_column(column: "pd.Series[Any]") -> CodeVector:
    """Return a column as codes: a bin of a number or date, a label; missing has one of its own.

    Examples
    --------
    >>> encode_column(pd.Series([1.0, np.nan, 1.0]))
    array([1, 2, 1], dtype=int32)
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.astype("int64").where(column.notna()).astype("float64")
    values = read_keys(column.to_frame("values"), "values")
    coding = fit_values(values)
    n_bins = int(min(MOST_BINS, len(values) / ROWS_A_BIN))
    is_label = isinstance(column.dtype, pd.CategoricalDtype)
    if not is_label and len(coding.known) > n_bins > 1:
        coding = fit_bins(coding, n_bins)
    return look_up(coding, values)


def measure_effect(codes: CodeVector, outputs: FloatMatrix, parts: IntVector) -> float:
    """Return the share of the outputs' variance that the codes tell, by rows of other parts.

    Parameters
    ----------
    codes
        Shape (rows,).
    outputs
        Shape (n_outputs, rows).
    parts
        Shape (rows,): what a row is told comes from the rows of the other parts.

    Returns
    -------
    1 for codes that tell everything, about 0 or below for codes that tell nothing.

    Examples
    --------
    >>> codes, parts = np.arange(100) % 2, make_parts(100, 5, seed=0)
    >>> round(measure_effect(codes, codes[None].astype(float), parts), 2)
    1.0
    """
    target = FoldTarget(
        outputs=outputs,
        blocks=parts,
        n_blocks=int(parts.max()) + 1,
        prior=outputs.mean(axis=1),
        ordered=False,
    )
    predicted, _ = encode_nested(codes, int(codes.max()) + 1, SMOOTHING, target)
    missed = ((outputs - predicted) ** 2).sum()
    varied = ((outputs - target.prior[:, None]) ** 2).sum()
    return float(1 - missed / varied) if varied > 0 else 0.0


def join_some_names(names: Iterable[str], most: int = 5) -> str:
    """Return names as a person would list them.

    Examples
    --------
    >>> join_some_names(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def make_drop(names: Iterable[str]) -> Mapping[str, Any]:
    """Return the keys of a config that leave columns out."""
    return {"data.drop": list(names)}


def _hash(frame: pd.DataFrame) -> Hashes:
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)


def _make_outputs(y: FloatVector | IntVector, target: Target) -> FloatMatrix:
    from scipy.stats import rankdata

    if target.task == "regression":
        return np.asarray(rankdata(y)[None] / len(y), dtype=np.float64)
    if target.task == "binary":
        return y[None].astype(np.float64)
    return np.asarray(y == np.arange(target.n_classes)[:, None], dtype=np.float64)
