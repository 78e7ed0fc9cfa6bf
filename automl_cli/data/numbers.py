"""Texts to numbers, and how a column of numbers is kept.

Integers beyond 2**53 are never rounded where they can be kept: they stay int64. How numbers are
spelled (decimal commas, currencies, units) is told by `automl_cli.data.formats`.
"""

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatVector
from automl_cli.data.text_columns import Texts

Storage: TypeAlias = Literal["int64", "float64", "text"]

PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
EXACT = 2**53  # float64 holds every integer below this, and rounds the next ones to it


def parse_numbers(texts: Texts) -> FloatVector:
    """Return the plain numbers in `texts`, NaN where a text is missing or none, or not finite.

    Parameters
    ----------
    texts
        A pyarrow array or chunked array of ``large_string``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> parse_numbers(pa.array(["1", "x", "2e3", None], pa.large_string())).tolist()
    [1.0, nan, 2000.0, nan]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    is_number = pc.match_substring_regex(texts, pattern=PLAIN)
    kept = pc.if_else(is_number, texts, pa.scalar(None, pa.large_string()))
    values = np.array(_to_numpy(pc.cast(kept, pa.float64())), dtype=np.float64)
    values[~np.isfinite(values)] = np.nan  # 1e999 is no number that a model can use
    return values


def parse_plain(cells: Texts) -> FloatVector | None:
    """Return the numbers in `cells`, NaN where null, or None if one cell is anything else.

    Equal to `parse_numbers`, and ten times as fast because no pattern is matched.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        numbers = pc.cast(cells, pa.float64())
    except pa.ArrowInvalid:
        return None
    values = np.array(_to_numpy(numbers), dtype=np.float64)
    # The cast also takes "inf" and "nan", which are no numbers in a table.
    n_finite = int(np.isfinite(values).sum())
    return values if n_finite == len(cells) - cells.null_count else None


def find_storage(texts: Texts, values: FloatVector) -> Storage:
    """Return how a column of numbers is kept without losing anything.

    Parameters
    ----------
    texts
        The cells, or the distinct cells.
    values
        The numbers in them, NaN where there is none.

    Returns
    -------
    ``text`` for codes written in digits: all of one width with leading zeros, or integers that
    neither float64 nor (because cells are missing) int64 can hold.
    """
    filled = ~np.isnan(values)
    numbers = values[filled]
    if not np.array_equal(numbers, np.floor(numbers)):
        return "float64"
    if is_padded(texts):
        return "text"
    if np.abs(numbers).max(initial=0) >= EXACT:
        if not _all_match(texts, r"^[+-]?\d+$"):
            return "float64"
        return "int64" if filled.all() and parse_integers(texts) is not None else "text"
    return "int64" if filled.all() else "float64"


def store_numbers(
    texts: Texts,
    values: FloatVector,
    storage: Storage,
) -> FloatVector | npt.NDArray[np.int64]:
    """Return `values` as int64 if `storage` says so and nothing is lost by it."""
    whole = storage == "int64" and bool(np.isfinite(values).all())
    if not whole or not np.array_equal(values, np.floor(values)):
        return values
    if np.abs(values).max(initial=0) < EXACT:
        return values.astype(np.int64)
    exact = parse_integers(texts)
    return values if exact is None else exact


def parse_integers(texts: Texts) -> npt.NDArray[np.int64] | None:
    """Return the integers in `texts`, or None if one does not fit into int64."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return np.asarray(_to_numpy(pc.cast(pc.utf8_ltrim(texts, "+"), pa.int64())), dtype=np.int64)
    except pa.ArrowInvalid:
        return None


def is_padded(texts: Texts) -> bool:
    """Return whether all texts are digits of one width, some with leading zeros."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(texts, pattern=r"^0\d")).as_py():
        return False
    width = pc.min_max(pc.binary_length(texts))
    return bool(width["min"] == width["max"]) and _all_match(texts, r"^\d+$")


def _all_match(texts: Texts, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(texts, pattern=pattern)).as_py())


def _to_numpy(values: Texts) -> npt.NDArray[np.generic]:
    import pyarrow as pa

    if isinstance(values, pa.ChunkedArray):
        return np.asarray(values.to_numpy())
    return np.asarray(values.to_numpy(zero_copy_only=False))
