"""A table with every role, made of random numbers."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column, Dataset, Role, Schema

ROLES: dict[str, Role] = {
    "age": "numeric",
    "income": "numeric",
    "city": "categorical",
    "street": "categorical",
    "joined": "datetime",
    "note": "text",
}


def make_frame(n_rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    cities = [f"city {number}" for number in range(6)]
    streets = [f"street {number:02d}" for number in range(40)]
    days = pd.to_timedelta(rng.integers(0, 900, n_rows), "D")
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, n_rows),
            "income": rng.lognormal(10, 1, n_rows),
            "city": pd.Categorical.from_codes(rng.integers(0, 6, n_rows), cities),
            "street": pd.Categorical.from_codes(rng.integers(0, 40, n_rows), streets),
            "joined": pd.Timestamp("2020-01-31") + days,
            "note": pd.Series(["Paid 20 EUR, late!", "ok", None])[rng.integers(0, 3, n_rows)].array,
        }
    )
    for column in ("income", "city", "joined"):
        frame.loc[rng.random(n_rows) < 0.1, column] = None
    return frame.astype({"note": "str"})


@pytest.fixture
def dataset() -> Dataset:
    """Return 120 training and 30 test rows with a binary target."""
    train, test = make_frame(120, seed=1), make_frame(30, seed=2)
    columns = tuple(Column(name=name, role=role, reason="made") for name, role in ROLES.items())
    return Dataset(
        schema=Schema(targets=(), id=None, columns=columns, ignored=(), facts=()),
        train=train,
        targets={"y": np.random.default_rng(3).integers(0, 2, 120)},
        test=test,
        test_ids=None,
        sample=None,
        extra={},
        key="made of random numbers",
    )
