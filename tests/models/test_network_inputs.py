"""Numbers as a network sees them: scaled, and cut into pieces."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.core.arrays import Float32Matrix
from automl_cli.core.matrix import Matrix
from automl_cli.models.network_inputs import (
    FARTHEST,
    MOST_PIECES,
    ROWS_A_PIECE,
    InputCoding,
    fit_inputs,
    make_inputs,
)


def make_matrix(*columns: np.ndarray) -> Matrix:
    values = np.column_stack(columns).astype(np.float32)
    return Matrix(
        values=values,
        value_names=tuple(f"v{k}" for k in range(values.shape[1])),
        categories=np.empty((len(values), 0), dtype=np.int32),
        category_names=(),
        levels=(),
    )


def encode(coding: InputCoding, *columns: np.ndarray) -> Float32Matrix:
    return np.asarray(make_inputs(coding, make_matrix(*columns)))


def fit(*columns: np.ndarray, pieces: int = 8) -> InputCoding:
    return fit_inputs(make_matrix(*columns), pieces=pieces, seed=0)


def test_a_number_fills_the_pieces_below_it() -> None:
    made = encode(fit(np.arange(801.0)), np.array([0.0, 250.0, 800.0, 9000.0]))[:, 1:]

    expected = [[0] * 8, [1, 1, 0.5, *[0] * 5], [1] * 8, [1] * 8]
    np.testing.assert_allclose(made, expected, atol=1e-6)


def test_a_missing_number_counts_as_the_median() -> None:
    coding = fit(np.arange(801.0))
    missing, median = (encode(coding, np.array([value])) for value in (np.nan, 400.0))

    np.testing.assert_allclose(missing[:, 1:], median[:, 1:])


def test_without_pieces_numbers_are_scaled() -> None:
    columns = np.arange(900.0), np.arange(900.0) % 7
    made = encode(fit(*columns, pieces=0), *columns)

    assert made.shape == (900, 2)
    np.testing.assert_allclose(made.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(made.std(axis=0), 1, rtol=1e-4)


@pytest.mark.parametrize(("n_rows", "n_columns"), [(200, 4), (1000, 30), (30_000, 100)])
def test_few_rows_or_many_columns_have_fewer_pieces(n_rows: int, n_columns: int) -> None:
    columns = np.random.default_rng(0).normal(size=(n_columns, n_rows))
    made = encode(fit(*columns, pieces=16), *columns)

    assert made.shape[1] <= n_columns + min(MOST_PIECES, n_rows // ROWS_A_PIECE)


@given(st.integers(0, 2**31), st.sampled_from([2, 5, 40, 500]))
def test_inputs_are_bounded_and_as_stored(seed: int, n_values: int) -> None:
    rng = np.random.default_rng(seed)
    column = rng.choice(rng.standard_cauchy(n_values), 400)
    column[rng.random(400) < 0.1] = np.nan
    coding = fit(column)
    new = rng.standard_cauchy(50) * 10

    made = encode(coding, new)
    assert np.abs(made).max() <= FARTHEST
    np.testing.assert_array_equal(made, encode(InputCoding.from_arrays(coding.to_arrays()), new))


def test_arrays_survive_a_file(tmp_path: Path) -> None:
    coding = fit(np.arange(300.0), np.arange(300.0) % 5, np.zeros(300))
    np.savez(tmp_path / "coding.npz", allow_pickle=False, **coding.to_arrays())
    with np.load(tmp_path / "coding.npz", allow_pickle=False) as arrays:
        again = InputCoding.from_arrays(arrays)

    assert [len(edges) for edges in again.edges] == [len(edges) for edges in coding.edges]
    for name, expected in coding.to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], expected)
