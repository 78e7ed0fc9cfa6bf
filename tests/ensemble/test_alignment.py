"""Blocks on one scale: order within each is kept, and stretching one changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.ensemble.alignment import align_blocks
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.metrics import METRICS, get_metric

VALUES = st.lists(st.floats(-5, 5).map(lambda v: round(v, 1)), min_size=8, max_size=40)


def make_blocks(n_rows: int) -> np.ndarray:
    return np.where(np.arange(n_rows) % 7 == 6, -1, np.arange(n_rows) % 3)


@given(VALUES, st.integers(0, 9))
def test_rows_of_a_block_keep_their_order_and_ties(values: list[float], seed: int) -> None:
    oof = np.array(values)[:, None]
    scale = np.random.default_rng(seed).normal(size=oof.shape)
    blocks = make_blocks(len(oof))

    aligned = align_blocks(oof, scale, blocks)

    for block in range(3):
        own = blocks == block
        np.testing.assert_array_equal(rankdata(aligned[own]), rankdata(oof[own]))
        np.testing.assert_allclose(aligned[own].sum(), scale[own].sum(), atol=1e-9)
    np.testing.assert_array_equal(aligned[blocks < 0], oof[blocks < 0])


@given(VALUES, st.floats(0.1, 9), st.floats(-3, 3))
def test_stretching_a_block_changes_nothing(
    values: list[float], factor: float, shift: float
) -> None:
    oof = np.array(values)[:, None]
    scale = np.random.default_rng(0).normal(size=oof.shape)
    blocks = make_blocks(len(oof))
    stretched = np.where(blocks[:, None] == 1, factor * oof + shift, oof)

    one, other = (align_blocks(each, scale, blocks) for each in (oof, stretched))
    np.testing.assert_array_equal(one[blocks >= 0], other[blocks >= 0])


@pytest.mark.parametrize("name", ["roc_auc", "gini", "average_precision"])
def test_metrics_of_the_order_do_not_see_a_monotone_change(name: str) -> None:
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 200), rng.random(200)
    metric = get_metric(name, "binary")
    assert metric.order_only
    assert metric.score(y, p) == pytest.approx(metric.score(y, p**3))


def test_metrics_of_sizes_labels_and_values_are_not_of_the_order() -> None:
    of_order = {name for name in METRICS if METRICS.get(name).order_only}
    assert of_order == {"roc_auc", "gini", "average_precision"}


def test_predictions_scored_by_their_size_stay_as_they_are(
    make_problem: Callable[..., Problem], make_candidate: Callable[..., Candidate], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "def brier(y_true, y_pred):\n    return float(((y_true - y_pred) ** 2).mean())\n\n\n"
        "brier.greater_is_better = False\n"
    )
    metric = get_metric(f"{tmp_path / 'mine.py'}:brier", "binary")
    assert not metric.order_only
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    problem = replace(make_problem("log_loss", y, labels=("n", "y")), metric=metric)
    good = np.clip(0.7 * y + 0.15 + rng.normal(scale=0.05, size=300), 0, 1)[:, None]
    every = [make_candidate("good", good)]
    every += [make_candidate(f"poor{k}", rng.random((300, 1))) for k in range(2)]

    blend = blend_candidates(problem, every)
    best = next(score for name, score, _ in blend.tournament if name == "best")
    assert best == pytest.approx(((y - good[:, 0]) ** 2).mean())
