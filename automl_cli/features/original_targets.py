"""The targets of the original data set, as columns of features are made of them.

They are known for its rows alone, none of which is a row of train, so what is learned from them
needs no nesting within the folds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.dataset import Original
from automl_cli.features.numeric import LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalTarget:
    """One target of the original data set.

    Parameters
    ----------
    y
        Shape (rows,): values, or which of the classes that occur.
    n_classes
        How many classes occur; 0 for values.
    endings
        What the names of its columns end in, one an output.
    """

    y: FloatVector | IntVector
    n_classes: int
    endings: tuple[str, ...]

    @property
    def outputs(self) -> FloatMatrix:
        """The values, the share of the second of two classes, or of each, (outputs, rows)."""
        if self.n_classes <= 2:
            return self.y[None].astype(np.float64)
        return np.asarray(self.y == np.arange(self.n_classes)[:, None], dtype=np.float64)


def list_targets(original: Original) -> Iterator[OriginalTarget]:
    """Yield the targets that are not the same in all rows.

    Every target has columns, whichever of them is predicted: another target of the original data
    set is known without any answer of the competition.

    Examples
    --------
    >>> import pandas as pd
    >>> targets = {"grade": np.array([4, 0, 2]), "price": np.array([1.5, 2.0, 9.0])}
    >>> for one in list_targets(Original(frame=pd.DataFrame(index=range(3)), targets=targets)):
    ...     print(one.n_classes, one.y, one.endings)
    3 [2 0 1] ('_grade_0', '_grade_2', '_grade_4')
    0 [1.5 2.  9. ] ('_price',)
    """
    several = len(original.targets) > 1
    for name, y in original.targets.items():
        of_target = f"_{name}" if several else ""
        classes = np.unique(y)
        if len(classes) < 2:
            continue
        if y.dtype.kind == "f":
            values = np.clip(y.astype(np.float64), -LARGEST, LARGEST)
            yield OriginalTarget(y=values, n_classes=0, endings=(of_target,))
        else:
            every = tuple(f"{of_target}_{code}" for code in classes)
            yield OriginalTarget(
                y=np.searchsorted(classes, y).astype(np.int64),
                n_classes=len(classes),
                endings=every if len(classes) > 2 else (of_target,),
            )
