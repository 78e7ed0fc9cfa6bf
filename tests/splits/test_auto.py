import time

import numpy as np
import pandas as pd
import pytest

from automl_cli.splits.auto import find_split

N_TRAIN, N_TEST = 900, 300


@pytest.fixture
def rows() -> pd.DataFrame:
    """Return rows of many kinds of columns, none of which says how test is split off."""
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    return pd.DataFrame(
        {
            "measured": rng.normal(size=n),
            "rounded": rng.normal(size=n).round(1),
            "price": rng.integers(100, 100_000, n),
            "unique": rng.permutation(n),
            "age": rng.integers(18, 90, n),
            "city": pd.Categorical.from_codes(
                rng.integers(0, 30, n), [f"c{k:02d}" for k in range(30)]
            ),
            "name": pd.Categorical([f"name {k}" for k in range(n)]),
            "bought": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 365, n), "D"),
            "month": rng.integers(1, 13, n),
            "year": rng.integers(2015, 2024, n),
            "flag": rng.integers(0, 2, n),
            "constant": 7,
        }
    )


def divide(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return rows[:N_TRAIN], rows[N_TRAIN:]


def test_rows_drawn_at_random_say_nothing(rows: pd.DataFrame):
    assert find_split(*divide(rows)) is None


def test_entities_that_test_does_not_share_are_groups(rows: pd.DataFrame):
    rng = np.random.default_rng(1)
    rows["user"] = np.append(rng.integers(0, 200, N_TRAIN), rng.integers(200, 260, N_TEST))
    found = find_split(*divide(rows))
    assert found is not None
    assert (found.splitter, found.column) == ("group", "user")
    assert found.reason == (
        "'user' repeats in train (4.5 rows each), and none of test's rows have a value "
        "that occurs in train"
    )


def test_labels_are_entities_too(rows: pd.DataFrame):
    rng = np.random.default_rng(1)
    codes = np.append(rng.integers(0, 4, N_TRAIN), np.full(N_TEST, 4))
    rows["product"] = pd.Categorical.from_codes(codes, list("ABCDE"))
    found = find_split(*divide(rows))
    assert found is not None
    assert (found.splitter, found.column) == ("group", "product")


def test_of_several_such_columns_the_finest_is_taken(rows: pd.DataFrame):
    rng = np.random.default_rng(1)
    rows["user"] = np.append(rng.integers(0, 200, N_TRAIN), rng.integers(200, 260, N_TEST))
    rows["team"] = rows["user"] // 10
    found = find_split(*divide(rows))
    assert found is not None
    assert found.column == "user"


def test_entities_that_test_shares_in_part_are_none(rows: pd.DataFrame):
    rng = np.random.default_rng(1)
    rows["user"] = np.append(rng.integers(0, 200, N_TRAIN), rng.integers(180, 260, N_TEST))
    assert find_split(*divide(rows)) is None


def test_a_row_number_is_no_entity(rows: pd.DataFrame):
    rows["row"] = np.arange(len(rows))
    assert find_split(*divide(rows)) is None


def test_dates_that_go_on_in_test_are_a_time(rows: pd.DataFrame):
    rows["sold"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(rows)) // 4, "D")
    found = find_split(*divide(rows))
    assert found is not None
    assert (found.splitter, found.column) == ("time", "sold")


def test_a_time_comes_before_entities(rows: pd.DataFrame):
    rng = np.random.default_rng(1)
    rows["user"] = np.append(rng.integers(0, 200, N_TRAIN), rng.integers(200, 260, N_TEST))
    rows["sold"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(rows)) // 4, "D")
    found = find_split(*divide(rows))
    assert found is not None
    assert found.splitter == "time"


@pytest.mark.parametrize("name", ["year", "week_number", "date_block", "saleYear.year"])
def test_whole_numbers_are_a_time_if_their_name_says_so(rows: pd.DataFrame, name: str):
    rows = rows.drop(columns=["year", "month"])
    rows[name] = np.append(np.arange(N_TRAIN) // 60, np.full(N_TEST, 15))
    found = find_split(*divide(rows))
    assert found is not None
    assert (found.splitter, found.column) == ("time", name)


def test_other_whole_numbers_are_entities(rows: pd.DataFrame):
    rows["store"] = np.append(np.arange(N_TRAIN) // 60, np.full(N_TEST, 15))
    found = find_split(*divide(rows))
    assert found is not None
    assert (found.splitter, found.column) == ("group", "store")


def test_times_that_alternate_say_nothing(rows: pd.DataFrame):
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(rows)) // 4, "D")
    is_late = days.day > 19  # as in competitions that keep the end of each month back
    early, late = rows[~is_late], rows[is_late]
    assert find_split(early.assign(day=days[~is_late]), late.assign(day=days[is_late])) is None


def test_gaps_in_a_column_disqualify_it(rows: pd.DataFrame):
    rows["sold"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(rows)) // 4, "D")
    rows.loc[::50, "sold"] = pd.NaT
    assert find_split(*divide(rows)) is None


def test_a_handful_of_test_rows_says_nothing(rows: pd.DataFrame):
    rows["sold"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(rows)), "D")
    assert find_split(rows[:N_TRAIN], rows[N_TRAIN : N_TRAIN + 10]) is None


def test_it_is_quick_on_many_rows():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"n{k}": rng.integers(0, 10**k, 200_000) for k in range(1, 7)})
    started = time.perf_counter()
    find_split(frame[:150_000], frame[150_000:])
    assert time.perf_counter() - started < 2
