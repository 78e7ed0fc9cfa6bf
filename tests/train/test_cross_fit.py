import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from sites import Site, raise_odd_error

from automl_cli.core.candidate import Candidate, CandidateSpec, Failure
from automl_cli.train.attempt import Crash, attempt
from automl_cli.train.collect import load_candidate, save_candidate
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.executor import Executor, LocalPool
from automl_cli.train.proposal import Skipped
from automl_cli.train.unit import Unit, fit_unit, read_fit

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


@dataclass
class DeadlyExecutor:
    """Hands out the death of a worker instead of some units."""

    inner: Executor
    times: int
    fold: int = 1
    model: str = "lightgbm"
    deaths: list[Unit] = field(default_factory=list)

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        unit: Unit = args[1]  # after the function that `attempt` calls
        is_meant = unit.fold == self.fold and unit.spec.model == self.model
        if is_meant and len(self.deaths) < self.times:
            self.deaths.append(unit)
            return self.inner.submit(os._exit, 1)
        return self.inner.submit(fn, *args)


def make_process_pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


def find(outcomes: list[Any], spec: CandidateSpec) -> Any:
    return next(outcome for outcome in outcomes if outcome.spec == spec)


def test_every_candidate_has_all_its_rows_and_folds(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(executor, workers=1)))

    assert [outcome.spec for outcome in outcomes] == site.specs
    for candidate in outcomes:
        assert isinstance(candidate, Candidate)
        assert np.isfinite(candidate.oof).all()
        assert len(candidate.fold_scores) == 3
        np.testing.assert_allclose(candidate.oof.sum(axis=1), 1.0)


def test_the_number_of_workers_and_the_executor_do_not_change_a_candidate(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pool = LocalPool(2)
    try:
        there = list(cross_fit(site.problem, site.plan(), site.execution(pool)))
    finally:
        pool.stop()
    for folder in (site.run.root / "units").iterdir():
        folder.rename(tmp_path_factory.mktemp("units") / folder.name)
    with ThreadPoolExecutor(1) as executor:
        here = list(cross_fit(site.problem, site.plan(), site.execution(executor, workers=1)))

    for spec in site.specs:
        one, other = find(there, spec), find(here, spec)
        np.testing.assert_array_equal(one.oof, other.oof)
        np.testing.assert_array_equal(one.test, other.test)


def test_finished_units_are_not_fitted_again(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        first = list(cross_fit(site.problem, site.plan(), site.execution(executor)))
        fits = site.count_fits()
        second = list(cross_fit(site.problem, site.plan(), site.execution(executor)))

    assert fits == site.count_fits() == 6
    np.testing.assert_array_equal(first[0].oof, find(second, first[0].spec).oof)


def test_a_model_that_raises_is_a_failure_and_the_others_go_on(site: Site) -> None:
    good = site.specs[1]
    bad = replace(site.specs[0], params=(("num_leaves", -5),))
    site.keys[bad.key] = site.keys[site.specs[0].key]
    with ThreadPoolExecutor(1) as executor:
        plan = site.plan([bad, good])
        outcomes = list(cross_fit(site.problem, plan, site.execution(executor)))

    failure = find(outcomes, bad)
    assert isinstance(failure, Failure)
    assert "num_leaves" in failure.error
    assert "Traceback" in failure.traceback
    assert isinstance(find(outcomes, good), Candidate)


def test_a_worker_that_dies_once_costs_nothing(site: Site) -> None:
    pool = LocalPool(2)
    try:
        deadly = DeadlyExecutor(pool, times=1)
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(deadly)))
    finally:
        pool.stop()

    assert len(deadly.deaths) == 1
    assert all(isinstance(outcome, Candidate) for outcome in outcomes)


def test_a_unit_over_which_two_workers_die_fails_and_the_others_go_on(site: Site) -> None:
    pool = LocalPool(2)
    try:
        outcomes = list(
            cross_fit(site.problem, site.plan(), site.execution(DeadlyExecutor(pool, times=9)))
        )
    finally:
        pool.stop()

    by_model = {outcome.spec.model: outcome for outcome in outcomes}
    assert isinstance(by_model["lightgbm"], Failure)
    assert by_model["lightgbm"].error == "the worker process died twice over it"
    assert isinstance(by_model["linear"], Candidate)


def test_in_a_pool_that_breaks_as_a_whole_only_the_guilty_unit_fails(site: Site) -> None:
    deadly = DeadlyExecutor(make_process_pool(), times=9)

    def renew() -> Executor:
        deadly.inner = make_process_pool()
        return deadly

    outcomes = list(cross_fit(site.problem, site.plan(), site.execution(deadly, renew=renew)))
    deadly.inner.shutdown()  # type: ignore[attr-defined]

    by_model = {outcome.spec.model: outcome for outcome in outcomes}
    assert isinstance(by_model["lightgbm"], Failure)
    assert isinstance(by_model["linear"], Candidate)


def test_without_time_everything_is_skipped(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(executor, seconds=0)))

    assert {type(outcome) for outcome in outcomes} == {Skipped}


def test_what_the_clock_has_cut_is_repeated_with_time_left(site: Site) -> None:
    spec = site.specs[0]
    for fold in range(3):
        unit = Unit(
            run=str(site.run.root),
            spec=spec,
            fold=fold,
            feature_set=site.keys[spec.key],
            max_rounds=5,  # less than the candidate's: a limit that the clock has set
            stop_at=None,
        )
        assert fit_unit(unit) == f"fold-{fold}.cut"
    with ThreadPoolExecutor(1) as executor:
        (candidate,) = cross_fit(site.problem, site.plan([spec]), site.execution(executor))

    assert isinstance(candidate, Candidate)
    assert not candidate.cut
    assert site.count_fits() == 3
    record = read_fit(site.run, spec.key, 0)
    assert record is not None
    assert record.rounds == spec.max_rounds


def test_what_the_clock_has_cut_stays_beside_what_it_cuts_again(site: Site) -> None:
    """An ensemble that predicts may be made of it."""
    spec = site.specs[0]
    for rounds, name in ((5, "fold-0.cut"), (7, "fold-0.cut-2")):
        unit = Unit(
            run=str(site.run.root),
            spec=spec,
            fold=0,
            feature_set=site.keys[spec.key],
            max_rounds=rounds,
            stop_at=None,
        )
        assert fit_unit(unit) == name
        record = read_fit(site.run, spec.key, 0)
        assert record is not None
        assert (record.rounds, record.folder.name) == (rounds, name)
    assert (site.run.unit(spec.key, 0, cut=1) / "fit.json").exists()


def test_two_deaths_in_one_candidate_under_a_clock_do_not_end_the_run(site: Site) -> None:
    pool = LocalPool(2)
    try:
        deadly = DeadlyExecutor(pool, times=9, fold=0)
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(deadly, seconds=60)))
    finally:
        pool.stop()

    assert {type(outcome) for outcome in outcomes} == {Failure, Candidate}


def test_a_unit_that_ignores_its_end_is_killed_with_the_clock(site: Site) -> None:
    class Sleeper:
        def submit(self, *_: object) -> "Future[Any]":
            return pool.submit(time.sleep, 60)

    pool = LocalPool(2)
    began = time.time()
    try:
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(Sleeper(), seconds=4)))
    finally:
        pool.stop()

    assert all(isinstance(outcome, Skipped) for outcome in outcomes)
    assert time.time() - began < 4 + 2


def test_no_fit_is_started_after_the_time_for_fits(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(executor, seconds=1)))

    assert all(isinstance(outcome, Skipped) for outcome in outcomes)
    assert not (site.run.root / "units").exists()


def test_an_exception_that_does_not_survive_pickling_reaches_the_parent_as_text() -> None:
    assert isinstance(attempt(raise_odd_error), Crash)
    pool = LocalPool(1)
    try:
        crash = pool.submit(attempt, raise_odd_error).result(timeout=20)
    finally:
        pool.stop()

    assert crash.error == "OddError: odd"
    assert "raise_odd_error" in crash.traceback


@pytest.mark.parametrize("name", ["fit.json", "curve.npy"])
@pytest.mark.parametrize("content", [None, b""])
def test_a_unit_whose_files_are_damaged_is_made_again(
    site: Site, name: str, content: bytes | None
) -> None:
    spec = site.specs[0]
    with ThreadPoolExecutor(1) as executor:
        (first,) = cross_fit(site.problem, site.plan([spec]), site.execution(executor))
        path = site.run.unit(spec.key, 1) / name
        path.unlink() if content is None else path.write_bytes(content)
        (second,) = cross_fit(site.problem, site.plan([spec]), site.execution(executor))

    assert isinstance(first, Candidate)
    assert isinstance(second, Candidate)
    np.testing.assert_array_equal(first.oof, second.oof)


@pytest.mark.parametrize("name", ["candidate.json", "oof.npy"])
def test_a_candidate_whose_files_are_damaged_is_collected_again(site: Site, name: str) -> None:
    with ThreadPoolExecutor(1) as executor:
        (candidate, *_) = cross_fit(site.problem, site.plan(), site.execution(executor))
    assert isinstance(candidate, Candidate)
    save_candidate(site.run, candidate)
    assert load_candidate(site.run, candidate.spec) is not None

    (site.run.candidate(candidate.spec.key) / name).write_bytes(b"{")

    assert load_candidate(site.run, candidate.spec) is None
