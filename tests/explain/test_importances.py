"""Importances of columns whose truth is known."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.foldplan import FoldPlan
from automl_cli.explain.importances import (
    ImportanceRequest,
    ImportanceTable,
    NoiseColumn,
    PermutationResult,
    permute_all,
    run_importance_tests,
)
from automl_cli.explain.permutation import JudgedFold
from automl_cli.splits import SplitOptions, make_fold_plan

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS = 300
NAMES = ["effect", "twin", "copy", "noise 1", "noise 2", "noise 3"]


def fit(frame: pd.DataFrame, y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    x = frame.to_numpy()[rows]
    return np.linalg.solve(x.T @ x + 5 * np.eye(x.shape[1]), x.T @ y[rows])


def predict(slopes: np.ndarray, names: list[str], frame: pd.DataFrame) -> np.ndarray:
    return (frame[names].to_numpy() @ slopes)[:, None]


def judge(frame: pd.DataFrame, y: np.ndarray, plan: FoldPlan) -> list[JudgedFold]:
    names = list(frame)
    return [
        JudgedFold(rows=fold.held_out, predict=partial(predict, fit(frame, y, fold.train), names))
        for fold in plan
    ]


def ask(seed: int, effect: float = 0.3, *, probed: str = "lunch") -> ImportanceTable:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(N_ROWS, len(NAMES))), columns=NAMES)
    frame["copy"] = frame["twin"] + 0.1 * frame["copy"]
    y = effect * (frame["effect"] + frame["twin"]).to_numpy() + rng.normal(size=N_ROWS)
    plan = make_fold_plan(SplitOptions(folds=5, seed=seed), y, "regression", {})
    fed = frame.assign(lunch=rng.normal(size=N_ROWS))
    question = ImportanceRequest(
        frame=frame,
        folds=judge(frame, y, plan),
        plan=plan,
        clusters=[("effect",), ("twin", "copy"), ("noise 1",), ("noise 2",), ("noise 3",)],
        loss=lambda rows, p: (y[rows] - p[:, 0]) ** 2,
        n_repeats=3,
        rate=0.05,
        seed=seed,
    )
    probe = NoiseColumn(name=probed, frame=fed, folds=judge(fed, y, plan))
    return run_importance_tests(question, permute_all(question, probe))


def test_effects_come_first_copies_are_told_together_and_the_lunch_is_among_them():
    answer = ask(0, effect=0.6)
    columns = {one.name: one for one in answer.columns}
    assert set(columns) == {*NAMES, "lunch"}
    assert answer.columns[0].importance == max(one.importance for one in answer.columns)
    assert columns["effect"].found
    assert columns["lunch"].is_probe
    assert not columns["lunch"].found
    assert columns["twin"].cluster == columns["copy"].cluster == 2
    (cluster,) = answer.clusters
    assert cluster.columns == ("twin", "copy")
    assert cluster.importance > columns["twin"].importance
    assert cluster.found
    assert answer.n_rows == N_ROWS


@pytest.fixture(scope="module")
def answers() -> list[ImportanceTable]:
    return [ask(seed) for seed in range(200)]


def test_noise_and_lunch_are_significant_as_rarely_as_promised(answers: list[ImportanceTable]):
    noise = [
        one
        for answer in answers
        for one in answer.columns
        if one.is_probe or one.name.startswith("noise")
    ]
    assert np.mean([one.p < 0.05 for one in noise]) <= 0.07
    assert np.mean([one.found for one in noise]) <= 0.05
    effects = [one.p < 0.05 for a in answers for one in a.columns if one.name == "effect"]
    assert np.mean(effects) > 0.9


def test_what_is_less_sure_than_the_lunch_is_not_found():
    for seed in range(40):
        answer = ask(seed, effect=0.1)
        lunch = next(one for one in answer.columns if one.is_probe)
        found = [one for one in answer.columns if one.found and not one.is_probe]
        assert all(one.p < lunch.p for one in found)


def test_of_two_hundred_lunches_none_comes_out_as_significant_by_chance(
    answers: list[ImportanceTable],
):
    lunches = [one for answer in answers for one in answer.columns if one.is_probe]
    assert not any(one.found for one in lunches)
    assert min(one.p for one in lunches) < 0.02  # though some are unlucky


@pytest.mark.parametrize(("n_columns", "found"), [(1, True), (20, False)])
def test_luck_that_one_column_in_twenty_has_is_found_only_in_a_column_alone(
    n_columns: int, found: bool
):
    drawn = np.random.default_rng(0).normal(size=(n_columns + 1, N_ROWS))
    drawn -= drawn.mean(axis=1, keepdims=True)
    drawn[0] += 3.3 * drawn[0].std() / np.sqrt(N_ROWS)  # p is .01 at twice the variance
    sets = [(f"noise {k}",) for k in range(n_columns)]
    question = ImportanceRequest(
        frame=pd.DataFrame(),
        folds=[],
        plan=make_fold_plan(SplitOptions(folds=5), drawn[0], "regression", {}),
        clusters=sets,
        loss=lambda rows, _: np.zeros(len(rows)),
        n_repeats=1,
        rate=0.05,
        seed=0,
    )
    permuted = PermutationResult(
        rows=np.arange(N_ROWS),
        base=np.zeros(N_ROWS),
        differences=dict(zip(sets, drawn, strict=False)),
        probe="lunch",
        probe_differences=drawn[-1],
    )
    lucky = run_importance_tests(question, permuted).columns[0]
    assert lucky.name == "noise 0"
    assert lucky.p < 0.01
    assert lucky.found is found


def test_a_lunch_that_tells_the_target_does():
    (lunch,) = [one for one in ask(0, effect=0.6, probed="effect").columns if one.is_probe]
    assert lunch.found
