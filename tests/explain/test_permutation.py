"""Columns permuted among held-out rows."""

import numpy as np
import pandas as pd

from automl_cli.explain.permutation import JudgedFold, make_orders, measure_permutations


def square(rows: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    return (rows - predictions[:, 0]) ** 2  # the target is the row's number


def predict(frame: pd.DataFrame) -> np.ndarray:
    return frame[["a"]].to_numpy() * 0.5 + frame[["copy"]].to_numpy() * 0.5


N_ROWS = 60
FRAME = pd.DataFrame(
    {
        "a": np.arange(N_ROWS, dtype=np.float64),
        "copy": np.arange(N_ROWS, dtype=np.float64),
        "label": pd.Categorical(["x", "y", None] * 20),
    }
)
FOLDS = [JudgedFold(rows=np.arange(k, N_ROWS, 2), predict=predict) for k in range(2)]


def measure(*sets: tuple[str, ...], n_repeats: int = 10) -> np.ndarray:
    made = measure_permutations(FOLDS, FRAME, sets, square, n_repeats=n_repeats, seed=0)
    assert (made.base == 0).all()
    assert made.rows.tolist() == list(range(N_ROWS))
    return made.differences


def test_no_row_keeps_its_place_and_none_meets_another_twice():
    orders = np.array(make_orders(7, 6, seed=3))
    assert (orders != np.arange(7)).all()
    assert all(len(set(column)) == 6 for column in orders.T)
    assert len(make_orders(4, 10, seed=0)) == 3


def test_copies_permuted_together_lose_what_each_hides_alone():
    alone, other, together = measure(("a",), ("copy",), ("a", "copy")).mean(axis=1)
    assert alone == other  # the same permutations
    np.testing.assert_allclose(together, 4 * alone)


def test_a_column_that_is_not_used_changes_nothing():
    assert not measure(("label",)).any()


def test_values_move_within_a_fold_only():
    seen: list[set[float]] = []

    def spy(frame: pd.DataFrame) -> np.ndarray:
        seen.append(set(frame["a"]))
        return predict(frame)

    fold = JudgedFold(rows=np.array([3, 8, 20]), predict=spy)
    measure_permutations([fold], FRAME, [("a",)], square, n_repeats=2, seed=0)
    assert seen == [{3.0, 8.0, 20.0}] * 2


def test_a_row_of_two_folds_gets_their_mean():
    def off(frame: pd.DataFrame) -> np.ndarray:
        return predict(frame) + 2.0

    rows = np.arange(4)
    folds = [JudgedFold(rows=rows, predict=one) for one in (predict, off)]
    made = measure_permutations(folds, FRAME, [("a",)], square, n_repeats=1, seed=0)
    np.testing.assert_allclose(made.base, 2.0)


def test_a_column_may_be_called_self():
    frame = FRAME.rename(columns={"a": "self"})
    folds = [
        JudgedFold(rows=fold.rows, predict=lambda own: own[["self"]].to_numpy()) for fold in FOLDS
    ]
    made = measure_permutations(folds, frame, [("self",)], square, n_repeats=2, seed=0)
    assert made.differences.any()
