"""The one-pass encoder against a brute force that nests row by row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.core.arrays import CodeVector, FloatMatrix, IntVector
from automl_cli.core.dataset import Task
from automl_cli.core.foldplan import FoldPlan
from automl_cli.features.target_encoding import EncodingTarget, encode_nested, make_fold_target
from automl_cli.splits import SplitOptions, make_fold_plan

N_LEVELS = 5


def make_plan(splitter: str, y: FloatMatrix | IntVector, task: Task, seed: int) -> FoldPlan:
    rng = np.random.default_rng(seed)
    extra = {"g": pd.Series(rng.integers(0, 9, len(y))), "t": pd.Series(rng.permutation(len(y)))}
    options = SplitOptions(
        splitter=splitter, folds=3, repeats=2, group="g", time="t", gap=4, seed=seed
    )
    return make_fold_plan(options, y, task, extra)


def make_target(task: Task, n_rows: int, seed: int) -> EncodingTarget:
    rng = np.random.default_rng(seed)
    if task == "regression":
        return EncodingTarget(y=rng.normal(100, 10, n_rows), n_outputs=1)
    n_classes = 2 if task == "binary" else 4
    return EncodingTarget(
        y=rng.integers(0, n_classes, n_rows), n_outputs=1 if task == "binary" else n_classes
    )


def encode_by_force(
    codes: CodeVector, target: EncodingTarget, plan: FoldPlan, number: int, smoothing: float
) -> tuple[FloatMatrix, FloatMatrix]:
    """Return the means of training and of held-out rows, each made from the rows it may see."""
    fold = plan.folds[number]
    blocks = plan.blocks[fold.repeat]
    classes = np.arange(target.n_outputs)
    outputs = (target.y[:, None] == classes if target.n_outputs > 1 else target.y[:, None]).astype(
        float
    )
    prior = outputs[fold.train].mean(axis=0)

    def mean_of(rows: IntVector, code: int) -> FloatMatrix:
        rows = rows[codes[rows] == code]
        total = outputs[rows].sum(axis=0) + smoothing * prior
        return np.asarray(total / (len(rows) + smoothing))

    def may_see(row: int) -> IntVector:
        others = blocks[fold.train]
        return fold.train[others < blocks[row] if plan.ordered else others != blocks[row]]

    nested = [mean_of(may_see(row), codes[row]) for row in fold.train]
    held_out = [mean_of(fold.train, codes[row]) for row in fold.held_out]
    return np.array(nested), np.array(held_out)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["kfold", "stratified", "group", "stratified_group", "time"]),
    st.sampled_from(["binary", "multiclass", "regression"]),
    st.integers(30, 60),
    st.floats(0.1, 30),
    st.integers(0, 10**6),
)
def test_one_pass_equals_brute_force(
    splitter: str, task: Task, n_rows: int, smoothing: float, seed: int
):
    target = make_target(task, n_rows, seed)
    plan = make_plan(splitter, target.y, task, seed)
    codes = np.random.default_rng(seed).integers(0, N_LEVELS, n_rows).astype(np.int32)
    for number, fold in enumerate(plan):
        nested, means = encode_nested(
            codes[fold.train], N_LEVELS, smoothing, make_fold_target(target, plan, number)
        )
        expected, expected_held_out = encode_by_force(codes, target, plan, number, smoothing)
        np.testing.assert_allclose(nested.T, expected, rtol=1e-5, atol=1e-6)
        held_out = means[:, codes[fold.held_out]].T
        np.testing.assert_allclose(held_out, expected_held_out, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("splitter", ["stratified", "group", "time"])
def test_a_block_says_nothing_about_its_own_rows(splitter: str):
    target = make_target("binary", 60, seed=0)
    plan = make_plan(splitter, target.y, "binary", seed=0)
    codes = np.random.default_rng(0).integers(0, N_LEVELS, 60).astype(np.int32)
    fold = plan.folds[-1]
    before = make_fold_target(target, plan, len(plan) - 1)
    same_block = before.blocks == before.blocks[0]
    # Two targets of the block change places, so that the prior stays what it was.
    changed = before.outputs.copy()
    changed[0, same_block] = changed[0, same_block][::-1]
    after = make_fold_target(target, plan, len(plan) - 1)
    after.outputs[:] = changed
    one = encode_nested(codes[fold.train], N_LEVELS, 10.0, before)[0]
    other = encode_nested(codes[fold.train], N_LEVELS, 10.0, after)[0]
    assert not np.array_equal(before.outputs, changed)
    assert np.array_equal(one[:, same_block], other[:, same_block])


def test_the_first_block_in_time_gets_the_prior():
    y = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    options = SplitOptions(splitter="time", folds=2, time="t")
    plan = make_fold_plan(options, y, "regression", {"t": pd.Series(range(6))})
    target = make_fold_target(EncodingTarget(y=y, n_outputs=1), plan, 1)
    nested, _ = encode_nested(np.zeros(4, dtype=np.int32), 1, 1.0, target)
    prior = 0.75
    assert nested[0].tolist() == pytest.approx([prior, prior, *[(1 + prior) / 3] * 2])


def test_a_code_without_training_rows_gets_the_prior():
    y = np.array([1, 0, 1, 1])
    plan = make_fold_plan(SplitOptions(splitter="kfold", folds=2), y, "binary", {})
    target = make_fold_target(EncodingTarget(y=y, n_outputs=1), plan, 0)
    _, means = encode_nested(np.zeros(2, dtype=np.int32), 3, 10.0, target)
    assert means[0, 1:].tolist() == pytest.approx([target.prior[0]] * 2)
