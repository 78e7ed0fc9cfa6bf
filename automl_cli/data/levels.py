"""The distinct texts of a target, their numbers, and the cells that are no numbers among them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import BoolVector, FloatVector, IntVector
from automl_cli.core.errors import DataError
from automl_cli.data.formats import PLAIN, NumberFormat, find_format
from automl_cli.data.merged import merge_spellings
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable
from automl_cli.data.strays import UnreadCells, are_enough
from automl_cli.data.text_columns import MISSING, MISSING_NUMBERS, Texts, mask_missing

FEW_CLASSES = 20  # whole numbers with more distinct values are amounts, not classes
ROWS_PER_CLASS = 10  # on average; a whole number with fewer rows a value is an amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The distinct texts of a target: their numbers (NaN: none) and which row holds which."""

    name: str
    train: RawTable
    texts: npt.NDArray[np.object_]
    numbers: FloatVector
    codes: npt.NDArray[np.int64]  # of each row; -1 is missing
    n_rows: int
    form: NumberFormat
    merged: str = ""  # which texts are one, in words

    @property
    def strays(self) -> BoolVector:
        """Which texts hold something that is not a number."""
        return np.isnan(self.numbers) & ~np.isin(self.texts, MISSING_NUMBERS)

    @property
    def counts(self) -> IntVector:
        """Rows of each text that holds something; 0 where it means that a number is missing."""
        counts = np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))
        return np.where(np.isin(self.texts, MISSING_NUMBERS), 0, counts)

    @property
    def n_distinct(self) -> int:
        """How many there are; 1 and 1.0 are one if all of them are numbers."""
        if np.isnan(self.numbers).any():
            return len(self.texts)
        return len(np.unique(self.numbers))

    @property
    def is_numeric(self) -> bool:
        """True if the texts are numbers, but for strays too few to be values of their own."""
        return are_enough(self.counts, ~np.isnan(self.numbers)) and (
            not self.strays.any() or len(self.texts) > FEW_CLASSES
        )

    @property
    def is_whole(self) -> bool:
        """True if every text is a whole number."""
        return bool(np.all(self.numbers == np.floor(self.numbers)))

    @property
    def are_few(self) -> bool:
        """True if there are so few of them that whole numbers are classes."""
        return self.n_distinct <= min(FEW_CLASSES, self.n_rows / ROWS_PER_CLASS)


def find_levels(train: RawTable, name: str, options: DataOptions, *, comma: bool) -> Levels:
    """Return the distinct texts of the target `name`.

    Parameters
    ----------
    train, name, options
        What is encoded.
    comma
        Whether the numbers of the file have decimal commas.

    Raises
    ------
    DataError
        If it holds fewer than two of them: name another target.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = (
        mask_missing(train.cells(name), (*MISSING, *options.missing))
        .dictionary_encode()
        .combine_chunks()
    )
    texts = np.asarray(encoded.dictionary.to_numpy(zero_copy_only=False), dtype=object)
    codes = np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64)
    texts, codes, merged = merge_spellings(texts, codes)
    trimmed = pc.utf8_trim_whitespace(pa.array(texts, pa.large_string()))
    form, numbers = _find_numbers(trimmed, codes, options, comma=comma)
    levels = Levels(
        name=name,
        train=train,
        texts=texts,
        numbers=numbers,
        codes=codes,
        n_rows=train.n_rows - encoded.null_count,
        form=form,
        merged=merged,
    )
    if levels.n_distinct < 2:
        came = f"only the value {texts[0]!r}" if len(texts) else "no value"
        raise DataError(
            f"{train.name}: the target {name!r} holds {came}, expected at least two values.",
            hint="Name another target with --target.",
        )
    return levels


def find_unread_target(levels: Levels) -> UnreadCells | None:
    """Return the cells that are no numbers, or None if there is none."""
    is_stray = np.append(levels.strays, False)[levels.codes]  # code -1 is missing
    if not is_stray.any():
        return None
    row = int(is_stray.argmax())
    return UnreadCells(
        column=levels.name,
        kind="number",
        cells=int(is_stray.sum()),
        rows=levels.train.n_rows,
        first=str(levels.texts[levels.codes[row]]),
        table=levels.train.name,
        row=row,
        line=levels.train.find_line(row),
    )


def name_stray(levels: Levels) -> str:
    """Return the first cell that is no number, and where it stands; nothing if there is none."""
    unread = find_unread_target(levels)
    return "" if unread is None else f"{unread.first!r} ({unread.place})"


def _find_numbers(
    texts: Texts, codes: IntVector, options: DataOptions, *, comma: bool
) -> tuple[NumberFormat, FloatVector]:
    """Return the numbers; a few texts with units or other marks are classes, not numbers."""
    plain = parse_numbers(texts)
    is_value = options.task == "regression" or options.wants == "value"
    if not (is_value or len(texts) > FEW_CLASSES):
        return PLAIN, plain
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    return find_format(texts, counts, decimal_comma=comma)
