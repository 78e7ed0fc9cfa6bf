import warnings
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sites import Site, make_site

from automl_cli.core.candidate import Candidate, CandidateSpec, Failure
from automl_cli.core.errors import RunError
from automl_cli.features.state import FeatureSet
from automl_cli.models import MODELS
from automl_cli.train.executor import Executor, LocalPool
from automl_cli.train.order import Outcome, Trial
from automl_cli.train.search import BATCH, TOPS, Quest, search
from automl_cli.train.trials import Board, Entry, Setting

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

LIGHTGBM = MODELS.get("lightgbm")
DEFAULTS = {
    "num_leaves": 8,
    "feature_fraction": 0.7,
    "min_data_in_leaf": 20,
    "lambda_l2": 1.0,
}


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


def make_first() -> list[Setting]:
    return [
        Setting(params=DEFAULTS, tops={"counts": 30}, way="own"),
        Setting(params={**DEFAULTS, "num_leaves": 4}, tops={}, way="own"),
    ]


def make_quest(site: Site, trials: int = 10, **bad: Any) -> Quest:
    base = site.specs[0]

    def settle(setting: Setting) -> tuple[CandidateSpec, FeatureSet]:
        params = {**dict(base.params), **setting.params, **bad}
        # The group has no effect here but on the key: what is searched needs no features.
        seed = setting.tops["counts"]
        spec = replace(base, params=tuple(sorted(params.items())), max_rounds=10, seed=seed)
        return spec, site.keys[base.key]

    return Quest(
        model=LIGHTGBM,
        space=LIGHTGBM.space,
        tops={"counts": TOPS},
        ways=("own",),
        settle=settle,
        first=make_first(),
        trials=trials,
        seed=0,
        journal=site.run.studies("y") / "lightgbm.journal",
    )


def run(
    site: Site, executor: Executor, quest: Quest, workers: int = 1
) -> tuple[Board, list[Outcome]]:
    board = Board(site.problem, site.crew(executor, workers=workers))
    return board, list(search(quest, board))


@pytest.fixture
def thread() -> Any:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def describe(board: Board) -> list[Any]:
    return [
        (
            entry.number,
            dict(entry.setting.params),
            dict(entry.setting.tops),
            entry.spec.key,
            entry.n_folds,
            None if entry.trial is None else entry.trial.losses,
            None if entry.candidate is None else entry.candidate.oof.tolist(),
            entry.dropped,
        )
        for entry in board.entries
    ]


def read_journal(path: Path) -> Sequence[optuna.trial.FrozenTrial]:
    storage = JournalStorage(JournalFileBackend(str(path)))
    return optuna.load_study(study_name="lightgbm", storage=storage).trials


def test_the_given_settings_are_tried_first(site: Site, thread: Executor) -> None:
    board, _ = run(site, thread, make_quest(site))
    assert board.entries[0].setting == make_first()[0]
    assert dict(board.entries[1].setting.params) == {**DEFAULTS, "num_leaves": 4}
    assert board.entries[1].setting.tops == {"counts": 0}


def test_settings_stay_within_the_space(site: Site, thread: Executor) -> None:
    board, _ = run(site, thread, make_quest(site))
    for entry in board.entries:
        assert entry.setting.tops["counts"] in TOPS
        for own in LIGHTGBM.space:
            value = entry.setting.params[own.name]
            assert isinstance(value, int | float)
            assert own.low <= value <= own.high


def test_all_begin_on_one_fold_and_few_come_to_all(site: Site, thread: Executor) -> None:
    board, outcomes = run(site, thread, make_quest(site, trials=2 * BATCH))
    whole = [entry for entry in board.entries if entry.candidate is not None]
    first = [one for one in outcomes if isinstance(one, Trial) and len(one.losses) == 1]
    assert len(first) == 2 * BATCH
    assert 1 <= len(whole) <= 2
    best = min(board.entries, key=lambda entry: entry.loss(1))
    assert best.n_folds >= 2
    assert len([entry for entry in board.entries if entry.n_folds >= 2]) <= 4
    found = [outcome for outcome in outcomes if isinstance(outcome, Candidate)]
    assert sorted(o.spec.key for o in found) == sorted(entry.spec.key for entry in whole)


def test_a_trial_is_judged_at_its_own_best_round(site: Site, thread: Executor) -> None:
    board, _ = run(site, thread, make_quest(site, trials=1))
    trial = board.entries[0].trial
    assert trial is not None
    curve = np.load(site.run.unit(trial.spec.key, 0) / "curve.npy")
    np.testing.assert_allclose(trial.losses[0], curve.min(), rtol=1e-5)
    assert len(trial.row_losses[0]) == len(site.problem.folds.folds[0].held_out)


def test_a_search_that_is_killed_after_each_unit_comes_to_the_same_end(
    site: Site, thread: Executor, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = make_site(tmp_path / "other")
    expected, outcomes = run(other, thread, make_quest(other, trials=6))
    for _ in range(100):
        with suppress(KilledError):
            resumed, again = run(site, MortalExecutor(thread, 1), make_quest(site, trials=6))
            break
    assert describe(resumed) == describe(expected)
    assert [one.spec.key for one in again] == [one.spec.key for one in outcomes]


@pytest.mark.parametrize("units", [1, 6, 13])
def test_a_killed_search_goes_on_as_if_nothing_had_been(
    site: Site, thread: Executor, tmp_path: Path, units: int
) -> None:
    (tmp_path / "other").mkdir()
    other = make_site(tmp_path / "other")
    expected, _ = run(other, thread, make_quest(other))
    with pytest.raises(KilledError):
        run(site, MortalExecutor(thread, units), make_quest(site))
    resumed, _ = run(site, thread, make_quest(site))
    assert describe(resumed) == describe(expected)
    finished = len([event for event in site.events if event.kind == "fitted"])
    assert finished == len([event for event in other.events if event.kind == "fitted"])


def test_the_number_of_workers_does_not_change_a_search(
    site: Site, thread: Executor, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = make_site(tmp_path / "other")
    pool = LocalPool(2)
    try:
        there, _ = run(other, pool, make_quest(other, trials=6), workers=2)
    finally:
        pool.stop()
    here, _ = run(site, thread, make_quest(site, trials=6))
    assert describe(here) == describe(there)


def test_failing_settings_do_not_end_it(site: Site, thread: Executor) -> None:
    board, outcomes = run(site, thread, make_quest(site, trials=5, feature_fraction=-1.0))
    assert len(board.entries) == 5
    assert all(isinstance(outcome, Failure) for outcome in outcomes)
    assert all(entry.dropped for entry in board.entries)


def test_the_journal_holds_every_trial_and_none_is_running(site: Site, thread: Executor) -> None:
    quest = make_quest(site, trials=6)
    board, _ = run(site, thread, quest)
    trials = read_journal(quest.journal)
    assert [trial.state for trial in trials] == [optuna.trial.TrialState.COMPLETE] * 6
    assert [trial.value for trial in trials] == [entry.loss(1) for entry in board.entries]
    for trial, entry in zip(trials, board.entries, strict=True):
        facts = {"key": entry.spec.key, "folds": entry.n_folds, "dropped": entry.dropped}
        assert trial.user_attrs == facts


def test_a_search_that_is_killed_leaves_the_journal_of_its_batches(
    site: Site, thread: Executor
) -> None:
    quest = make_quest(site)
    with pytest.raises(KilledError):
        run(site, MortalExecutor(thread, 13), quest)
    n_told = len(read_journal(quest.journal))
    assert n_told >= BATCH
    assert n_told % BATCH == 0


def test_a_journal_from_before_is_not_read(site: Site, thread: Executor) -> None:
    quest = make_quest(site, trials=2)
    first, _ = run(site, thread, quest)
    quest.journal.write_text("damaged")
    second, _ = run(site, thread, quest)
    assert describe(second) == describe(first)
    assert len(read_journal(quest.journal)) == 2


def test_a_journal_that_cannot_be_written_is_told_to_the_user(site: Site, thread: Executor) -> None:
    site.run.studies("y").parent.write_text("in the way")
    with pytest.raises(RunError, match="cannot be written"):
        run(site, thread, make_quest(site, trials=2))


def test_without_time_it_ends_at_once(site: Site, thread: Executor) -> None:
    board = Board(site.problem, site.crew(thread, seconds=0))
    assert list(search(make_quest(site), board)) == []
    assert board.entries == []


def test_optuna_speaks_to_others_as_before(
    site: Site, thread: Executor, capsys: pytest.CaptureFixture[str]
) -> None:
    before = optuna.logging.get_verbosity(), list(warnings.filters)
    board = Board(site.problem, site.crew(thread, workers=1))
    for _ in search(make_quest(site, trials=BATCH), board):
        # Also in between: whoever follows a search is no part of it.
        assert (optuna.logging.get_verbosity(), list(warnings.filters)) == before
    assert (optuna.logging.get_verbosity(), list(warnings.filters)) == before
    assert capsys.readouterr().err == ""


def test_clearly_worse_settings_go_no_further(site: Site, thread: Executor) -> None:
    quest = make_quest(site, trials=0)
    board = Board(site.problem, site.crew(thread))
    for number, leaves in enumerate((8, 7, 6, 2)):
        setting = Setting(params={**DEFAULTS, "num_leaves": leaves}, tops={"counts": 0}, way="own")
        spec, feature_set = quest.settle(setting)
        if leaves == 2:  # one that learns next to nothing
            spec = replace(spec, max_rounds=1)
        board.entries.append(
            Entry(number=number, setting=setting, spec=spec, feature_set=feature_set)
        )
    list(board.evaluate(board.entries, 1))
    list(board.promote())
    assert max(entry.n_folds for entry in board.entries[:3]) > 1
    chosen = board._choose(1, 3, 1.0)
    assert board.entries[3] not in chosen
    assert board.entries[3].dropped == "clearly worse than the best"


@pytest.mark.parametrize(("fold_seconds", "has_time"), [(0.1, True), (2.0, False)])
def test_time_is_kept_to_bring_the_best_to_all_folds(
    site: Site, thread: Executor, fold_seconds: float, has_time: bool
) -> None:
    quest = make_quest(site)
    board = Board(site.problem, site.crew(thread, seconds=10, workers=1))
    assert board.has_time_for(BATCH)  # nothing is known yet
    spec, feature_set = quest.settle(make_first()[0])
    trial = Trial(spec=spec, losses=(1.0,), row_losses=(np.ones(3),), fit_seconds=fold_seconds)
    board.entries.append(
        Entry(number=0, setting=make_first()[0], spec=spec, feature_set=feature_set, trial=trial)
    )
    assert board.has_time_for(BATCH) is has_time
