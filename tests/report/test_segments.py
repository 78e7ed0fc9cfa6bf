"""Parts of the rows where the answers are worst."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

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


def make_sites(seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return rows of 25 sites, five in each of five blocks, whose losses differ by chance."""
    rng = np.random.default_rng(seed)
    site = rng.integers(0, 25, N_ROWS)
    frame = pd.DataFrame({"site": pd.Series(site.astype(str), dtype="category")})
    losses = rng.normal(size=25)[site] + rng.normal(size=N_ROWS)
    return frame, losses, site // 5


def test_nothing_is_sure_of_a_level_within_one_block():
    for seed in range(20):
        frame, losses, blocks = make_sites(seed)
        worst, n_tried = find_worst(frame, losses, blocks)
        assert n_tried == 20  # levels that are looked at
        assert {one.adjusted for one in worst} == {1.0}
        assert np.isnan([one.error for one in worst]).all()


def test_parts_of_known_error_come_before_those_of_none():
    frame, losses, blocks = make_sites(0)
    frame["hour"] = np.random.default_rng(1).normal(size=N_ROWS)
    losses[(frame["hour"] > 0.9).to_numpy()] += 0.3
    worst, _ = find_worst(frame[["site", "hour"]], losses, blocks, most=100)
    known = [bool(np.isfinite(one.error)) for one in worst]
    assert known == sorted(known, reverse=True)
    assert 0 < sum(known) < len(known)


def test_few_blocks_are_judged_by_a_law_with_longer_tails():
    rng = np.random.default_rng(0)
    blocks = np.arange(N_ROWS) % 5
    half = rng.random(N_ROWS) < 0.4
    losses = rng.normal(size=N_ROWS) + 0.15 * half
    frame = pd.DataFrame({"kind": pd.Series(np.where(half, "a", "b"), dtype="category")})
    one = find_worst(frame, losses, blocks)[0][0]
    assert one.adjusted == pytest.approx(t.sf(one.excess / one.error, 4), rel=1e-6)


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
