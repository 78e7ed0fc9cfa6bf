"""A user's own splitter: a function in a Python file, named ``my_split.py:split``.

def split(train, y, n_folds, seed):
    return train["store"].factorize()[0] % n_folds     # the fold that holds out each row
"""

import numpy as np
import pandas as pd

from automl_cli.core.counts import format_count
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.user_file import FAILURES, make_failure, read_function
from automl_cli.splits.request import MAX_FOLDS, SplitRequest, make_plan

CALLED = "split(train, y, n_folds, seed) and returns the number of the fold of each row"


def split_by_file(request: SplitRequest) -> FoldPlan:
    """Return the plan that a user's function makes: each row is held out by the fold it names.

    The function gets the feature columns as a frame, the encoded target, `validation.folds` and the
    seed of the repeat. Its rows are taken for grouped: what it keeps together may belong together.

    Raises
    ------
    PlanError
        If the file or the function is missing or fails, or it does not name a fold for each row.
    """
    options = request.options
    function = read_function(options.splitter, "splitter", CALLED)
    train = pd.DataFrame(dict(request.extra))
    blocks = []
    for repeat in range(options.repeats):
        seed = int(request.rng(repeat).integers(2**31))
        try:
            given = np.asarray(function(train.copy(), request.y.copy(), options.folds, seed))
        except FAILURES as error:
            raise make_failure(options.splitter, error, CALLED) from error
        blocks.append(_check(options.splitter, given, request.n_rows))
    return make_plan(options.splitter, blocks, grouped=True)


def _check(name: str, given: np.ndarray, n_rows: int) -> np.ndarray:
    if given.shape != (n_rows,) or given.dtype.kind not in "iu":
        raise PlanError(
            f"{name}: returned {given.dtype} of shape {given.shape}, expected whole numbers of "
            f"shape ({n_rows},).",
            hint=f"It is called as {CALLED}.",
        )
    known, codes = np.unique(given, return_inverse=True)
    if not 2 <= len(known) <= MAX_FOLDS:
        raise PlanError(
            f"{name}: named {format_count(len(known), 'fold')}, expected 2 to {MAX_FOLDS}.",
            hint=f"It is called as {CALLED}.",
        )
    return codes.astype(np.int64)
