"""What a model is given: a float block and a block of category codes."""

from dataclasses import dataclass, replace

from automl_cli.core.arrays import BoolVector, CodeMatrix, Float32Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Model input for some rows.

    Parameters
    ----------
    values
        Shape (rows, p), float32. Missing is NaN unless the recipe filled it.
    categories
        Shape (rows, q), int32: 0 is missing or unseen, 1 … levels[j] - 1 are the known levels.
        A model takes them natively (boosters), expands them to indicators (linear) or is given
        a recipe without them (forests).
    value_names, category_names
        Names of the p and q columns, unique together.
    levels
        For each category column the number of codes, code 0 included.
    """

    values: Float32Matrix
    categories: CodeMatrix
    value_names: tuple[str, ...]
    category_names: tuple[str, ...]
    levels: tuple[int, ...]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.values.shape[0])

    @property
    def n_columns(self) -> int:
        """Number of columns: values and categories."""
        return int(self.values.shape[1]) + len(self.levels)

    def take(self, rows: BoolVector) -> "Matrix":
        """Return the rows that are marked."""
        return replace(self, values=self.values[rows], categories=self.categories[rows])
