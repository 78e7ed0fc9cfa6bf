import numpy as np
import pandas as pd

from automl_cli.features.finite import N_SAMPLED, read_finite, sample_rows


def test_infinities_and_what_float32_cannot_hold_become_missing():
    frame = pd.DataFrame({"x": [1.0, np.inf, -np.inf, 1e300, np.nan], "n": [1, 2, 3, 4, 5]})
    assert np.isnan(read_finite(frame, "x")).tolist() == [False, True, True, True, True]
    assert read_finite(frame, "n").tolist() == [1, 2, 3, 4, 5]


def test_a_sample_is_ordered_distinct_and_repeatable():
    rows = sample_rows(100_000)
    assert len(rows) == N_SAMPLED
    assert (np.diff(rows) > 0).all()
    assert np.array_equal(rows, sample_rows(100_000))
    assert sample_rows(3).tolist() == [0, 1, 2]
