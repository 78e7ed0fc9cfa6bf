"""The forward-chaining splitter: train on the past, hold out what follows."""

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.splits.request import SplitRequest


def split_time(request: SplitRequest) -> FoldPlan:
    """Cut the rows by time into folds + 1 blocks; hold out each block but the first.

    A fold trains on the blocks before its own, without the rows within the gap. Rows of the
    same time share a block, so a plan may have fewer folds than were asked for.

    Raises
    ------
    PlanError
        If all rows have one time, or the gap leaves a fold without training rows.
    """
    options = request.options
    times = _read_times(request.column("time", options.time), name=str(options.time))
    blocks = _cut(times, options.folds + 1)
    if blocks.max() == 0:
        raise PlanError(
            f"validation.time: {options.time!r} cannot be cut into an earlier and a later part.",
            hint="Choose a column that orders the rows, or another `validation.splitter`.",
        )
    folds = tuple(_make_fold(request, times, blocks, k) for k in range(1, int(blocks.max()) + 1))
    return FoldPlan(
        name="time",
        n_rows=request.n_rows,
        blocks=blocks[None].astype(np.int16),
        folds=folds,
        ordered=True,
    )


def _read_times(series: pd.Series, name: str) -> FloatVector:
    # Days since the first row for dates, plain numbers otherwise.
    if pd.api.types.is_numeric_dtype(series):
        return series.to_numpy(dtype=np.float64)
    dates = pd.to_datetime(series, format="ISO8601", errors="coerce").to_numpy()
    unread = series[np.isnat(dates)]
    if len(unread):
        raise PlanError(
            f"validation.time: {name!r} holds {unread.iloc[0]!r}, neither a number nor a date.",
            hint="Write dates as 2024-12-31 or 2024-12-31 23:59:59.",
        )
    return np.asarray((dates - dates.min()) / np.timedelta64(1, "D"), dtype=np.float64)


def _cut(times: FloatVector, n_blocks: int) -> IntVector:
    # The middle of the rows of one time decides their block; blocks without a time vanish.
    _, time_code, sizes = np.unique(times, return_inverse=True, return_counts=True)
    middle = (np.cumsum(sizes) - sizes / 2) / len(times)
    wanted = (middle * n_blocks).astype(np.int64)
    return np.unique(wanted, return_inverse=True)[1][time_code]


def _make_fold(request: SplitRequest, times: FloatVector, blocks: IntVector, block: int) -> Fold:
    held_out = blocks == block
    first, gap = times[held_out].min(), request.options.gap
    train = (blocks < block) & (times < first - gap)
    if not train.any():
        raise PlanError(
            f"validation.gap: a gap of {gap:g} leaves fold {block} without training rows.",
            hint="Set a smaller `validation.gap` or fewer `validation.folds`.",
        )
    return Fold(repeat=0, train=np.flatnonzero(train), held_out=np.flatnonzero(held_out))
