from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.features.group import GroupState
from automl_cli.features.group_stats import GROUP_STATS, LEVELS

N_ROWS = 600
RNG = np.random.default_rng(0)
CITIES = pd.Categorical.from_codes(RNG.integers(0, 3, N_ROWS), ["Bonn", "Kiel", "Ulm"])
PRICES = RNG.gamma(3, 10, N_ROWS) * (CITIES.codes + 1)


def columns_of(frame: pd.DataFrame) -> tuple[Column, ...]:
    return tuple(
        Column(
            name=name,
            role="categorical" if frame[name].dtype == "category" else "numeric",
            reason="",
        )
        for name in frame
    )


def fit(known: dict[str, Any], **own: int) -> GroupState | None:
    frame = pd.DataFrame(known)
    return GROUP_STATS.fit(frame, columns_of(frame), GROUP_STATS.make_params(own))


def make(known: dict[str, Any], new: dict[str, Any] | None = None, **own: int) -> pd.DataFrame:
    state = fit(known, **own)
    assert state is not None
    made = next(GROUP_STATS.transform(state, pd.DataFrame(known if new is None else new)))
    return pd.DataFrame(made.array.T, columns=list(made.names))


def test_statistics_are_those_of_the_group():
    made = make({"city": CITIES, "price": PRICES}, max_pairs=1)
    groups = pd.Series(PRICES).groupby(CITIES, observed=True)
    mean, std = groups.transform("mean"), groups.transform("std", ddof=0)
    np.testing.assert_allclose(made["price__city_mean"], mean, rtol=1e-6)
    np.testing.assert_allclose(made["price__city_std"], std, rtol=1e-6)
    np.testing.assert_allclose(made["price__minus__city_mean"], PRICES - mean, rtol=1e-4)
    np.testing.assert_allclose(made["price__div__city_mean"], PRICES / mean, rtol=1e-6)


def test_ranks_are_the_share_of_the_group_that_is_smaller():
    made = make({"city": CITIES, "price": PRICES}, max_pairs=1)
    ranks = pd.Series(PRICES).groupby(CITIES, observed=True).rank(pct=True)
    assert np.abs(made["price__city_rank"] - ranks).max() < 0.06  # from 20 stored quantiles


def test_deviations_far_from_zero_are_exact():
    made = make({"city": CITIES, "price": PRICES + 1e12}, max_pairs=1)
    std = pd.Series(PRICES).groupby(CITIES, observed=True).transform("std", ddof=0)
    np.testing.assert_allclose(made["price__city_std"], std, rtol=1e-3)


@pytest.mark.parametrize("city", ["Rome", None])
def test_an_unseen_or_missing_group_has_no_statistics(city: str | None):
    new = {"city": pd.Categorical([city], categories=["Rome", "Kiel"]), "price": [7.0]}
    made = make({"city": CITIES, "price": PRICES}, new, max_pairs=1)
    assert made.isna().all(axis=None)


def test_a_group_of_few_rows_has_no_statistics():
    cities = pd.Categorical([*CITIES[4:], *["Jena"] * 4])
    made = make({"city": cities, "price": PRICES}, max_pairs=1)
    assert made.iloc[-4:].isna().all(axis=None)
    assert made.iloc[:-4].notna().all(axis=None)


def test_a_missing_value_has_only_what_belongs_to_its_group():
    new = {"city": pd.Categorical(["Ulm"]), "price": [np.nan]}
    made = make({"city": CITIES, "price": PRICES}, new, max_pairs=1)
    assert made.loc[0].dropna().index.tolist() == ["price__city_mean", "price__city_std"]


def test_columns_with_negative_values_have_no_ratio():
    made = make({"city": CITIES, "change": PRICES - 40}, max_pairs=1)
    assert "change__div__city_mean" not in made


def test_numbers_are_groups_by_value_or_by_bin():
    rooms, area = RNG.integers(1, 6, N_ROWS), PRICES * RNG.normal(1, 0.1, N_ROWS)
    made = make({"rooms": rooms, "area": area, "price": PRICES})
    names = {name for name in made if name.endswith("_mean") and "minus" not in name}
    assert {"price__rooms__exact_mean", "price__area__q10_mean", "area__price__q10_mean"} <= names
    assert made["price__rooms__exact_mean"].nunique() == 5
    assert made["price__area__q10_mean"].nunique() == 10
    assert not [name for name in made if name.startswith("price__price")]


def test_categories_come_first_and_then_what_tells_most():
    frame = {
        "near": PRICES * RNG.normal(1, 0.01, N_ROWS),
        "noise": pd.Categorical(RNG.integers(0, 3, N_ROWS).astype(str)),
        "city": CITIES,
        "price": PRICES,
    }
    state = fit(frame, max_pairs=6)
    assert state is not None
    keys = [state.meta["bases"][position][0] for position, *_ in state.meta["pairs"]]
    assert keys[:4] == ["city", "city", "noise", "noise"]
    assert set(keys[4:]) == {"near__q10", "price__q10"}


def test_a_group_that_tells_the_number_is_left_out():
    codes = RNG.integers(0, 20, N_ROWS)
    frame = {"label": pd.Categorical(codes.astype(str)), "number": codes * 1.5}
    assert fit(frame) is None


def test_nearly_unique_labels_are_no_groups():
    tickets = pd.Categorical((np.arange(N_ROWS) // 3).astype(str))
    assert fit({"ticket": tickets, "price": PRICES}) is None


def test_ranks_of_tied_values_are_in_the_middle():
    prices = RNG.integers(0, 12, N_ROWS).astype(np.float64)
    made = make({"city": CITIES, "price": prices}, max_pairs=1)["price__city_rank"]
    for city in range(3):
        own = prices[CITIES.codes == city]
        quantiles = np.sort(own)[(LEVELS * len(own)).astype(np.int64)]
        smaller = (quantiles < own[:, None]).mean(axis=1)
        equal = (quantiles == own[:, None]).mean(axis=1)
        np.testing.assert_allclose(made[CITIES.codes == city], smaller + equal / 2, atol=1e-6)
