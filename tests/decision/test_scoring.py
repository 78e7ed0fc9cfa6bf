from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.problem import Problem
from automl_cli.decision import fit_decision
from automl_cli.decision.scoring import (
    is_chosen_by_metric,
    make_row_parts,
    name_selection_loss,
    score_candidate,
    selection_loss,
)
from automl_cli.metrics import METRICS

BINARY = ("n", "y")
Make = Callable[..., Problem]
Labels = tuple[str, ...]


def test_the_error_of_a_mean_is_the_textbooks(make_problem: Make):
    rng = np.random.default_rng(0)
    y = rng.normal(size=4000)
    scored = score_candidate(make_problem("mae", y), np.zeros((4000, 1)))
    assert scored.score == pytest.approx(np.abs(y).mean())
    assert scored.score_se == pytest.approx(np.abs(y).std() / np.sqrt(4000), rel=0.5)


def test_the_error_covers_repeated_draws_of_a_rank_metric(make_problem: Make):
    rng = np.random.default_rng(0)
    scores, errors = [], []
    for _ in range(40):
        y = np.arange(300) % 2
        p = 1 / (1 + np.exp(-y - rng.normal(size=300)))[:, None]
        scored = score_candidate(make_problem("roc_auc", y, labels=BINARY), p)
        scores.append(scored.score)
        errors.append(scored.score_se)
    assert np.mean(errors) == pytest.approx(np.std(scores), rel=0.4)


def test_every_fold_is_scored_on_its_held_out_rows(make_problem: Make):
    y = np.arange(100.0)
    problem = make_problem("rmse", y)
    oof = (y + np.arange(100) % 5)[:, None]
    expected = [
        np.sqrt(np.mean((np.clip(oof[k::5, 0], *other) - y[k::5]) ** 2))
        for k in range(5)
        for other in [_range_without(y, k)]
    ]
    np.testing.assert_allclose(score_candidate(problem, oof).fold_scores, expected)


def _range_without(y: npt.NDArray[Any], block: int) -> tuple[float, float]:
    others = y[np.arange(len(y)) % 5 != block]
    return others.min(), others.max()


def test_uncovered_rows_do_not_count(make_problem: Make):
    y = np.arange(60) % 2
    blocks = np.where(np.arange(60) < 20, -1, np.arange(60) % 3)
    p = np.where(np.arange(60) < 20, np.nan, 0.3 + 0.4 * y)[:, None]
    for metric in ("roc_auc", "log_loss", "f1"):
        scored = score_candidate(make_problem(metric, y, labels=BINARY, blocks=blocks), p)
        assert np.isfinite(scored.score)
        assert len(scored.fold_scores) == 3


def test_a_fold_of_one_class_is_skipped_and_not_an_error(make_problem: Make):
    y = (np.arange(100) % 5 == 3).astype(int) * (np.arange(100) < 60)
    problem = make_problem("roc_auc", y, labels=BINARY)
    scored = score_candidate(problem, (0.2 + 0.5 * y)[:, None])
    assert scored.score == 1.0
    assert np.isnan(scored.fold_scores).tolist() == [True, True, True, False, True]
    assert scored.score_se == 0.0


def test_error_bars_keep_groups_together(make_problem: Make):
    y, blocks = np.arange(40.0), np.repeat(np.arange(4), 10)
    grouped = make_row_parts(make_problem("rmse", y, blocks=blocks, grouped=True))
    np.testing.assert_array_equal(grouped, blocks)
    assert np.bincount(make_row_parts(make_problem("rmse", y, blocks=blocks))).tolist() == [2] * 20


@pytest.mark.parametrize(
    ("metric", "labels"),
    [(name, BINARY) for name in METRICS if "binary" in METRICS.get(name).tasks]
    + [(name, ("1", "2", "3")) for name in METRICS if "multiclass" in METRICS.get(name).tasks]
    + [(name, ()) for name in METRICS if "regression" in METRICS.get(name).tasks],
)
def test_better_predictions_have_a_lower_selection_loss(
    make_problem: Make, metric: str, labels: Labels
):
    rng = np.random.default_rng(2)
    y = rng.integers(0, len(labels), 300) if labels else rng.gamma(2.0, 2.0, 300)
    problem = make_problem(metric, y, labels=labels)
    losses = []
    for share in (0.9, 0.5, 0.0):
        if problem.objective != "log_loss":
            target = problem.fit_y.astype(float)
            predictions = (share * target + (1 - share) * rng.permutation(target))[:, None]
        else:
            truth = np.eye(len(labels))[y]
            p = share * truth + (1 - share) * rng.dirichlet(np.ones(len(labels)), 300)
            predictions = p[:, 1:] if len(labels) == 2 else p
        losses.append(selection_loss(problem, predictions))
    assert losses == sorted(losses)


@pytest.mark.parametrize(
    ("metric", "labels"),
    [(name, BINARY) for name in METRICS if "binary" in METRICS.get(name).tasks]
    + [(name, ()) for name in METRICS if "regression" in METRICS.get(name).tasks],
)
def test_a_metric_is_what_its_fields_say_and_not_its_name(
    make_problem: Make, metric: str, labels: Labels
):
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, 200) if labels else rng.gamma(2.0, 2.0, 200)
    problem = make_problem(metric, y, labels=labels)
    renamed = replace(problem, metric=replace(problem.metric, name="mine"))
    predictions = np.clip(0.3 + 0.2 * rng.normal(size=(200, 1)) + 0.1 * y[:, None], 0.01, 0.99)
    assert selection_loss(renamed, predictions) == selection_loss(problem, predictions)
    assert fit_decision(renamed, predictions) == fit_decision(problem, predictions)


def test_values_are_selected_on_the_competitions_scale(make_problem: Make):
    y = np.array([1.0, 10.0, 100.0, 5.0, 7.0])
    predictions = np.log1p(y * 1.1)[:, None]
    rmsle = make_problem("rmsle", y)
    expected = METRICS.get("rmsle").score(y, y * 1.1)
    assert selection_loss(rmsle, predictions) == pytest.approx(expected)
    assert selection_loss(make_problem("mape", y), predictions) == pytest.approx(0.1)


def test_balanced_accuracy_is_selected_by_the_log_loss_of_reweighted_classes(make_problem: Make):
    y = np.array([0] * 90 + [1] * 10)
    problem = make_problem("balanced_accuracy", y, labels=BINARY)
    assert selection_loss(problem, np.full((100, 1), 0.1)) == pytest.approx(np.log(2))


def test_certain_probabilities_have_a_finite_loss(make_problem: Make):
    y = np.arange(10) % 2
    for metric in ("log_loss", "balanced_log_loss", "f1", "balanced_accuracy"):
        problem = make_problem(metric, y, labels=BINARY)
        assert np.isfinite(selection_loss(problem, (1.0 - y)[:, None]))


@pytest.mark.parametrize(
    ("metric", "labels", "name"),
    [
        ("roc_auc", BINARY, "roc_auc"),
        ("accuracy", BINARY, "log loss"),
        ("balanced_accuracy", BINARY, "balanced log loss"),
        ("balanced_log_loss", BINARY, "balanced log loss"),
        ("rmse", (), "RMSE"),
        ("mae", (), "mean absolute error"),
        ("rmsle", (), "RMSE of logarithms"),
        ("medae", (), "mean absolute error"),
        ("r2", (), "RMSE"),
        ("spearman", (), "the correlation with ranks"),
    ],
)
def test_the_loss_that_chooses_has_a_name(
    make_problem: Make, metric: str, labels: Labels, name: str
):
    y = np.arange(40) % 2 if labels else np.arange(40.0)
    problem = make_problem(metric, y, labels=labels)
    assert name_selection_loss(problem) == name
    alike = {"roc_auc", "balanced_log_loss", "rmse", "mae", "rmsle"}
    assert is_chosen_by_metric(problem) == (metric in alike)


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss"])
def test_the_error_of_many_rows_is_that_of_the_jackknife(
    make_problem: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, metric: str
) -> None:
    rng = np.random.default_rng(0)
    problem = make_problem(metric, rng.integers(0, 2, 20_000), labels=("n", "y"))
    oof = rng.beta(1 + problem.y, 2 - problem.y)[:, None].clip(1e-3, 1 - 1e-3)
    jackknife = score_candidate(problem, oof)
    monkeypatch.setattr("automl_cli.decision.scoring._MANY_ROWS", 1_000)
    parts = score_candidate(problem, oof)
    assert parts.score_se == pytest.approx(jackknife.score_se, rel=0.01)
    assert (parts.score, parts.fold_scores) == (jackknife.score, jackknife.fold_scores)
