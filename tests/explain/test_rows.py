"""How a row's cells are told."""

import pandas as pd
import pytest

from automl_cli.explain.rows import format_cell


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (pd.Timestamp("2023-06-01"), "2023-06-01"),
        (pd.Timestamp("2023-06-01 07:30"), "2023-06-01 07:30:00"),
        (pd.NaT, None),
        (None, None),
        (1.5, "1.5"),
    ],
)
def test_dates_are_told_without_their_midnight(cell: object, told: str | None):
    assert format_cell(cell) == told
