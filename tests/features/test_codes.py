import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from automl_cli.core.arrays import FloatVector
from automl_cli.features.codes import (
    find_known,
    find_quantiles,
    fit_bins,
    fit_values,
    look_up,
    look_up_all,
    make_log_counts,
    make_target_means,
    pack_codings,
    read_keys,
    unpack_codings,
)

NUMBERS = st.sampled_from([0.0, -0.0, 0.1, 0.3, 2.0, -7.5, 1e9, np.nan])
COLUMNS = arrays(np.float64, st.integers(1, 40), elements=NUMBERS)
SEEN = COLUMNS.filter(lambda values: not np.isnan(values).all())


@given(SEEN, COLUMNS)
@settings(max_examples=100)
def test_codes_are_those_of_a_dictionary(known: FloatVector, new: FloatVector):
    coding = fit_values(known)
    distinct = sorted(set(known[~np.isnan(known)].tolist()))
    codes = {value: code for code, value in enumerate(distinct, start=1)}
    expected = [len(codes) + 1 if np.isnan(x) else codes.get(x, 0) for x in new.tolist()]
    assert look_up(coding, new).tolist() == expected


@given(SEEN, COLUMNS)
@settings(max_examples=100)
def test_several_codings_are_looked_up_as_each_alone(known: FloatVector, new: FloatVector):
    exact = fit_values(known)
    codings = [fit_bins(exact, 3), exact, fit_bins(exact, 7)]
    for codes, coding in zip(look_up_all(codings, new), codings, strict=True):
        below = np.searchsorted(coding.known, new, side="right")
        missing = np.isnan(new)
        assert (codes[missing] == len(coding.known) + 1).all()
        if not coding.exact:
            np.testing.assert_array_equal(codes[~missing], below[~missing])


@pytest.mark.parametrize("n_known", [10, 10_000])  # looked up by hash, and by search
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float64])
def test_known_values_are_found_at_their_place(n_known: int, dtype: type):
    known = np.arange(n_known).astype(dtype) * 3
    values = np.array([0, 3, 4, 3 * n_known - 3, 3 * n_known, -1]).astype(dtype)
    assert find_known(known, values).tolist() == [1, 2, 0, n_known, 0, 0]


@given(SEEN, st.integers(1, 8))
@settings(max_examples=100)
def test_counts_are_those_of_the_codes(values: FloatVector, n_bins: int):
    exact = fit_values(values)
    for coding in (exact, fit_bins(exact, n_bins)):
        codes = look_up(coding, values)
        counted = np.bincount(codes, minlength=len(coding.counts))
        assert counted.tolist() == coding.counts.tolist()


@given(SEEN, st.integers(1, 8))
@settings(max_examples=100)
def test_bins_keep_the_order_and_are_all_in_use(values: FloatVector, n_bins: int):
    bins = fit_bins(fit_values(values), n_bins)
    assert len(bins.known) <= n_bins
    assert bins.counts[1:-1].all()
    seen = np.sort(values[~np.isnan(values)])
    assert (np.diff(look_up(bins, seen)) >= 0).all()


def test_bins_of_distinct_values_have_equally_many_rows():
    exact = fit_values(np.random.default_rng(0).permutation(np.arange(1000.0)))
    assert set(fit_bins(exact, 10).counts[1:-1].tolist()) == {100}


def test_values_beyond_the_range_are_in_the_outer_bins():
    bins = fit_bins(fit_values(np.arange(10.0)), 5)
    assert look_up(bins, np.array([-1e30, 1e30, np.nan])).tolist() == [1, 5, 6]


def test_quantiles_are_known_values():
    coding = fit_values(np.array([5.0, 5.0, 5.0, 7.0, 9.0, np.nan]))
    assert find_quantiles(coding, np.array([0.1, 0.7, 0.9])).tolist() == [0, 1, 2]


def test_labels_have_the_same_key_in_any_categories():
    one = pd.DataFrame({"city": pd.Categorical(["oslo", None, "rome"])})
    categories = ["rome", "bonn", "oslo"]
    other = pd.DataFrame({"city": pd.Categorical(["rome", "oslo", None], categories=categories)})
    np.testing.assert_array_equal(read_keys(one, "city"), read_keys(other, "city")[[1, 2, 0]])
    assert len(np.unique(read_keys(one, "city"))) == 3


def test_infinite_numbers_are_missing():
    frame = pd.DataFrame({"x": [np.inf, -np.inf, 1e300, 2.0]})
    np.testing.assert_array_equal(read_keys(frame, "x"), [np.nan, np.nan, np.nan, 2.0])


def test_keys_of_crosses_may_be_large_integers():
    keys = np.array([2**62 + 1, 2**62, 2**62 + 1])
    assert look_up(fit_values(keys), np.append(keys, 2**62 + 2)).tolist() == [2, 1, 2, 0]


def test_packed_codings_come_back():
    exact = fit_values(np.array([3.0, 1.0, np.nan, 1.0]))
    codings = [exact, fit_bins(exact, 2), fit_values(np.array([8.0]))]
    for one, other in zip(unpack_codings(pack_codings(codings, "x"), "x"), codings, strict=True):
        assert one.known.tolist() == other.known.tolist()
        assert one.counts.tolist() == other.counts.tolist()
        assert one.exact == other.exact
    assert unpack_codings(pack_codings([], "x"), "x") == []


def test_missing_is_a_level_with_a_count_and_shares_code_0_in_target_means():
    values = np.array([1.0, 1.0, 4.0, np.nan])
    coding = fit_values(values)
    codes = look_up(coding, np.array([4.0, np.nan, 9.0]))[None]
    means = make_target_means(["x"], [coding], codes, 10.0)
    assert means.array.tolist() == [[2, 0, 0]]
    assert means.levels == (3,)
    counts = make_log_counts(["x"], [coding], codes)[0]
    assert counts.names == ("x__log_count",)
    assert counts.array[0] == pytest.approx(np.log1p([1, 1, 0]))


def test_counts_that_hardly_differ_are_left_out():
    coding = fit_values(np.array([1.0, 1.0, 1.0, 2.0, 2.0]))
    assert make_log_counts(["x"], [coding], look_up(coding, np.array([1.0]))[None]) == ()
