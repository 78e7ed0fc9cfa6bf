"""What may be begun, and in which place of the list it stands."""

from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sites import Site, make_site

from automl_cli.core.candidate import CandidateSpec
from automl_cli.models import MODELS
from automl_cli.search.queue import CandidateQueue, make_queue
from automl_cli.search.space import make_ways
from automl_cli.search.ways import WaysVerdict
from automl_cli.train.forecast import Forecast, find_rate
from automl_cli.train.unit import FitRecord

MOST = MODELS.get("lightgbm").most_rate

WITH_LIST = ["search.trials=4", "search.models=[lightgbm]", "search.growth=1"]


def make(tmp_path: Path) -> tuple[Site, CandidateQueue]:
    site = make_site(tmp_path, WITH_LIST)
    queue = make_queue(site.factory(), site.specs)
    queue.ways.clear()
    return site, queue


def learn(forecast: Forecast, spec: CandidateSpec, seconds: float, *, cut: bool) -> None:
    curve = np.linspace(1.0, 0.5, 50, dtype=np.float64)  # it is learning still
    record = FitRecord(
        folder=Path(), rounds=50, curve=curve, seconds=seconds, cut=cut, peak_bytes=0
    )
    forecast.record(spec, record)


def test_what_was_cut_is_begun_again_with_a_larger_rate(tmp_path: Path) -> None:
    _, queue = make(tmp_path)
    forecast = Forecast()
    first = queue.take("lightgbm", 10.0, forecast)
    assert first is not None
    rate = find_rate(first.spec)
    assert rate is not None
    learn(forecast, first.spec, 60.0, cut=True)
    queue.retry(first)
    again = queue.take("lightgbm", 10.0, forecast)
    assert again is not None
    assert again.meant == first.meant == first.spec
    found = find_rate(again.spec)
    assert found is not None
    assert rate < found <= MOST


def test_what_had_the_largest_rate_is_not_begun_again(tmp_path: Path) -> None:
    _, queue = make(tmp_path)
    point = queue.take("lightgbm", 10.0, Forecast())
    assert point is not None
    before = list(queue.planned["lightgbm"])
    params = tuple(sorted({**dict(point.spec.params), "learning_rate": MOST}.items()))
    queue.retry(replace(point, spec=replace(point.spec, params=params)))
    assert list(queue.planned["lightgbm"]) == before


@pytest.mark.parametrize("is_worse", [True, False])
def test_the_first_of_another_model_gets_the_best_way_if_its_own_is_worse(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_worse: bool,
) -> None:
    _, queue = make(tmp_path)
    own = queue.planned["lightgbm"][0]
    other = replace(own, seed=1)
    planned = {"lightgbm": deque([own, other])}
    listed = replace(queue, listed=(own, other), planned=planned)
    ways = make_ways(MODELS.get("lightgbm"), queue.factory.config, queue.factory.columns)
    tried = {
        model: WaysVerdict(
            ranked=(("values", False), ("own", False)),
            worse=frozenset({("own", False)} if is_worse else ()),
            lost=frozenset(),
            trial=replace(own, model=model),
        )
        for model in ("xgboost", "lightgbm")
    }
    changed = ways["values"] if is_worse else own.recipe
    for model, expected in (("xgboost", changed), ("lightgbm", own.recipe)):
        monkeypatch.setattr("automl_cli.search.queue.judge_ways", lambda *_, m=model: tried[m])
        listed.verdict = None
        listed.judge({}, {})
        recipes = {one.seed: one.recipe for one in listed.list_planned()}
        assert recipes[own.seed] == expected
        assert recipes[other.seed] == own.recipe  # further ones are to be unlike it


def test_samplers_stand_behind_the_list(tmp_path: Path) -> None:
    site, queue = make(tmp_path)
    places = {arm.model: arm.position for arm in queue.list_arms(Forecast())}
    listed = [spec.model for spec in site.specs]
    assert places == {model: 1 + listed.index(model) for model in places}

    queue.planned["lightgbm"].clear()
    for number in range(2):
        places = {arm.model: arm.position for arm in queue.list_arms(Forecast())}
        assert places["lightgbm"] == len(listed) + 1 + number
        assert queue.take("lightgbm", 10.0, Forecast()) is not None
