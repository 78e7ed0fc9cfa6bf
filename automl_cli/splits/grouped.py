"""Splitters that keep the rows of a group together."""

import numpy as np

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits.request import SplitRequest, encode_values, make_plan
from automl_cli.splits.shuffled import make_strata


def split_group(request: SplitRequest) -> FoldPlan:
    """Assign whole groups to folds with nearly the same number of rows."""
    return _split("group", request, np.zeros(request.n_rows, dtype=np.int64))


def split_stratified_group(request: SplitRequest) -> FoldPlan:
    """Assign whole groups to folds with nearly the same classes (or quantiles) and rows."""
    strata = make_strata(request.y, request.task, request.options.folds)
    return _split("stratified_group", request, strata)


def _split(name: str, request: SplitRequest, strata: IntVector) -> FoldPlan:
    options = request.options
    groups = encode_values(request.column("group", options.group))
    n_groups = int(groups.max()) + 1
    if n_groups < 2:
        raise PlanError(
            f"validation.group: {options.group!r} holds one value; two groups are needed.",
            hint="Choose a column that tells groups apart, or `validation.splitter: stratified`.",
        )
    if n_groups <= options.folds:  # one group a fold: there is no second partition
        return make_plan(name, [groups], grouped=True)
    loads = _make_loads(groups, strata, n_groups)
    sizes = np.bincount(groups)
    partitions = [
        _assign_groups(loads, sizes, options.folds, request.rng(repeat))[groups]
        for repeat in range(options.repeats)
    ]
    return make_plan(name, partitions, grouped=True)


def _make_loads(groups: IntVector, strata: IntVector, n_groups: int) -> FloatMatrix:
    # Shares of each stratum and of all rows, so that a rare class weighs as much as a common one.
    n_strata = int(strata.max()) + 1
    key = groups * n_strata + strata
    counts = np.bincount(key, minlength=n_groups * n_strata).reshape(n_groups, n_strata)
    counts = np.column_stack([counts, counts.sum(axis=1)])
    return np.asarray(counts / np.maximum(counts.sum(axis=0), 1))


def _assign_groups(
    loads: FloatMatrix, sizes: IntVector, n_folds: int, rng: np.random.Generator
) -> IntVector:
    # Large groups first, at random among groups of about the same size (so that repeats differ);
    # each goes where it adds least to the sum of squared loads, that is, to their variance.
    shuffled = rng.permutation(len(sizes))
    magnitude = np.log2(sizes[shuffled]).astype(np.int64)
    folds = np.zeros((n_folds, loads.shape[1]))
    blocks = np.empty(len(sizes), dtype=np.int64)
    for group in shuffled[np.argsort(-magnitude, kind="stable")]:
        block = int((folds @ loads[group]).argmin())
        folds[block] += loads[group]
        blocks[group] = block
    return blocks
