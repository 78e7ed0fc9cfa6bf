"""A target that is noise: whatever is generated, screened and searched, a run must say so."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import automl_cli

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS = 1000
N_TARGETS = 6
GROUPS = "{exact_value: {}, resolutions: {}, crosses: {}, digits: {}, random_subsets: {}}"


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    found = []
    for seed in range(N_TARGETS):
        folder = tmp_path_factory.mktemp("noise")
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(
            {f"c{k}": rng.integers(0, 4 * (k + 1) ** 2, N_ROWS) for k in range(6)}
            | {f"x{k}": rng.normal(size=N_ROWS).round(2) for k in range(3)}
            | {"y": rng.integers(0, 2, N_ROWS)}
        )
        frame.to_csv(folder / "train.csv", index=False)
        overrides = [
            f"features.groups={GROUPS}",
            "features.false_discovery_rate=1.0",  # everything is let through
            "data.target=y",
            "metric=roc_auc",
            "search.trials=40",
            "search.models=[lightgbm]",
            "validation.folds=4",
            "limits.rounds=15",
            "limits.candidates=1",
            "run.workers=1",
            "data.roles={c0: categorical, c1: categorical, c2: categorical, c3: categorical}",
        ]
        found.append(
            automl_cli.fit(folder, preset="smoke", overrides=overrides, out=folder / "run")
        )
    return found


# Of an AUC of noise on the rows of the two folds that did not choose: its deviation is known, and
# that of six scores would be a guess.
DEVIATION = float(np.sqrt((N_ROWS / 2 + 1) / (12 * (N_ROWS / 4) ** 2)))
LIMIT = 3 * DEVIATION / np.sqrt(N_TARGETS)


def test_the_choice_of_forty_trials_is_worth_a_half(summaries: list[dict[str, Any]]) -> None:
    scores = [summary["targets"][0]["search"][0]["score"] for summary in summaries]
    assert abs(np.mean(scores) - 0.5) <= LIMIT


def test_the_best_of_forty_trials_seems_to_be_worth_more(summaries: list[dict[str, Any]]) -> None:
    searched = [summary["targets"][0]["search"][0] for summary in summaries]
    assert np.mean([one["naive"] for one in searched]) - 0.5 > LIMIT


def test_the_ensemble_is_worth_a_half(summaries: list[dict[str, Any]]) -> None:
    assert abs(np.mean([summary["score"] for summary in summaries]) - 0.5) <= LIMIT
    assert np.mean([summary["in_sample"] for summary in summaries]) - 0.5 > LIMIT


def test_no_candidate_with_screened_columns_is_better_than_chance(
    summaries: list[dict[str, Any]],
) -> None:
    generated = [
        float(np.mean(candidate["fold_scores"][2:]))  # the first two have chosen it
        for summary in summaries
        for candidate in summary["candidates"]
        if candidate["tops"]
    ]
    assert len(generated) > N_TARGETS
    assert abs(np.mean(generated) - 0.5) <= LIMIT
