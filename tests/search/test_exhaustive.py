import importlib
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sites import Site, make_site

from automl_cli.core.candidate import Candidate, Failure
from automl_cli.core.errors import RunError
from automl_cli.models import MODELS
from automl_cli.search.exhaustive import ExhaustiveStudy, make_exhaustive
from automl_cli.search.queue import make_queue
from automl_cli.search.report import report_searches
from automl_cli.search.sampler import BATCH
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.executor import Executor, LocalPool
from automl_cli.train.proposal import Outcome

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

LIGHTGBM = MODELS.get("lightgbm")
# A first rung of one fold of three, as on tables of thousands of rows.
SEARCH = ["search.trials=6", "search.models=[lightgbm]", "limits.rounds=10"]


class KilledError(Exception):
    """Stands for a kill: nothing of the search survives it."""


class MortalExecutor:
    """An executor that is killed after some units."""

    def __init__(self, inner: Executor, units: int) -> None:
        self.inner = inner
        self.left = units

    def submit(self, fn: Any, /, *args: Any) -> "Future[Any]":
        self.left -= 1
        if self.left < 0:
            raise KilledError
        return self.inner.submit(fn, *args)


def make_searched(folder: Path, *overrides: str) -> Site:
    folder.mkdir(exist_ok=True)
    return make_site(folder, [*SEARCH, *overrides])


@pytest.fixture
def searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr("automl_cli.core.foldplan.LEAST_JUDGED", 1)
    return make_searched(tmp_path / "searched")


@pytest.fixture
def thread() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def run(site: Site, executor: Executor, workers: int = 1) -> tuple[ExhaustiveStudy, list[Outcome]]:
    study = make_exhaustive(make_queue(site.factory(), site.specs))
    outcomes = []
    for outcome in cross_fit(site.problem, study, site.execution(executor, workers=workers)):
        study.observe(outcome)
        outcomes.append(outcome)
    return study, outcomes


def describe(study: ExhaustiveStudy) -> list[Any]:
    return [
        (
            key,
            point.number,
            point.setting,
            study.losses.get(key),
            study.candidates[key].n_folds,
            study.candidates[key].oof.tobytes(),
        )
        for key, point in study.points.items()
    ]


def read_journal(path: Path) -> Sequence[optuna.trial.FrozenTrial]:
    storage = JournalStorage(JournalFileBackend(str(path)))
    return optuna.load_study(study_name="lightgbm", storage=storage).trials


def test_the_whole_list_comes_first_and_has_enough_folds(searched: Site, thread: Executor) -> None:
    _, outcomes = run(searched, thread)
    listed = outcomes[: len(searched.specs)]
    assert [outcome.spec for outcome in listed] == searched.specs
    assert all(isinstance(one, Candidate) and one.n_folds == 3 for one in listed)


def test_the_models_defaults_are_the_first_setting(searched: Site, thread: Executor) -> None:
    study, _ = run(searched, thread)
    first = next(iter(study.points.values())).setting
    assert first is not None
    defaults = LIGHTGBM.make_params("multiclass", {})
    assert first.way == "own"
    for own in LIGHTGBM.space:
        assert first.params[own.name] == min(max(defaults[own.name], own.low), own.high)


def test_settings_stay_within_the_space(searched: Site, thread: Executor) -> None:
    study, _ = run(searched, thread)
    for point in study.points.values():
        assert point.setting is not None
        for own in LIGHTGBM.space:
            value = point.setting.params[own.name]
            assert isinstance(value, int | float)
            assert own.low <= value <= own.high


def test_all_begin_on_the_first_folds_and_few_come_to_enough(
    searched: Site, thread: Executor
) -> None:
    study, _ = run(searched, thread)
    found = {key: study.candidates[key] for key in study.losses}
    whole = [key for key, one in found.items() if one.n_folds == 3]
    assert searched.problem.folds.n_first == 1
    assert 1 <= len(whole) < len(found)
    assert min(found, key=lambda key: (study.losses[key], key)) in whole


def test_the_best_are_fitted_again_with_a_finer_rate(searched: Site, thread: Executor) -> None:
    _, outcomes = run(searched, thread)
    rates = [
        dict(one.spec.params)["learning_rate"] for one in outcomes if "lightgbm" in one.spec.key
    ]
    assert LIGHTGBM.search_rate is not None
    assert rates[-1] == pytest.approx(0.4 * LIGHTGBM.search_rate)


def test_a_search_that_is_killed_after_each_unit_comes_to_the_same_end(
    searched: Site, thread: Executor, tmp_path: Path
) -> None:
    other = make_searched(tmp_path / "other")
    expected, _ = run(other, thread)
    for _ in range(100):
        with suppress(KilledError):
            resumed, _ = run(searched, MortalExecutor(thread, 1))
            break
    assert describe(resumed) == describe(expected)
    assert searched.count_fits() == other.count_fits()


def test_the_number_of_workers_does_not_change_a_search(
    searched: Site, thread: Executor, tmp_path: Path
) -> None:
    other = make_searched(tmp_path / "other")
    pool = LocalPool(2)
    try:
        there, _ = run(other, pool, workers=2)
    finally:
        pool.stop()
    here, _ = run(searched, thread)
    assert describe(here) == describe(there)


def test_failing_settings_do_not_end_it(tmp_path: Path, thread: Executor) -> None:
    site = make_searched(tmp_path / "failing", "models.lightgbm={num_leaves: -5}")
    study, outcomes = run(site, thread)
    failed = {one.spec.key for one in outcomes if isinstance(one, Failure)}
    assert len(study.queue.samplers["lightgbm"].asked) == 6
    assert set(study.points) <= failed
    assert not study.losses


def test_the_journal_holds_every_trial_and_none_is_running(
    searched: Site, thread: Executor
) -> None:
    study, _ = run(searched, thread)
    folder = searched.run.studies(searched.problem.target.name)
    folder.mkdir(parents=True)
    report_searches(study, searched.execution(thread))
    trials = read_journal(folder / "lightgbm.journal")
    assert [trial.state for trial in trials] == [optuna.trial.TrialState.COMPLETE] * 6
    assert {trial.value for trial in trials} == set(study.losses.values())


def test_a_journal_that_cannot_be_written_is_told_to_the_user(
    searched: Site, thread: Executor
) -> None:
    study, _ = run(searched, thread)
    searched.run.studies("species").parent.write_text("in the way")
    with pytest.raises(RunError, match="cannot be written"):
        report_searches(study, searched.execution(thread))


def test_optuna_speaks_to_others_as_before(
    searched: Site, thread: Executor, capsys: pytest.CaptureFixture[str]
) -> None:
    importlib.import_module("scipy.optimize")  # sets filters of its own when it is imported
    before = optuna.logging.get_verbosity(), list(warnings.filters)
    study = make_exhaustive(make_queue(searched.factory(), searched.specs))
    for outcome in cross_fit(searched.problem, study, searched.execution(thread, workers=1)):
        # Also in between: whoever follows a search is no part of it.
        assert (optuna.logging.get_verbosity(), list(warnings.filters)) == before
        study.observe(outcome)
    assert capsys.readouterr().err == ""


def test_a_batch_is_complete_before_the_next_one_is_asked_for(searched: Site) -> None:
    study = make_exhaustive(make_queue(searched.factory(), []))
    proposals = [study.propose() for _ in range(BATCH + 3)]
    asked = [one for one in proposals if one is not None]
    assert 0 < len(asked) <= BATCH
    assert proposals[len(asked) :] == [None] * (len(proposals) - len(asked))


def test_what_was_finished_before_is_not_proposed_again(searched: Site, thread: Executor) -> None:
    first, _ = run(searched, thread)
    again = make_exhaustive(make_queue(searched.factory(), searched.specs))
    again.restore(first.candidates)
    assert list(cross_fit(searched.problem, again, searched.execution(thread))) == []
