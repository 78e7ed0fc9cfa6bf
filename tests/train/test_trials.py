import math
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from sites import Site

from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.errors import RunError
from automl_cli.train.executor import Executor
from automl_cli.train.order import Trial
from automl_cli.train.trials import Board, Entry, Setting

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

if TYPE_CHECKING:
    from automl_cli.train.unit import Unit

GOOD, FAIR, POOR = 20, 10, 1  # rounds


@dataclass
class PickyExecutor:
    """Lets some units raise, and remembers the fits."""

    inner: Executor
    failing: tuple[tuple[str, int], ...] = ()
    fits: list[tuple[str, int]] = field(default_factory=list)

    def submit(self, fn: Any, /, *args: Any) -> "Future[Any]":
        unit: Unit = args[1]
        asked = (unit.spec.key, unit.fold)
        if len(args) == 2:
            self.fits.append(asked)
        return self.inner.submit(fn, _refuse if asked in self.failing else args[0], *args[1:])


def _refuse(*_: object) -> str:
    raise ValueError("no")


@pytest.fixture
def picky() -> Iterator[PickyExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield PickyExecutor(executor)


def make_board(site: Site, executor: Executor, specs: list[CandidateSpec]) -> Board:
    board = Board(site.problem, site.crew(executor, workers=1))
    feature_set = site.keys[site.specs[0].key]
    setting = Setting(params={}, tops={}, way="own")
    board.entries += [
        Entry(number=number, setting=setting, spec=spec, feature_set=feature_set)
        for number, spec in enumerate(specs)
    ]
    return board


def make_spec(site: Site, rounds: int, seed: int = 0) -> CandidateSpec:
    return replace(site.specs[0], max_rounds=rounds, seed=seed)


def test_promotion_gives_the_counts_that_the_rule_says(site: Site, picky: PickyExecutor) -> None:
    specs = [make_spec(site, GOOD, seed) for seed in range(12)]
    board = make_board(site, picky, specs)
    list(board.evaluate(board.entries, 1))
    outcomes = list(board.promote())
    by_first = sorted(board.entries, key=lambda entry: entry.loss(1))[: math.ceil(0.3 * 12)]
    twice = [entry for entry in board.entries if entry.n_folds >= 2]
    assert {entry.number for entry in by_first if not entry.dropped} == {e.number for e in twice}
    by_both = sorted(twice, key=lambda entry: entry.loss(2))[: math.ceil(0.1 * 12)]
    whole = [entry for entry in board.entries if entry.candidate]
    assert {entry.number for entry in by_both if not entry.dropped} == {e.number for e in whole}
    assert len([one for one in outcomes if isinstance(one, Trial)]) == len(twice)
    assert len([one for one in outcomes if isinstance(one, Candidate)]) == len(whole)


def test_what_is_already_on_more_folds_is_not_fitted_again(
    site: Site, picky: PickyExecutor
) -> None:
    board = make_board(site, picky, [make_spec(site, GOOD, seed) for seed in range(4)])
    list(board.evaluate(board.entries, 1))
    list(board.promote())
    list(board.promote())
    assert len(picky.fits) == len(set(picky.fits))


def test_a_setting_that_is_an_earlier_candidate_is_answered_from_memory(
    site: Site, picky: PickyExecutor
) -> None:
    good, poor = make_spec(site, GOOD), make_spec(site, POOR)
    board = make_board(site, picky, [good, good, poor, good])
    outcomes = list(board.evaluate(board.entries, 1))
    outcomes += list(board.promote())
    assert picky.fits == [(good.key, 0), (poor.key, 0), (good.key, 1), (good.key, 2)]
    assert [outcome.spec for outcome in outcomes] == [good, poor, good, good]
    assert [entry.loss(1) == board.entries[0].loss(1) for entry in board.entries] == [
        True,
        True,
        False,
        True,
    ]
    assert [entry.dropped for entry in board.entries[1::2]] == ["the same as trial 0"] * 2
    assert [entry.number for entry in board.entries if entry.candidate] == [0]


def test_a_repeated_setting_fails_without_another_fit(site: Site, picky: PickyExecutor) -> None:
    bad = make_spec(site, GOOD)
    picky.failing = ((bad.key, 0),)
    board = make_board(site, picky, [bad, bad])
    list(board.evaluate(board.entries, 1))
    assert picky.fits == [(bad.key, 0)]
    assert all(entry.trial is None for entry in board.entries)


def test_the_best_that_fails_later_gives_way_to_one_that_was_clearly_worse(
    site: Site, picky: PickyExecutor
) -> None:
    good, poor = make_spec(site, GOOD), make_spec(site, POOR)
    picky.failing = ((good.key, 1),)
    board = make_board(site, picky, [good, poor])
    list(board.evaluate(board.entries, 1))
    assert [entry.spec for entry in board._choose(1, 2, 1.0)] == [good]
    assert board.entries[1].dropped == "clearly worse than the best"
    assert not [one for one in board.promote() if isinstance(one, Candidate)]
    (outcome,) = board.finish()
    assert isinstance(outcome, Candidate)
    assert outcome.spec == poor
    assert board.entries[1].dropped == ""


def test_one_failure_after_the_other_is_finished_with_what_is_left(
    site: Site, picky: PickyExecutor
) -> None:
    specs = [make_spec(site, rounds) for rounds in (GOOD, FAIR, POOR)]
    picky.failing = tuple((spec.key, 1) for spec in specs[:2])
    board = make_board(site, picky, specs)
    list(board.evaluate(board.entries, 1))
    assert [outcome.spec for outcome in board.finish()] == specs
    assert board.entries[2].candidate is not None


def test_if_all_fail_later_it_ends_without_a_candidate(site: Site, picky: PickyExecutor) -> None:
    specs = [make_spec(site, rounds) for rounds in (GOOD, FAIR)]
    picky.failing = tuple((spec.key, 1) for spec in specs)
    board = make_board(site, picky, specs)
    list(board.evaluate(board.entries, 1))
    assert len(list(board.finish())) == 2
    assert all(entry.ended for entry in board.entries)


def test_the_user_is_told_of_what_is_no_settings_fault(site: Site, picky: PickyExecutor) -> None:
    board = make_board(site, picky, [make_spec(site, GOOD)])
    (site.run.root / "units").write_text("in the way")
    with pytest.raises(RunError, match="cannot be written"):
        list(board.evaluate(board.entries, 1))


@pytest.mark.parametrize("grouped", [False, True])
def test_rows_of_groups_are_no_evidence_that_a_setting_is_worse(
    site: Site, picky: PickyExecutor, *, grouped: bool
) -> None:
    board = make_board(site, picky, [make_spec(site, GOOD), make_spec(site, POOR)])
    plan = replace(site.problem.folds, grouped=grouped)
    board.problem = replace(site.problem, folds=plan)
    list(board.evaluate(board.entries, 1))
    poor = board.entries[1]
    assert (poor in board._choose(1, 2, 1.0)) is grouped
    assert poor.dropped == ("" if grouped else "clearly worse than the best")
