"""Columns that tell the same are found, whatever they hold."""

import numpy as np
import pandas as pd

from automl_cli.explain.clusters import find_clusters


def make_frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    a, codes = rng.normal(size=300), rng.integers(0, 5, 300)
    labels = [f"label {k}" for k in range(5)]
    return pd.DataFrame(
        {
            "a": a,
            "noise": rng.normal(size=300),
            "near": -a + 0.1 * rng.normal(size=300),
            "label": pd.Categorical.from_codes(codes, labels),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.round(1e6 * np.exp(a)), "s"),
            "gappy": np.where(rng.random(300) < 0.5, np.nan, a),
            "same": pd.Categorical.from_codes(codes, [f"L{k}" for k in range(5)]),
            "text": pd.Series(["one", "two", None] * 100, dtype="str"),
            "constant": 1.0,
            "empty": np.nan,
        }
    )


def test_copies_reversals_dates_and_labels_are_clustered():
    clusters = set(find_clusters(make_frame()))
    assert ("a", "near", "day", "gappy") in clusters
    assert ("label", "same") in clusters
    assert {("noise",), ("text",), ("constant",), ("empty",)} <= clusters


def test_one_column_is_one_cluster_and_none_is_none():
    frame = make_frame()
    assert find_clusters(frame[["a"]]) == (("a",),)
    assert find_clusters(frame[[]]) == ()
