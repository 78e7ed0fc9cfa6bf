import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sites import Site

from automl_cli.core.candidate import Candidate
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits import SplitOptions, make_fold_plan
from automl_cli.train.candidate_progress import CandidateProgress
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.proposal import Proposal
from automl_cli.train.unit import read_fit


def test_a_candidate_of_some_folds_is_known_on_the_rows_that_they_hold_out(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        plan = site.plan(n_folds=2)
        outcomes = list(cross_fit(site.problem, plan, site.execution(executor, workers=1)))

    assert [candidate.spec for candidate in outcomes] == site.specs
    covered = site.problem.folds.first(2).covered()
    for candidate in outcomes:
        assert isinstance(candidate, Candidate)
        assert candidate.n_folds == len(candidate.fits) == 2
        np.testing.assert_array_equal(np.isfinite(candidate.oof[:, 0]), covered)
        assert candidate.test is not None
        assert np.isfinite(candidate.test).all()


def test_folds_that_are_added_later_give_what_all_at_once_give(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        execution = site.execution(executor, workers=1)
        for n_folds in (1, 2, 3):
            outcomes = list(cross_fit(site.problem, site.plan(n_folds=n_folds), execution))
            assert site.count_fits() == 2 * n_folds
        shutil.rmtree(site.run.root / "units")
        whole = list(cross_fit(site.problem, site.plan(), execution))

    for one, other in zip(outcomes, whole, strict=True):
        assert isinstance(one, Candidate)
        assert isinstance(other, Candidate)
        np.testing.assert_array_equal(one.oof, other.oof)
        np.testing.assert_array_equal(one.test, other.test)


@pytest.fixture
def repeated() -> FoldPlan:
    return make_fold_plan(SplitOptions(folds=3, repeats=3), np.arange(30) % 2, "binary", {})


@pytest.mark.parametrize(
    ("fitted", "kept"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 3), (6, 6), (8, 6), (9, 9)]
)
def test_once_time_is_up_a_further_repeat_counts_whole_or_not_at_all(
    site: Site, repeated: FoldPlan, fitted: int, kept: int
) -> None:
    spec = site.specs[1]  # a model without rounds
    with ThreadPoolExecutor(1) as executor:
        plan = site.plan([spec], n_folds=1)
        list(cross_fit(site.problem, plan, site.execution(executor, workers=1)))
    record = read_fit(site.run, spec.key, 0)
    assert record is not None
    progress = CandidateProgress(
        proposal=Proposal(spec=spec, feature_set=site.keys[spec.key], n_folds=9),
        plan=repeated,
        round_limit=1,
        n_folds=9,
    )
    progress.fits = dict.fromkeys(range(fitted), record)
    assert progress.truncate() is (kept > 0)
    assert progress.n_folds == kept
