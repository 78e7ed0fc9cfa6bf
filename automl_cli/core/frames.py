"""Tables with some columns changed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd


def with_columns(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table with other or further columns; the given one stays as it is.

    It is ``DataFrame.assign`` for names from anywhere, which cannot be keywords if one is "self".

    Examples
    --------
    >>> with_columns(pd.DataFrame({"a": [1]}), {"self": [2]}).columns.tolist()
    ['a', 'self']
    """
    changed = frame.copy(deep=False)
    for name, values in columns.items():
        changed[name] = values
    return changed
