from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sites import Site

from automl_cli.core.candidate import CandidateSpec, Step
from automl_cli.models import MODELS
from automl_cli.train.forecast import Forecast
from automl_cli.train.unit import FitRecord


def make_record(best: int, rounds: int, seconds: float, *, cut: bool = False) -> FitRecord:
    curve = np.abs(np.arange(1, rounds + 1) - best).astype(float)
    return FitRecord(
        folder=Path(), rounds=rounds, curve=curve, seconds=seconds, cut=cut, peak_bytes=1
    )


def make_kinds(site: Site) -> tuple[CandidateSpec, CandidateSpec]:
    """Return a candidate without generated columns and the same with some."""
    plain = replace(
        site.specs[0],
        params=(("learning_rate", 0.1),),
        max_rounds=10_000,
        recipe=(Step("numeric"),),
    )
    return plain, replace(plain, recipe=(*plain.recipe, Step("arithmetic", top=30)))


def test_half_the_learning_rate_takes_twice_the_time(site: Site) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", 0.1),), max_rounds=10_000)
    slower = replace(spec, params=(("learning_rate", 0.05),))
    forecast = Forecast()
    forecast.record(spec, make_record(best=100, rounds=200, seconds=4.0))

    assert forecast.fold_seconds(spec) == 2.0
    assert forecast.fold_seconds(slower) == 4.0


def test_a_fit_that_was_cut_does_not_shorten_what_is_expected(site: Site) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", 0.1),), max_rounds=10_000)
    forecast = Forecast()
    forecast.record(spec, make_record(best=100, rounds=200, seconds=4.0))
    forecast.record(spec, make_record(best=10, rounds=10, seconds=0.2, cut=True))

    assert forecast.fold_seconds(spec) == 2.0


def test_one_slow_setting_does_not_make_all_of_its_model_slow(site: Site) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", 0.1),), max_rounds=10_000)
    forecast = Forecast()
    for rounds, seconds in ((200, 2.0), (5_000, 40.0), (300, 3.0)):
        forecast.record(spec, make_record(best=rounds, rounds=2 * rounds, seconds=2 * seconds))

    assert forecast.fold_seconds(spec) == pytest.approx(3.0)


def test_a_model_whose_fits_were_all_cut_takes_twice_as_long_as_the_longest(site: Site) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", 0.1),), max_rounds=10_000)
    forecast = Forecast()
    for seconds in (5.0, 3.0):
        forecast.record(spec, make_record(best=100, rounds=100, seconds=seconds, cut=True))

    assert forecast.fold_seconds(spec) == pytest.approx(10.0)


def test_a_fit_that_was_still_learning_at_its_end_shows_only_a_part(site: Site) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", 0.1),), max_rounds=10_000)
    forecast = Forecast()
    forecast.record(spec, make_record(best=100, rounds=100, seconds=2.0))

    assert forecast.fold_seconds(spec) == pytest.approx(4.0)


def test_a_model_that_is_not_known_is_thought_to_take_what_its_effort_says(site: Site) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", 0.1),), max_rounds=10_000)
    slower = replace(spec, model="catboost")
    forecast = Forecast()
    forecast.record(spec, make_record(best=100, rounds=200, seconds=4.0))

    effort = MODELS.get("catboost").effort
    assert forecast.fold_seconds(slower) == pytest.approx(effort * 2.0)


def test_nothing_is_expected_of_a_model_that_is_not_known(site: Site) -> None:
    assert Forecast().fold_seconds(site.specs[0]) == 0.0


def test_what_generated_columns_cost_one_model_they_cost_another(site: Site) -> None:
    plain, full = make_kinds(site)
    forecast = Forecast()
    forecast.record(plain, make_record(best=100, rounds=200, seconds=2.0))
    forecast.record(full, make_record(best=100, rounds=200, seconds=8.0))
    others = {model: replace(full, model=model) for model in ("catboost", "extra_trees")}
    forecast.record(others["catboost"], make_record(best=100, rounds=200, seconds=20.0))
    others["extra_trees"] = replace(others["extra_trees"], params=())
    forecast.record(others["extra_trees"], make_record(best=1, rounds=1, seconds=12.0))

    assert forecast.fold_seconds(full) == pytest.approx(4.0)
    assert forecast.fold_seconds(others["catboost"]) == pytest.approx(10.0)
    assert forecast.fold_seconds(replace(plain, model="catboost")) == pytest.approx(2.5)
    slim = replace(others["extra_trees"], recipe=plain.recipe)
    assert forecast.fold_seconds(slim) == pytest.approx(3.0)


def test_without_a_comparison_both_kinds_of_a_model_are_thought_to_take_the_same(
    site: Site,
) -> None:
    plain, full = make_kinds(site)
    forecast = Forecast()
    forecast.record(full, make_record(best=100, rounds=200, seconds=8.0))

    assert forecast.fold_seconds(plain) == forecast.fold_seconds(full) == pytest.approx(4.0)
