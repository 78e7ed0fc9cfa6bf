from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sites import make_site

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.search.growth import judge_growths
from automl_cli.search.queue import CandidateQueue, make_queue
from automl_cli.train.forecast import Forecast

N_ROWS = 3_000
MakeTried = Callable[..., Candidate]
SEARCH = ["models.xgboost={}", "search.trials=4", "search.models=[lightgbm, xgboost]"]


def make_errors(own: float) -> npt.NDArray[np.float64]:
    """Return errors that are mostly those of all other candidates."""
    common, rare = (np.random.default_rng(seed) for seed in (1, round(1000 * own)))
    return common.normal(size=N_ROWS) + own * rare.normal(size=N_ROWS)


def take_all(queue: CandidateQueue, source: str) -> list[dict[str, object]]:
    taken = []
    while (queue.growths or queue.ways) and (point := queue.take("lightgbm", 60.0, Forecast())):
        assert point.source == source
        taken.append(dict(point.spec.params))
        if source == "growth" and not queue.growths:
            break
    return taken


def test_larger_trees_win_where_they_are_better(problem: Problem, make_tried: MakeTried) -> None:
    tried = {
        1.0: make_tried(make_errors(0.5)),
        4.0: make_tried(make_errors(0.1)),
        0.25: make_tried(make_errors(0.8)),
    }
    assert judge_growths(problem, tried) == 4.0


def test_smaller_trees_win_where_larger_ones_are_no_better(
    problem: Problem, make_tried: MakeTried
) -> None:
    same = make_tried(make_errors(0.1))
    assert judge_growths(problem, {4.0: same, 1.0: same, 0.25: same}) == 0.25


def test_without_a_trial_trees_stay_as_guessed(problem: Problem) -> None:
    assert judge_growths(problem, {}) == 1.0


@pytest.mark.usefixtures("many_rows")
def test_trees_are_tried_before_ways_and_ways_with_the_best_of_them(
    tmp_path: Path, make_tried: MakeTried
) -> None:
    folder = tmp_path / "searched"
    folder.mkdir()
    site = make_site(folder, SEARCH)
    queue = make_queue(site.factory(), site.specs)
    sizes = [params["num_leaves"] for params in take_all(queue, "growth")]
    assert len(sizes) == 2
    assert sizes[1] == 4 * sizes[0]
    assert not queue.samplers

    large = next(key for key, factor in queue.growth_of.items() if factor == 4.0)
    queue.growth_of = {large: 4.0}
    known = replace(make_tried(make_errors(0.1)), oof=np.full((site.problem.folds.n_rows, 3), 1))
    queue.set_growth({large: known})
    assert queue.growth == 4.0
    assert {params["num_leaves"] for params in take_all(queue, "way")} == {sizes[1]}
    spaces = {name: sampler.space for name, sampler in queue.samplers.items()}
    highest = {name: {own.name: own.high for own in one.ranges} for name, one in spaces.items()}
    assert highest["lightgbm"]["num_leaves"] == 512
    assert highest["xgboost"]["max_depth"] == 12
    planned = [spec for spec in queue.list_planned() if spec.model == "lightgbm"]
    assert dict(planned[0].params)["num_leaves"] == sizes[1]


def test_sizes_that_the_list_was_made_for_are_not_tried(tmp_path: Path) -> None:
    site = make_site(tmp_path, SEARCH)
    queue = make_queue(site.factory(), site.specs)
    assert not queue.growths
    assert queue.ways


@pytest.mark.usefixtures("many_rows")
@pytest.mark.parametrize(
    "words", [["search.growth=1"], ["models.lightgbm={num_leaves: 15}", "search.models=[lightgbm]"]]
)
def test_what_the_user_has_settled_is_not_tried(tmp_path: Path, words: list[str]) -> None:
    site = make_site(tmp_path, [*SEARCH, *words])
    queue = make_queue(site.factory(), site.specs)
    assert not queue.growths
    assert queue.growth == 1.0
