"""How the test rows were split off, read from the two tables.

A validation is honest if its held-out rows are to the training rows what the test rows are: later,
where the test lies after train, and of other entities, where no entity of test is in train.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

LATER = 0.99  # of the test rows have to lie at or after the last training row
UNKNOWN = 0.02  # of the test rows may be of an entity that train knows
LEAST_KNOWN = 0.8  # of the rows would be of a known entity if rows were split at random
LEAST_TIMES, LEAST_ENTITIES = 5, 3  # in train
LEAST_ROWS_A_VALUE = 2.0  # on average, for values to be entities
# A part of the id is an entity for its place alone, if rows split at random would show it.
LEAST_KNOWN_IN_ID, LEAST_ROWS_IN_ID = 0.1, 30  # share and number of test rows of known entities
LEAST_TEST_ROWS = 20  # below it a share says little
# Of whole numbers only their name tells whether they are periods or entities.
PERIOD = re.compile(
    r"(^|[_\W])(year|yr|quarter|month|week|wk|day|date|dt|period|time|timestamp)s?($|[_\W\d])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitColumn:
    """A column by which test was split off.

    Parameters
    ----------
    splitter
        ``group`` or ``time``.
    column
        Its name.
    reason
        What shows it.
    """

    splitter: str
    column: str
    reason: str


def find_split(
    train: pd.DataFrame, test: pd.DataFrame, id_parts: tuple[str, ...] = ()
) -> SplitColumn | None:
    """Return how test was split off, or None if it looks like rows drawn at random.

    Parameters
    ----------
    train, test
        Feature columns; dates are datetime64, labels are categorical.
    id_parts
        Those of them that are parts of the id.

    Examples
    --------
    >>> days = pd.Series(pd.date_range("2024-01-01", periods=45))
    >>> found = find_split(pd.DataFrame({"day": days[:20]}), pd.DataFrame({"day": days[20:]}))
    >>> found.splitter, found.reason
    ('time', 'all of test lies at or after the end of train')
    """
    if len(test) < LEAST_TEST_ROWS:
        return None
    later = list(_find_later(train, test))
    if later:
        return later[0]
    entities = sorted(_find_entities(train, test, id_parts), key=lambda pair: -pair[0])
    return entities[0][1] if entities else None


def _find_later(train: pd.DataFrame, test: pd.DataFrame) -> Iterator[SplitColumn]:
    for name in train.columns:
        is_date = pd.api.types.is_datetime64_any_dtype(train[name])
        if not is_date and not (_is_whole(train[name]) and PERIOD.search(str(name))):
            continue
        known, unknown = train[name], test[name]
        if known.isna().any() or unknown.isna().any() or known.nunique() < LEAST_TIMES:
            continue
        # Of a number the end itself must be passed: a month or a weekday comes again.
        after = unknown >= known.max() if is_date else unknown > known.max()
        share = float(after.mean())
        if share >= LATER:
            part = "all" if share == 1 else f"{share:.1%}"
            yield SplitColumn(
                splitter="time",
                column=str(name),
                reason=f"{part} of test lies at or after the end of train",
            )


def _find_entities(
    train: pd.DataFrame, test: pd.DataFrame, id_parts: tuple[str, ...]
) -> Iterator[tuple[int, SplitColumn]]:
    for name in train.columns:
        if not (_is_whole(train[name]) or isinstance(train[name].dtype, pd.CategoricalDtype)):
            continue
        known = train[name].dropna()
        counts = known.value_counts()
        counts = counts[counts > 0]
        n_rows = len(known) / max(1, len(counts))
        in_id = name in id_parts
        if len(counts) < LEAST_ENTITIES or len(known) < len(train):
            continue
        if n_rows < LEAST_ROWS_A_VALUE and not in_id:
            continue
        # A row's entity is known if one of its other rows is in the four fifths that train.
        expected = float(np.sum(counts * (1 - 0.2 ** (counts - 1)))) / len(known)
        unknown = test[name].dropna()
        shown = expected >= LEAST_KNOWN_IN_ID and expected * len(test) >= LEAST_ROWS_IN_ID
        if len(unknown) < len(test) or not (expected >= LEAST_KNOWN or (in_id and shown)):
            continue
        share = float(unknown.isin(counts.index).mean())
        if share <= UNKNOWN * min(1.0, expected / LEAST_KNOWN):
            reason = (
                f"{name!r} repeats in train ({n_rows:.1f} rows each), and {_format(share)} of "
                "test's rows have a value that occurs in train"
            )
            yield len(counts), SplitColumn(splitter="group", column=str(name), reason=reason)


def _is_whole(column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return False
    values = column.dropna().to_numpy(dtype=np.float64)
    return bool(len(values)) and bool((values == np.floor(values)).all())


def _format(share: float) -> str:
    return "none" if share == 0 else f"{share:.1%}"
