"""How far columns of train and test are apart."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.report.shifts import LARGE, MODERATE, measure_shifts

N_ROWS = 3_000


def make_table(seed: int, *, moved: float = 0.0, share: float = 0.5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    shop = pd.Categorical(
        np.where(rng.random(N_ROWS) < share, "a", "b"), categories=["a", "b", "c"]
    )
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, N_ROWS), "D")
    return pd.DataFrame({"size": rng.normal(size=N_ROWS) + moved, "shop": shop, "day": day})


COLUMNS = [
    Column(name="size", role="numeric", reason=""),
    Column(name="shop", role="categorical", reason=""),
    Column(name="day", role="datetime", reason=""),
]


def test_equal_tables_do_not_differ():
    shifts = measure_shifts(make_table(0), make_table(1), COLUMNS)
    assert {one.name for one in shifts} == {"size", "shop", "day"}
    assert max(one.stability for one in shifts) < MODERATE
    assert min(one.p for one in shifts) > 0.01


def test_what_moved_comes_first():
    shifts = measure_shifts(make_table(0), make_table(1, moved=1.0, share=0.4), COLUMNS)
    assert [one.name for one in shifts][:2] == ["size", "shop"]
    assert shifts[0].stability > LARGE
    assert shifts[0].statistic == pytest.approx(0.38, abs=0.04)  # of normals one deviation apart
    assert shifts[0].p < 1e-6
    assert shifts[1].p < 1e-6


def test_the_index_of_levels_is_the_textbooks():
    train = make_table(0)[["shop"]].assign(shop=pd.Categorical(list("aaab") * 750))
    test = train.assign(shop=pd.Categorical(list("aabb") * 750))
    found = measure_shifts(train, test, [COLUMNS[1]])[0]
    expected = (0.5 - 0.75) * np.log(0.5 / 0.75) + (0.5 - 0.25) * np.log(0.5 / 0.25)
    assert found.stability == pytest.approx(expected)


def test_rare_levels_that_come_and_go_are_no_drift():
    names = [f"ticket {k}" for k in range(5_000)]
    draws = np.random.default_rng(0).integers(0, 5_000, (2, N_ROWS))
    tables = [
        pd.DataFrame({"shop": pd.Categorical.from_codes(codes, categories=names)})
        for codes in draws
    ]
    found = measure_shifts(*tables, [COLUMNS[1]])[0]
    assert found.stability < MODERATE
    assert found.unseen > 0.3


def test_gaps_and_unseen_levels_are_told():
    test = make_table(1)
    test.loc[: N_ROWS // 2 - 1, "size"] = np.nan
    test.loc[: N_ROWS // 4 - 1, "shop"] = "c"
    shifts = {one.name: one for one in measure_shifts(make_table(0), test, COLUMNS)}
    assert shifts["size"].missing == (0.0, 0.5)
    assert shifts["size"].stability > LARGE
    assert shifts["shop"].unseen == 0.25


def test_a_column_without_a_value_is_survived():
    train = make_table(0).assign(size=np.nan)
    shifts = {one.name: one for one in measure_shifts(train, make_table(1), COLUMNS)}
    assert shifts["size"].statistic is None
    assert shifts["size"].missing == (1.0, 0.0)


@pytest.mark.parametrize("name", ["size", "day"])
def test_a_column_that_is_missing_in_test_alone_has_surely_shifted(name: str):
    test = make_table(1)
    test[name] = np.nan if name == "size" else pd.NaT
    shifts = {one.name: one for one in measure_shifts(make_table(0), test, COLUMNS)}
    assert shifts[name].statistic is None
    assert shifts[name].p < 1e-6


def test_gaps_shift_a_column_whose_known_values_stay():
    rng = np.random.default_rng(2)
    tables = [make_table(seed)[["size"]] for seed in (0, 1)]
    for table, share in zip(tables, (0.1, 0.2), strict=True):
        table.loc[rng.random(N_ROWS) < share, "size"] = np.nan
    assert measure_shifts(*tables, [COLUMNS[0]])[0].p < 1e-6


def test_equal_gaps_are_no_shift():
    small = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values = rng.normal(size=(2, 500))
        values[rng.random((2, 500)) < 0.2] = np.nan
        tables = [pd.DataFrame({"size": one}) for one in values]
        small += measure_shifts(*tables, [COLUMNS[0]])[0].p < 0.05
    assert small <= 10


def test_a_column_that_is_missing_in_both_has_not_shifted():
    tables = [make_table(seed).assign(size=np.nan) for seed in (0, 1)]
    assert {one.name: one.p for one in measure_shifts(*tables, COLUMNS)}["size"] == 1.0
