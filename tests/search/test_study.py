"""Plans under a clock, on real fits of a small table."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from sites import Site, make_site

from automl_cli.core.candidate import Candidate
from automl_cli.core.foldplan import FoldPlan
from automl_cli.models import MODELS
from automl_cli.search import trial_limits
from automl_cli.search.queue import make_queue
from automl_cli.search.rates import raise_rate
from automl_cli.search.state import Refine, TrialState
from automl_cli.search.study import Study
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.executor import Executor
from automl_cli.train.forecast import Forecast, find_rate
from automl_cli.train.proposal import FixedPlan, Outcome, Proposal, Skipped

MOST = MODELS.get("lightgbm").most_rate

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

SEARCH = ["search.trials=4", "search.models=[lightgbm]", "validation.repeats=auto"]


@pytest.fixture
def searched(tmp_path: Path) -> Site:
    return make_site(tmp_path, SEARCH)


@pytest.fixture
def thread() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def run(
    site: Site, executor: Executor, seconds: float = 60, most: int = 1000
) -> tuple[Study, list[Outcome]]:
    execution = site.execution(executor, workers=1, seconds=seconds)
    study = Study.begin(make_queue(site.factory(), site.specs), execution)
    outcomes = []
    for outcome in cross_fit(site.problem, study, execution):
        study.observe(outcome)
        outcomes.append(outcome)
        if len(outcomes) == most:
            break
    return study, outcomes


def test_trials_come_first_then_every_model(searched: Site, thread: Executor) -> None:
    study, _ = run(searched, thread, most=14)
    sources = [trial.source for trial in study.trials.values()]
    n_trials = sources.count("growth") + sources.count("way")
    assert sources.count("way") > 1
    assert sources[:n_trials] == sorted(sources[:n_trials])  # growth, then way
    models = [trial.model for trial in study.trials.values()][n_trials:]
    assert models[0] != models[1]


def test_the_end_of_the_time_goes_to_repeats_of_members(searched: Site, thread: Executor) -> None:
    study, _ = run(searched, thread, seconds=8)
    n_first = len(searched.problem.folds.first(searched.problem.folds.n_blended))
    members = [trial for trial in study.trials.values() if trial.weight > 0.1]
    assert max(trial.n_folds for trial in members) > n_first
    for trial in study.trials.values():
        assert trial.n_folds in (0, *searched.problem.folds.rungs)


def test_every_decision_is_told_with_its_reason(searched: Site, thread: Executor) -> None:
    study, outcomes = run(searched, thread, seconds=12)
    told = [event.fields for event in searched.events if event.kind == "proposed"]
    assert {fields["why"] for fields in told} >= {"way", "planned"}
    assert {fields["key"] for fields in told} == set(study.trials)
    assert len(told) >= len(outcomes)


def test_weights_are_those_of_a_blend_and_gains_are_never_negative(
    searched: Site, thread: Executor
) -> None:
    study, _ = run(searched, thread, most=8)
    assert sum(trial.weight for trial in study.trials.values()) == pytest.approx(1.0)
    assert all(trial.gain >= 0 for trial in study.trials.values())


def test_a_study_goes_on_with_what_is_finished(searched: Site, thread: Executor) -> None:
    first, _ = run(searched, thread, most=5)
    n_fits = searched.count_fits()
    execution = searched.execution(thread, workers=1, seconds=60)
    again = Study.begin(make_queue(searched.factory(), searched.specs), execution)
    again.restore(first.candidates)
    proposal = again.propose()
    assert proposal is not None
    assert proposal.spec.key not in first.candidates
    assert searched.count_fits() == n_fits


def test_what_lost_its_files_is_fitted_again(searched: Site, thread: Executor) -> None:
    first, _ = run(searched, thread, most=2)
    key, other = first.candidates
    (searched.run.unit(key, 0) / "fit.json").write_text("damaged")
    execution = searched.execution(thread, workers=1, seconds=60)
    again = Study.begin(make_queue(searched.factory(), searched.specs), execution)
    again.restore(first.candidates)
    assert list(again.trials) == [other]
    assert key not in again.queue.taken


def test_more_folds_leave_what_is_known_of_the_first_ones_alone(
    searched: Site, thread: Executor
) -> None:
    study, outcomes = run(searched, thread, seconds=8)
    keys = [outcome.spec.key for outcome in outcomes]
    promoted = next(key for key in keys if keys.count(key) > 1)
    versions = [one for one in outcomes if one.spec.key == promoted and isinstance(one, Candidate)]
    assert len(versions) == keys.count(promoted)
    numbers = [one.n_folds for one in versions]
    # At the end of the time a promotion may bring no further fold.
    assert numbers == sorted(numbers)
    assert numbers[-1] > numbers[0]
    for one in versions:
        covered = searched.problem.folds.first(one.n_folds).covered()
        assert np.array_equal(np.isfinite(one.oof[:, 0]), covered)
    assert study.candidates[promoted] is versions[-1]


def test_without_time_nothing_is_proposed(searched: Site, thread: Executor) -> None:
    execution = searched.execution(thread, workers=1, seconds=0)
    assert Study.begin(make_queue(searched.factory(), searched.specs), execution).propose() is None


@pytest.mark.usefixtures("many_rows")
def test_all_ways_learn_from_the_same_share_of_the_rows(
    searched: Site, thread: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if a fold took longer with each fit that is known: what large tables look like at first.
    monkeypatch.setattr(Forecast, "fold_seconds", lambda self, _: 5.0 * len(self.round_seconds))
    monkeypatch.setattr(trial_limits, "LEAST_ROWS", 100)
    study, _ = run(searched, thread, most=8)
    shares = {
        study.candidates[key].row_share
        for key, trial in study.trials.items()
        if trial.source == "way" and key in study.candidates
    }
    assert len(shares) == 1
    assert max(shares) < 1.0


@pytest.mark.usefixtures("many_rows")
def test_what_trials_have_shown_is_told(tmp_path: Path, thread: Executor) -> None:
    site = make_site(tmp_path, SEARCH)
    study, _ = run(site, thread, most=12)
    told = [event.fields for event in site.events if event.kind == "settled"]
    assert told[0]["growth"] == study.queue.growth
    assert study.queue.verdict is not None
    assert told[1]["best"] == list(study.queue.verdict.best)
    sources = [trial.source for trial in study.trials.values()]
    assert sources[:2] == ["growth", "growth"]
    assert set(sources[2:4]) == {"way"}


@pytest.mark.usefixtures("many_rows")
def test_a_study_that_goes_on_sets_the_size_of_trees_before_anything_else(
    tmp_path: Path, thread: Executor
) -> None:
    site = make_site(tmp_path, SEARCH)
    first, _ = run(site, thread, most=2)
    assert {trial.source for trial in first.trials.values()} == {"growth"}
    execution = site.execution(thread, workers=1, seconds=60)
    again = Study.begin(make_queue(site.factory(), site.specs), execution)
    again.restore(first.candidates)
    proposal = again.propose()
    assert proposal is not None
    assert again.queue.growth is not None
    assert again.trials[proposal.spec.key].source == "way"


@dataclass(frozen=True)
class Refined:
    """A study that has begun its best candidate anew, with a finer rate."""

    study: Study
    coarse: str
    proposal: Proposal


@pytest.fixture
def refined(searched: Site, thread: Executor, monkeypatch: pytest.MonkeyPatch) -> Refined:
    """Return a study that fits its only candidate, of one fold, anew with a finer rate."""
    plan = replace(searched.problem.folds, enough=3)
    monkeypatch.setattr(FoldPlan, "n_first", 1)
    site = replace(searched, problem=replace(searched.problem, folds=plan))
    study = Study.begin(
        make_queue(site.factory(), site.specs), site.execution(thread, workers=1, seconds=60)
    )
    study.queue.ways.clear()
    coarse = study.queue.take("lightgbm", 60.0, Forecast())
    assert coarse is not None
    point = replace(coarse, spec=raise_rate(coarse.spec, MOST))
    key = point.spec.key
    study.queue.taken = {key}
    study.points[key] = point
    study.trials[key] = TrialState(key=key, model="lightgbm", source="planned", wanted=1)
    first = Proposal(spec=point.spec, feature_set=point.feature_set, n_folds=1)
    for outcome in cross_fit(site.problem, FixedPlan(deque([first])), study.execution):
        study.observe(outcome)
    monkeypatch.setattr(
        "automl_cli.search.study.choose_action", lambda _: Refine(key, 3, slice_seconds=60.0)
    )
    proposal = study.propose()
    assert proposal is not None
    return Refined(study, key, proposal)


def test_a_finer_rate_takes_the_place_of_the_coarse_one(refined: Refined) -> None:
    study, key = refined.study, refined.proposal.spec.key
    rates = [find_rate(study.points[one].spec) for one in (refined.coarse, key)]
    assert rates[0] == MOST
    meant = study.points[refined.coarse].meant
    assert meant is not None
    assert rates[1] == find_rate(meant)
    assert refined.proposal.n_folds == 3
    assert study.trials[refined.coarse].ended  # nobody gives it folds meanwhile
    assert study.trials[key].is_running


def test_what_a_failed_one_was_to_replace_may_have_folds_again(refined: Refined) -> None:
    study = refined.study
    study.observe(Skipped(spec=refined.proposal.spec, reason="late"))
    assert study.trials[refined.proposal.spec.key].ended
    assert not study.trials[refined.coarse].ended
    assert study.trials[refined.coarse].finest_seconds == 0.0  # and is not fitted anew twice


@pytest.mark.usefixtures("many_rows")
def test_ways_of_a_small_table_learn_from_all_rows(
    searched: Site, thread: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Forecast, "fold_seconds", lambda self, _: 5.0 * len(self.round_seconds))
    study, _ = run(searched, thread, most=5)
    ways = [key for key, trial in study.trials.items() if trial.source == "way"]
    assert {study.candidates[key].row_share for key in ways if key in study.candidates} == {1.0}
