import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.core.foldplan import FoldPlan
from automl_cli.features.gradient import (
    Gradient,
    ScreenParts,
    make_gradient,
    make_screen_parts,
    score_codes,
)
from automl_cli.splits import SplitOptions, make_fold_plan

SMOOTHING = 10.0


def make_plan(n_rows: int, splitter: str = "kfold", folds: int = 5, repeats: int = 1) -> FoldPlan:
    y = np.random.default_rng(1).normal(size=n_rows)
    extra = {"t": pd.Series(np.arange(n_rows))}
    options = SplitOptions(splitter=splitter, folds=folds, repeats=repeats, time="t")
    return make_fold_plan(options, y, "regression", extra)


def make_noise(n_rows: int, n_outputs: int = 1, seed: int = 0) -> Gradient:
    rng = np.random.default_rng(seed)
    return Gradient(
        gradient=rng.normal(size=(n_outputs, n_rows)),
        hessian=rng.uniform(0.5, 1.5, size=(n_outputs, n_rows)),
    )


def score_row_by_row(codes: np.ndarray, gradient: Gradient, parts: ScreenParts) -> list[float]:
    """Return what `score_codes` must give, in plain loops."""
    found = []
    for seen in parts.seen:
        looked_at = seen[parts.part]
        gain = variance = 0.0
        for slope, hessian in zip(gradient.gradient, gradient.hessian, strict=True):
            curvature = hessian / hessian.mean()
            for row in np.flatnonzero(looked_at):
                others = looked_at & (codes == codes[row]) & (parts.part != parts.part[row])
                weight = slope[others].sum() / (curvature[others].sum() + SMOOTHING)
                gain += weight * slope[row]
                variance += (weight * slope[row]) ** 2
        found.append(gain / variance**0.5 if variance else 0.0)
    return found


@pytest.mark.parametrize(("folds", "n_seen"), [(2, 1), (3, 2), (5, 4)])
def test_groups_are_never_split_between_parts(folds: int, n_seen: int):
    groups = np.random.default_rng(0).integers(0, 12, 300)
    options = SplitOptions(splitter="group", folds=folds, group="g")
    plan = make_fold_plan(options, np.zeros(300), "regression", {"g": pd.Series(groups)})
    parts = make_screen_parts(plan, 0)
    for group in np.unique(groups):
        assert len(np.unique(parts.part[groups == group])) == 1
    assert (parts.seen.sum(axis=1) == n_seen).all()


@settings(deadline=None, max_examples=25)
@given(
    n_rows=st.integers(20, 60),
    n_levels=st.integers(1, 12),
    n_outputs=st.integers(1, 3),
    splitter=st.sampled_from(["kfold", "time"]),
    seed=st.integers(0, 99),
)
def test_one_table_gives_what_loops_over_rows_give(
    n_rows: int, n_levels: int, n_outputs: int, splitter: str, seed: int
):
    codes = np.random.default_rng(seed).integers(0, n_levels, n_rows)
    gradient = make_noise(n_rows, n_outputs, seed)
    parts = make_screen_parts(make_plan(n_rows, splitter), 0)
    expected = score_row_by_row(codes, gradient, parts)
    made = score_codes(codes, n_levels, SMOOTHING, gradient, parts)
    np.testing.assert_allclose(made, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("splitter", ["kfold", "time"])
@pytest.mark.parametrize("folds", [2, 3, 5])
def test_a_fold_looks_at_no_row_that_it_does_not_train_on(splitter: str, folds: int):
    plan = make_plan(200, splitter, folds)
    parts = make_screen_parts(plan, 0)
    codes = np.random.default_rng(2).integers(0, 7, 200)
    gradient = make_noise(200)
    before = score_codes(codes, 7, SMOOTHING, gradient, parts)
    for number, fold in enumerate(plan):
        changed = gradient.gradient.copy()
        unseen = np.setdiff1d(np.arange(200), fold.train)
        changed[:, unseen] += 5.0
        other = Gradient(gradient=changed, hessian=gradient.hessian)
        assert score_codes(codes, 7, SMOOTHING, other, parts)[number] == before[number]


@pytest.mark.parametrize("folds", [2, 3])
def test_few_blocks_are_halved_so_that_each_fold_can_split_what_it_sees(folds: int):
    parts = make_screen_parts(make_plan(100, folds=folds), 0)
    assert (parts.seen.sum(axis=1) == 2 * (folds - 1)).all()


def test_of_rows_in_two_blocks_each_fold_sees_what_it_can_split():
    plan = make_plan(200, folds=10)
    rows = np.sort(np.concatenate([fold.held_out for fold in plan.folds[:2]]))
    parts = make_screen_parts(plan, 0, rows)
    assert parts.seen.sum(axis=1).tolist() == [2, 2, *[4] * 8]
    for fold, seen in zip(plan, parts.seen, strict=True):
        assert not np.isin(rows[seen[parts.part]], fold.held_out).any()


def test_each_repeat_has_its_own_parts():
    plan = make_plan(100, repeats=2)
    one, other = make_screen_parts(plan, 0), make_screen_parts(plan, 1)
    assert (one.part != other.part).any()
    assert len(one.seen) == len(other.seen) == 5


@pytest.mark.parametrize("n_levels", [2, 10, 100, 1000])
def test_noise_scores_are_centred_and_spread_as_the_docstring_says(n_levels: int):
    parts = make_screen_parts(make_plan(4000), 0)
    rng = np.random.default_rng(3)
    scores = [
        score_codes(
            rng.integers(0, n_levels, 4000), n_levels, SMOOTHING, make_noise(4000, seed=k), parts
        )[0]
        for k in range(200)
    ]
    assert -0.6 < np.mean(scores) < 0.2  # what a part is short of, the others have too much of
    assert 0.8 < np.std(scores) < 1.6


def test_an_effect_scores_far_above_noise():
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 20, 4000)
    noise = make_noise(4000)
    effect = Gradient(
        gradient=noise.gradient + 0.3 * rng.normal(size=20)[codes], hessian=noise.hessian
    )
    assert (
        score_codes(codes, 20, SMOOTHING, effect, make_screen_parts(make_plan(4000), 0)).min() > 6
    )


def test_rows_that_no_fold_holds_out_start_from_the_mean():
    y = np.array([1.0, 3.0, 10.0])
    made = make_gradient(y, np.array([[np.nan], [np.nan], [9.0]]), "squared_error")
    np.testing.assert_allclose(made.gradient, [[-1.0, 1.0, 1.0]])


def test_each_class_has_a_gradient_of_its_own():
    oof = np.array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]])
    made = make_gradient(np.array([2, 1]), oof, "log_loss")
    np.testing.assert_allclose(made.gradient.T, [[-0.2, -0.3, 0.5], [-0.1, 0.2, -0.1]])


def test_absolute_errors_have_signs_as_their_gradient():
    made = make_gradient(np.array([1.0, 5.0]), np.array([[2.0], [2.0]]), "absolute_error")
    np.testing.assert_allclose(made.gradient, [[-1.0, 1.0]])
