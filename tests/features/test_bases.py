import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.core.arrays import CodeMatrix
from automl_cli.core.dataset import Column
from automl_cli.features.bases import (
    Base,
    code_bases,
    count_joined,
    fit_bases,
    fit_joined,
    look_up_joined,
    pack_bases,
    unpack_bases,
)
from automl_cli.features.codes import fit_values

SIZES = (2, 7, 40, 60_000, 60_000, 60_000, 60_000)  # values of each base


def make_bases() -> list[Base]:
    return [
        Base(name=f"x{k}", column=f"x{k}", coding=fit_values(np.arange(float(n_values))))
        for k, n_values in enumerate(SIZES)
    ]


def draw_codes(n_rows: int, seed: int) -> CodeMatrix:
    """Return codes of all bases of which few differ, so that combinations come again."""
    rng = np.random.default_rng(seed)
    codes = [n_values + 1 - rng.integers(0, 3, n_rows) for n_values in SIZES]
    return np.array(codes, dtype=np.int32)


BASES = make_bases()


@given(
    st.sets(st.integers(0, len(SIZES) - 1), min_size=1, max_size=5).map(sorted),
    st.sampled_from([1, 30, 400]),
    st.sampled_from([1, 30, 400]),
)
@settings(max_examples=60, deadline=None)
def test_joined_codes_are_those_of_a_dictionary(combination: list[int], n_known: int, n_new: int):
    known, new = draw_codes(n_known, seed=1), draw_codes(n_new, seed=2)
    coding = fit_joined(BASES, known, combination)
    codes = look_up_joined(BASES, known, combination, coding)
    seen = dict(zip(map(tuple, known[combination].T.tolist()), codes.tolist(), strict=True))
    assert sorted(seen.values()) == list(range(1, len(seen) + 1))
    assert count_joined(BASES, known, combination) == len(coding.known) == len(seen)
    assert np.bincount(codes, minlength=len(seen) + 2).tolist() == coding.counts.tolist()
    expected = [seen.get(row, 0) for row in map(tuple, new[combination].T.tolist())]
    assert look_up_joined(BASES, new, combination, coding).tolist() == expected


@pytest.mark.parametrize("combination", [[0, 1], [2, 3], [3, 4, 5, 6]])
def test_rows_alone_have_the_codes_of_the_table(combination: list[int]):
    codes = draw_codes(200, seed=3)
    coding = fit_joined(BASES, codes[:, :150], combination)
    together = look_up_joined(BASES, codes, combination, coding)
    alone = [look_up_joined(BASES, codes[:, [row]], combination, coding)[0] for row in range(200)]
    assert together.tolist() == alone


def test_keys_take_four_bytes_where_they_fit():
    codes = draw_codes(50, seed=4)
    assert fit_joined(BASES, codes, [2, 3]).known.dtype == np.int32
    assert fit_joined(BASES, codes, [3, 4]).known.dtype == np.int64


def test_the_bases_of_a_column_are_looked_up_together():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, 3000).astype(np.float64),
            "city": pd.Categorical(rng.choice(["oslo", "rome"], 3000)),
        }
    )
    frame.loc[::7] = None
    columns = (
        Column(name="age", role="numeric", reason=""),
        Column(name="city", role="categorical", reason=""),
    )
    bases = fit_bases(frame, columns, (50, 10))
    assert [base.name for base in bases] == ["age__exact", "age__q50", "age__q10", "city"]
    codes = code_bases(bases, frame)
    for base, own in zip(unpack_bases(pack_bases(bases)), codes, strict=True):
        assert np.bincount(own).tolist() == base.coding.counts.tolist()
