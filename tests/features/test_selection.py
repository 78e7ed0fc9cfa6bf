import numpy as np
import pytest

from automl_cli.features.selection import FeaturePool, choose_columns

N_ROWS = 2000


def make_pool(signals: np.ndarray, gradient: np.ndarray, n_given: int = 0) -> FeaturePool:
    """Return the pool of signals of shape (signals, rows); the columns are of step 0."""
    n_pooled = len(signals) - n_given
    return FeaturePool(
        step=np.zeros(n_pooled, dtype=np.int64),
        column=np.arange(n_pooled),
        products=signals @ signals.T,
        gains=signals @ gradient,
        noise=float((gradient**2).mean()),
    )


@pytest.fixture
def signals() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(6, N_ROWS))


def test_the_largest_gain_comes_first(signals: np.ndarray):
    gradient = 0.1 * signals[1] + 0.5 * signals[4] + 0.3 * signals[2]
    pool = make_pool(signals, gradient)
    assert choose_columns(pool, {0: 1}) == {0: [4]}
    assert choose_columns(pool, {0: 2}) == {0: [2, 4]}
    assert choose_columns(pool, {0: 9}) == {0: [1, 2, 4]}


def test_a_near_copy_of_a_better_column_is_left_out(signals: np.ndarray):
    signals[5] = signals[4] + 0.1 * signals[5]
    pool = make_pool(signals, signals[4] + 0.01 * signals[5])
    assert choose_columns(pool, {0: 9}) == {0: [4]}


def test_what_given_columns_say_is_not_wanted_again(signals: np.ndarray):
    noise = np.random.default_rng(1).normal(size=N_ROWS)
    gradient = signals[0] + noise
    child = signals[0] + 0.7 * signals[3]
    alone = make_pool(child[None], gradient)
    assert choose_columns(alone, {0: 9}) == {0: [0]}
    beside = make_pool(np.stack([signals[0], child]), gradient, n_given=1)
    assert choose_columns(beside, {0: 9}) == {0: []}


def test_a_child_that_is_better_than_its_parent_is_taken(signals: np.ndarray):
    gradient = signals[0] + 0.5 * signals[3] + np.random.default_rng(1).normal(size=N_ROWS)
    child = signals[0] + 0.5 * signals[3]
    pool = make_pool(np.stack([signals[0], child]), gradient, n_given=1)
    assert choose_columns(pool, {0: 9}) == {0: [0]}


def test_of_noise_only_what_seems_to_add_is_taken():
    rng = np.random.default_rng(2)
    pool = make_pool(rng.normal(size=(200, N_ROWS)), rng.normal(size=N_ROWS))
    assert len(choose_columns(pool, {0: 200})[0]) < 48  # 16 % lie above one deviation


def test_the_order_is_that_of_regressing_what_is_left():
    rng = np.random.default_rng(3)
    signals = rng.normal(size=(3, N_ROWS)) @ np.diag(rng.uniform(0.5, 2, N_ROWS))
    signals = np.vstack([signals, signals.sum(axis=0) + rng.normal(size=N_ROWS)])
    gradient = signals.T @ [0.3, 0.5, 0.2, 0.4] + rng.normal(size=N_ROWS)
    taken: list[int] = []
    for _ in range(3):
        known = signals[taken]
        gains = {}
        for k in set(range(4)) - set(taken):
            own, left = signals[k], gradient
            if taken:
                own = own - known.T @ np.linalg.lstsq(known.T, own, rcond=None)[0]
                left = left - known.T @ np.linalg.lstsq(known.T, left, rcond=None)[0]
            gains[k] = own @ left / (own @ own) ** 0.5
        taken.append(max(gains, key=lambda k: gains[k]))
        chosen = choose_columns(make_pool(signals, gradient), {0: len(taken)})[0]
        assert chosen == sorted(taken)


def test_each_step_gives_no_more_than_its_top_and_only_if_it_takes_part(signals: np.ndarray):
    pool = make_pool(signals, signals.sum(axis=0))
    mixed = FeaturePool(
        step=np.array([0, 1, 0, 1, 2, 2]),
        column=pool.column,
        products=pool.products,
        gains=pool.gains,
        noise=pool.noise,
    )
    chosen = choose_columns(mixed, {0: 1, 1: 2})
    assert len(chosen[0]) == 1
    assert chosen[1] == [1, 3]
    assert set(chosen) == {0, 1}


def test_an_empty_pool_gives_nothing():
    pool = make_pool(np.random.default_rng(0).normal(size=(1, 50)), np.ones(50), n_given=1)
    assert choose_columns(pool, {0: 5}) == {0: []}
