import numpy as np
import pandas as pd
import pytest

from automl_cli.core.arrays import FloatVector
from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column
from automl_cli.features.group import Features, GroupState
from automl_cli.features.resolutions import RESOLUTIONS


def fit(values: FloatVector, **own: ParamValue) -> GroupState | None:
    columns = (Column(name="x", role="numeric", reason=""),)
    return RESOLUTIONS.fit(pd.DataFrame({"x": values}), columns, RESOLUTIONS.make_params(own))


def transform(values: FloatVector, new: FloatVector, **own: ParamValue) -> tuple[Features, ...]:
    state = fit(values, **own)
    assert state is not None
    return tuple(RESOLUTIONS.transform(state, pd.DataFrame({"x": new})))


def names_of(values: FloatVector, **own: ParamValue) -> tuple[str, ...]:
    return transform(values, values, **own)[0].names


@pytest.mark.parametrize(
    ("scale", "units"),
    [(1000, ("100", "10", "1")), (1, ("0.1", "0.01", "0.001")), (1e6, ("100000", "10000", "1000"))],
)
def test_units_follow_the_range(scale: float, units: tuple[str, ...]):
    values = np.random.default_rng(0).random(20_000) * scale
    expected = tuple(f"x__round_{unit}" for unit in units)
    assert names_of(values, max_bins=0) == expected


def test_bins_come_in_four_sizes():
    values = np.random.default_rng(0).random(20_000)
    assert names_of(values, rounding=False) == ("x__q10", "x__q50", "x__q200", "x__q1000")
    assert names_of(values, rounding=False, max_bins=50) == ("x__q10", "x__q50")


def test_a_resolution_is_coarser_than_the_column():
    assert names_of(np.tile(np.arange(30.0), 100)) == ("x__q10",)
    assert names_of(np.tile(np.arange(60.0), 100)) == ("x__q10", "x__q50", "x__round_10")


def test_a_level_has_rows_to_learn_from():
    assert names_of(np.random.default_rng(0).random(300), rounding=False) == ("x__q10", "x__q50")
    assert fit(np.arange(12.0)) is None


def test_a_column_of_few_values_has_no_resolution():
    assert fit(np.tile([0.0, 1.0, 5.0], 100)) is None


def test_an_outlier_does_not_set_the_units():
    values = np.random.default_rng(0).random(20_000) * 1000
    values[0] = 1e30
    assert names_of(values, max_bins=0)[1:] == ("x__round_10", "x__round_1")


def test_rounded_values_share_a_code_and_unseen_ones_have_none():
    values = np.arange(0.0, 1000.0)
    new = np.array([149.0, 151.0, 249.0, 5000.0, np.nan, np.inf])
    made = transform(values, new, max_bins=0)[0]
    hundreds = made.array[made.names.index("x__round_100")]
    assert hundreds.tolist() == [2, 3, 3, 0, 0, 0]


def test_ties_are_counted():
    values = np.concatenate([np.zeros(500), np.arange(1.0, 501.0)])
    means, counts = transform(values, np.array([0.0, 500.0]), rounding=False)
    assert set(counts.names) <= {f"{name}__log_count" for name in means.names}
    assert (counts.array[:, 0] > counts.array[:, 1]).all()


def test_a_range_of_almost_nothing_is_not_rounded():
    values = np.arange(100.0) * 5e-324
    assert all("round" not in name for name in names_of(values))
