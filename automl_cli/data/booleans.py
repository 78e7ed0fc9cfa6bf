"""Yes and no in their spellings: ``True``, ``false``, ``yes``, ``N``, ``1``."""

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.data.text_columns import Texts

WORDS = (("true", "false"), ("yes", "no"))
LETTERS = (("t", "f"), ("y", "n"))
NUMBERS = (("1", "0"), ("1.0", "0.0"))


def parse_booleans(texts: Texts) -> FloatVector:
    """Return 1.0 for yes, 0.0 for no in any spelling and case, and NaN for every other text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> parse_booleans(pa.array(["TRUE", "no", "0", "2"], pa.large_string())).tolist()
    [1.0, 0.0, 0.0, nan]
    """
    every = (*WORDS, *LETTERS, *NUMBERS)
    is_true, is_false = (_is_any(texts, tuple(pair[side] for pair in every)) for side in (0, 1))
    return np.where(is_true, 1.0, np.where(is_false, 0.0, np.nan))


def are_booleans(texts: Texts) -> bool:
    """Return whether a column that `parse_booleans` reads says yes and no.

    It does if it holds true or false, or mixes spellings (Yes and No here, 1 and 0 there). Numbers
    alone are numbers, and two labels spelled in one way are as good as labels.
    """
    if _is_any(texts, WORDS[0]).any():
        return True
    families = [bool(_is_any(texts, pair).any()) for pair in (*WORDS, *LETTERS)]
    numbers = any(bool(_is_any(texts, pair).any()) for pair in NUMBERS)
    words = any(families[: len(WORDS)])
    return sum(families) + numbers > 1 and (words or numbers)


def _is_any(texts: Texts, words: tuple[str, ...]) -> BoolVector:
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = pc.utf8_lower(texts)
    found = pc.is_in(lower, value_set=pa.array(words, pa.large_string()))
    return np.array(pc.fill_null(found, fill_value=False))
