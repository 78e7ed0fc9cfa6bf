"""A made-up table, shared by two benchmarks."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column, Role

LARGE: Mapping[str, Mapping[str, ParamValue]] = {  # as many columns as a screen is given
    "crosses": {"max_pairs": 2000, "max_triples": 200},
    "random_subsets": {"n_subsets": 500},
    "arithmetic": {"max_pairs": 2000},
    "group_stats": {"max_pairs": 400},
}


def make_frame(n_rows: int) -> pd.DataFrame:
    """Return 20 mixed columns of numbers and labels, a date and a text."""
    rng = np.random.default_rng(0)
    made: dict[str, object] = {
        f"amount{k}": np.round(rng.lognormal(k % 3, 1, n_rows), 2 + k % 3) for k in range(7)
    }
    for k, n_values in enumerate((3, 9, 40, 120, 400, 1500)):
        made[f"whole{k}"] = rng.integers(0, n_values, n_rows).astype(np.float64)
    for k, n_levels in enumerate((5, 12, 60, 200, 800, 2000, 5000)):
        codes = (rng.random(n_rows) ** 3 * n_levels).astype(np.int64)
        labels = [f"label {number}" for number in range(n_levels)]
        made[f"label{k}"] = pd.Categorical.from_codes(codes, labels)
    hours = pd.to_timedelta(rng.integers(0, 50_000, n_rows), "h")
    made["date"] = pd.Timestamp("2020-01-31") + hours
    words = np.array(["late", "Paid", "in", "cash", "twice,", "thanks!", "42", "none"])
    drawn = words[rng.integers(0, len(words), (n_rows, 4))]
    made["note"] = pd.Series([" ".join(row) for row in drawn.tolist()], dtype="str")
    frame = pd.DataFrame(made)
    for name in ("amount0", "whole2", "label2"):
        frame.loc[rng.random(n_rows) < 0.1, name] = None
    return frame


def _find_role(column: pd.Series) -> Role:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "categorical"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "datetime"
    return "numeric" if pd.api.types.is_numeric_dtype(column) else "text"


def make_columns(frame: pd.DataFrame) -> tuple[Column, ...]:
    """Return the columns with their roles."""
    return tuple(Column(name=name, role=_find_role(frame[name]), reason="") for name in frame)
