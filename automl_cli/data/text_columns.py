"""The cells of one column with each distinct text once, and which texts mean "missing"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Texts: TypeAlias = "pa.Array | pa.ChunkedArray"  # of large_string

# Missing in every column, in train and test alike: what pandas reads as missing except "None",
# and the spellings that competitions add.
MISSING = (
    "", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "Nan", "-NaN", "-nan", "NULL", "null",
    "Null", "<NA>", "<na>", "#N/A", "#N/A N/A", "#NA", "#NULL!", "#VALUE!", "#DIV/0!", "#REF!",
    "#NUM!", "#NAME?", "-1.#IND", "1.#IND", "-1.#QNAN", "1.#QNAN", "NaT", "?",
)  # fmt: skip
# Missing in columns of numbers and dates only. In a column of texts these are a level of its own
# beside the empty cell ("no veneer" is not "unknown"), which loses nothing.
MISSING_NUMBERS = (
    "None", "none", "NONE", "-", "--", ".", "*", "unknown", "Unknown", "UNKNOWN", "missing",
)  # fmt: skip

# What yes and no are called in tables, in lower case.
BOOLEANS: Mapping[str, bool] = {
    "no": False, "false": False, "n": False, "f": False, "0": False,
    "yes": True, "true": True, "y": True, "t": True, "1": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TextColumn:
    """A column as distinct texts and codes.

    Parameters
    ----------
    texts
        Distinct cells without surrounding blanks (``large_string``); null where missing. Two of
        them may be equal if they differed in blanks only.
    codes
        Which text each row holds, shape (rows,).
    counts
        Rows of each text; 0 where missing.
    """

    texts: "pa.Array"
    codes: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]

    @property
    def n_filled(self) -> int:
        """Rows that hold something."""
        return int(self.counts.sum())

    def without(self, missing: tuple[str, ...]) -> "TextColumn":
        """Return the words with the texts `missing` missing as well."""
        texts = mask_missing(self.texts, missing)
        return TextColumn(
            texts=texts, codes=self.codes, counts=np.where(_is_null(texts), 0, self.counts)
        )


def make_text_column(cells: "pa.ChunkedArray", missing: tuple[str, ...]) -> TextColumn:
    """Return the distinct texts of `cells`."""
    import pyarrow.compute as pc

    encoded = cells.dictionary_encode().combine_chunks()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    texts = mask_missing(pc.utf8_trim_whitespace(encoded.dictionary), missing)
    counts = np.bincount(codes, minlength=len(texts))
    return TextColumn(texts=texts, codes=codes, counts=np.where(_is_null(texts), 0, counts))


def mask_missing(cells: Texts, missing: tuple[str, ...]) -> Texts:
    """Return `cells` (array or chunked array) with null where a text is among `missing`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = pa.large_string()
    is_missing = pc.is_in(cells, value_set=pa.array(missing, kind))
    return pc.if_else(is_missing, pa.scalar(None, kind), cells)


def any_match(texts: Texts, pattern: str) -> bool:
    """Return whether a text matches a regular expression."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(texts, pattern=pattern)).as_py())


def _is_null(texts: "pa.Array") -> npt.NDArray[np.bool_]:
    import pyarrow.compute as pc

    return np.asarray(pc.is_null(texts).to_numpy(zero_copy_only=False))
