"""Parts of the rows where the answers are worst."""

import numpy as np
import pandas as pd

from automl_cli.report.segments import SURE, find_worst

N_ROWS = 2_000


def make_frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    shop = pd.Series(rng.choice(list("abc"), N_ROWS), dtype="category")
    size = pd.Series(rng.normal(size=N_ROWS)).where(rng.random(N_ROWS) > 0.1)
    day = pd.Series(pd.date_range("2024-01-01", periods=N_ROWS, freq="h"))
    return pd.DataFrame({"shop": shop, "size": size, "day": day})


def test_a_planted_segment_comes_first():
    frame = make_frame()
    losses = np.random.default_rng(1).exponential(size=N_ROWS)
    losses[(frame["shop"] == "b").to_numpy()] += 1.0
    worst, n_tried = find_worst(frame, losses)
    assert worst[0].name.startswith("shop = b")
    assert worst[0].adjusted <= SURE
    assert worst[0].n_rows <= (frame["shop"] == "b").sum()
    assert n_tried > 10


def test_a_planted_pair_is_found():
    frame = make_frame()
    losses = np.random.default_rng(1).exponential(size=N_ROWS)
    losses[((frame["shop"] == "b") & (frame["size"] > 1)).to_numpy()] += 3.0
    worst, _ = find_worst(frame, losses)
    assert "shop = b" in worst[0].name
    assert "size >" in worst[0].name


def test_missing_values_are_a_part():
    frame = make_frame()
    losses = np.ones(N_ROWS) + np.random.default_rng(2).normal(size=N_ROWS) / 10
    losses[frame["size"].isna().to_numpy()] += 1.0
    assert "size is missing" in find_worst(frame, losses)[0][0].name


def test_noise_seldom_looks_sure():
    frame = make_frame()
    sure = 0
    for seed in range(40):
        losses = np.random.default_rng(seed).exponential(size=N_ROWS)
        sure += any(one.adjusted <= SURE for one in find_worst(frame, losses)[0])
    assert sure <= 4


def test_errors_of_grouped_rows_are_wider():
    frame = make_frame()
    rng = np.random.default_rng(3)
    parts = np.arange(N_ROWS) // 100
    losses = rng.normal(size=20)[parts] + rng.normal(size=N_ROWS) / 10
    frame["shop"] = pd.Series(np.where(parts % 2, "odd", "even"), dtype="category")
    alone = {one.name: one for one in find_worst(frame, losses, most=100)[0]}
    grouped = {one.name: one for one in find_worst(frame, losses, parts, most=100)[0]}
    name = "shop = odd" if "shop = odd" in alone else "shop = even"
    assert grouped[name].error > 3 * alone[name].error


def test_equal_parts_are_told_once():
    frame = make_frame()
    frame["copy"] = frame["shop"].cat.rename_categories(str.upper)
    losses = np.random.default_rng(1).exponential(size=N_ROWS)
    losses[(frame["shop"] == "b").to_numpy()] += 1.0
    worst, _ = find_worst(frame, losses)
    assert sum("shop = b" in one.name and " and " not in one.name for one in worst) == 1
    assert any(one.name == "shop = b (the same rows: copy = B)" for one in worst)


def test_a_part_is_at_most_half_of_the_rows():
    worst, _ = find_worst(make_frame(), np.random.default_rng(1).exponential(size=N_ROWS))
    assert all(one.n_rows <= N_ROWS / 2 for one in worst)


def test_few_rows_give_no_segments():
    assert find_worst(make_frame()[:40], np.ones(40)) == ([], 0)
