"""What the user is told of a blend that is worse than the run."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl_cli.commands.blend.contest import Contest
from automl_cli.commands.blend.description import warn
from automl_cli.decision.scoring import name_selection_loss, selection_loss
from automl_cli.ensemble.tournament import blend_candidates

VALUES = np.random.default_rng(0).normal(size=60)


@pytest.mark.parametrize(
    ("metric", "labels", "figures"),
    [
        ("roc_auc", ("n", "y"), "roc_auc 0.8, the run alone 0.9"),
        ("spearman", (), "the correlation with ranks 0.8, the run alone 0.9"),
        ("rmse", (), "RMSE 0.9, the run alone 0.8"),
    ],
)
def test_figures_are_those_of_the_metric_whatever_its_direction(
    metric: str,
    labels: tuple[str, ...],
    figures: str,
    make_problem: Callable[..., Any],
    make_candidate: Callable[..., Any],
):
    problem = make_problem(metric, (VALUES > 0).astype(int) if labels else VALUES, labels=labels)
    own = make_candidate("a", (1 / (1 + np.exp(-VALUES)))[:, None])
    made = blend_candidates(problem, [own], combiners=["mean"])
    sign = np.sign(selection_loss(problem, made.oof))  # below 0 where it is minus a score
    contest = Contest(
        made=made,
        alone=made,
        loss=-0.8 if sign < 0 else 0.9,
        run_loss=-0.9 if sign < 0 else 0.8,
        loss_name=name_selection_loss(problem),
        written="run",
    )
    (said,) = warn(problem, contest, Path("out.csv"))
    assert f"({figures})" in said
    assert list(warn(problem, replace(contest, loss=contest.run_loss), Path("out.csv"))) == []
