"""Candidates anew with a finer learning rate."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sites import make_site

from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.problem import Problem
from automl_cli.search.finer import count_finest_seconds, make_meant, take_finer
from automl_cli.search.point import Point
from automl_cli.search.queue import CandidateQueue, make_queue
from automl_cli.train.forecast import Forecast, find_rate
from automl_cli.train.unit import FitRecord

MakeTried = Callable[..., Candidate]
OPTIONS = ["search.trials=4", "search.models=[lightgbm]", "search.growth=1"]
PREDICTING = 0.5  # seconds of a fold
SECONDS = 8.0  # that a fold took with the rate that was meant


@pytest.fixture
def queue(tmp_path: Path) -> CandidateQueue:
    folder = tmp_path / "queue"
    folder.mkdir()
    site = make_site(folder, OPTIONS)
    queue = make_queue(site.factory(), site.specs)
    queue.ways.clear()
    return queue


@pytest.fixture
def candidate(make_tried: MakeTried, problem: Problem) -> Candidate:
    return replace(make_tried(problem.y), predict_seconds=5 * PREDICTING)


def make_forecast(spec: CandidateSpec) -> Forecast:
    curve = np.abs(np.linspace(-0.9, 0.1, 20))  # its best round is at nine tenths
    record = FitRecord(
        folder=Path(), rounds=20, curve=curve, seconds=SECONDS, cut=False, peak_bytes=0
    )
    forecast = Forecast()
    forecast.record(spec, record)
    return forecast


def begin(queue: CandidateQueue) -> tuple[Point, float, Forecast]:
    """Return what is begun in a fourth of its time, and the rate that was meant for it."""
    meant = queue.listed[next(k for k, one in enumerate(queue.listed) if one.model == "lightgbm")]
    rate = find_rate(meant)
    assert rate is not None
    forecast = make_forecast(meant)
    point = queue.take("lightgbm", forecast.fold_seconds(meant) / 4, forecast)
    assert point is not None
    return point, rate, forecast


def test_a_rate_that_was_raised_is_as_fine_again_as_there_is_time_for(
    queue: CandidateQueue, candidate: Candidate
) -> None:
    point, meant, forecast = begin(queue)
    coarse = find_rate(point.spec)
    assert coarse is not None
    assert coarse > 2 * meant
    needed = count_finest_seconds(queue, point, candidate, forecast) - PREDICTING
    assert needed > 2 * forecast.fold_seconds(point.spec)
    finer = take_finer(queue, point, needed / 1.5, forecast)
    assert finer is not None
    rate = find_rate(finer.spec)
    assert rate is not None
    assert meant < rate < coarse
    assert replace(finer.spec, params=point.spec.params) == point.spec  # nothing else differs
    assert finer.source == "finer"
    assert finer.spec.key in queue.taken

    finest = take_finer(queue, finer, 2 * needed, forecast)
    assert finest is not None
    assert find_rate(finest.spec) == meant
    assert count_finest_seconds(queue, finest, candidate, forecast) == 0.0
    assert take_finer(queue, finest, 9 * needed, forecast) is None


def test_without_time_for_a_finer_rate_there_is_none(queue: CandidateQueue) -> None:
    point, _, forecast = begin(queue)
    seconds = forecast.fold_seconds(point.spec)
    assert take_finer(queue, point, seconds, forecast) is None


def test_what_an_earlier_command_has_fitted_stays_as_it_is(
    queue: CandidateQueue, candidate: Candidate
) -> None:
    point, _, forecast = begin(queue)
    known = replace(point, meant=None)
    assert make_meant(queue, known) is None
    assert count_finest_seconds(queue, known, candidate, forecast) == 0.0
