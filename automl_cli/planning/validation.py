"""How a run validates: as the user says, else as the test table was split off."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from automl_cli.config.schema import RunConfig
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import PlanError
from automl_cli.core.user_file import is_in_file
from automl_cli.splits import SplitOptions
from automl_cli.splits.auto import find_split

RANDOM = frozenset({"auto", "kfold", "stratified"})
MANY_FOLDS = 10  # every model sees nine tenths of the rows
FEW_FOLDS = 5  # where ten would take the time of other candidates, or candidates need them all
FEW_ROWS = 5_000  # below it a fit takes next to nothing
MANY_ROWS = 40_000  # from it on a tenth is enough to tell candidates apart
MOST_REPEATS = 5
REPEATED_ROWS = 10_000  # in all repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The choice of a splitter, and why.

    Parameters
    ----------
    options
        What the splitter is told.
    extra
        The columns that it may read.
    reason
        Why it was chosen, or nothing if rows are simply dealt at random.
    """

    options: SplitOptions
    extra: Mapping[str, pd.Series]
    reason: str


def choose_validation(dataset: Dataset, config: RunConfig) -> Validation:
    """Return how the rows of a data set are split.

    Parameters
    ----------
    dataset
        The tables.
    config
        A splitter, or a column for one, is taken as said; otherwise the tables decide.

    Raises
    ------
    PlanError
        If a gap is asked for, and the tables show no time: name the column of time.
    """
    own = config.validation
    said = own.splitter != "auto" or own.group or own.time or own.column
    found = None
    if not said and dataset.test is not None:
        found = find_split(dataset.train, dataset.test, dataset.schema.id_parts)
    if own.gap and not said and (found is None or found.splitter != "time"):
        raise PlanError(
            "validation.gap: validation.splitter is auto, and the tables show no time to leave a "
            "gap in.",
            hint="Name the column of time with validation.time, or leave validation.gap out.",
        )
    extra = dict(dataset.extra)
    if is_in_file(own.splitter):  # which may look at any column
        extra = {str(name): dataset.train[name] for name in dataset.train.columns} | extra
    if found is not None:
        extra[found.column] = dataset.train[found.column]
    splitter = own.splitter if found is None else found.splitter
    is_random = splitter in RANDOM and not (own.group or own.time or own.column)
    n_folds = _choose_folds(dataset.n_rows, is_random=is_random)
    options = SplitOptions(
        splitter=splitter,
        folds=n_folds if own.folds == "auto" else own.folds,
        repeats=count_repeats(dataset.n_rows) if own.repeats == "auto" else own.repeats,
        only_first=own.repeats == "auto",
        group=found.column if found is not None and found.splitter == "group" else own.group,
        time=found.column if found is not None and found.splitter == "time" else own.time,
        column=own.column,
        gap=own.gap,
        seed=config.seed,
        held_out_rows=own.held_out_rows,
    )
    return Validation(options=options, extra=extra, reason="" if found is None else found.reason)


def count_repeats(n_rows: int) -> int:
    """Return how often the division into folds may be repeated if the user does not say.

    The fewer rows, the more predictions depend on how they were divided, and the less a fit costs.

    Examples
    --------
    >>> count_repeats(500), count_repeats(5_000), count_repeats(50_000)
    (5, 2, 1)
    """
    return max(1, min(MOST_REPEATS, REPEATED_ROWS // n_rows))


def _choose_folds(n_rows: int, *, is_random: bool) -> int:
    is_between = FEW_ROWS <= n_rows < MANY_ROWS
    return MANY_FOLDS if is_random and not is_between else FEW_FOLDS
