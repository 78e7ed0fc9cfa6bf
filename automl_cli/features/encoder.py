"""What a fold has learned from its training targets, for rows it was not trained on."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from automl_cli.core.arrays import CodeVector, Float32Matrix, IntVector
from automl_cli.features.linear_prediction import predict_linear

Chosen: TypeAlias = tuple[IntVector | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """The target means and the regressions of one fold, and the columns it takes.

    Parameters
    ----------
    means
        The means of all coded columns one after another, shape (n_outputs, codes), float32.
    starts
        Where each column begins, and the end, shape (columns + 1,).
    coefficients
        Of each regression, shape (n_outputs, 1 + dimensions), the intercept first.
    chosen
        For each step of the features the columns that the fold takes, ascending; None: all.
    """

    means: Float32Matrix
    starts: IntVector
    coefficients: tuple[Float32Matrix, ...]
    chosen: Chosen

    def look_up(self, column: int, codes: CodeVector) -> Float32Matrix:
        """Return the means of the codes of a column, shape (n_outputs, rows)."""
        own = self.means[:, self.starts[column] : self.starts[column + 1]]
        return own[:, codes]

    def predict(self, number: int, dimensions: Float32Matrix) -> Float32Matrix:
        """Return what a regression predicts, shape (n_outputs, rows)."""
        return predict_linear(self.coefficients[number], dimensions)

    def save(self, path: Path) -> None:
        """Write to an npz file."""
        chosen = {f"chosen_{k}": own for k, own in enumerate(self.chosen) if own is not None}
        fitted = {f"coefficients_{k}": own for k, own in enumerate(self.coefficients)}
        counts = np.array([len(self.chosen), len(self.coefficients)])
        np.savez(path, means=self.means, starts=self.starts, counts=counts, **chosen, **fitted)  # type: ignore[arg-type]  # the stub takes the names for options

    @classmethod
    def load(cls, path: Path) -> "Encoder":
        """Return what `save` wrote."""
        with np.load(path) as stored:
            n_steps, n_fitted = stored["counts"].tolist()
            return cls(
                means=stored["means"],
                starts=stored["starts"],
                coefficients=tuple(stored[f"coefficients_{k}"] for k in range(n_fitted)),
                chosen=tuple(stored.get(f"chosen_{k}") for k in range(n_steps)),
            )
