import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sites import Site

from automl_cli.core.candidate import Candidate
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.order import Trial


def test_an_order_for_some_folds_gives_trials_of_models_with_and_without_rounds(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        order = replace(site.order(), n_folds=2)
        trials = list(cross_fit(order, site.crew(executor, workers=1)))

    assert [trial.spec for trial in trials] == site.specs
    for trial in trials:
        assert isinstance(trial, Trial)
        held_out = [len(fold.held_out) for fold in site.problem.folds.folds[:2]]
        assert [len(losses) for losses in trial.row_losses] == held_out
        assert len(trial.losses) == 2
        assert not list(site.run.unit(trial.spec.key, 0).glob("predictions*"))


def test_more_folds_are_added_to_those_of_a_trial(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        crew = site.crew(executor, workers=1)
        for n_folds in (1, 2, 3):
            outcomes = list(cross_fit(replace(site.order(), n_folds=n_folds), crew))
            assert site.count_fits() == 2 * n_folds
        shutil.rmtree(site.run.root / "units")
        whole = list(cross_fit(site.order(), crew))

    for one, other in zip(outcomes, whole, strict=True):
        assert isinstance(one, Candidate)
        np.testing.assert_array_equal(one.oof, other.oof)
        np.testing.assert_array_equal(one.test, other.test)


def test_a_trial_of_a_model_without_rounds_is_judged_by_its_predictions(site: Site) -> None:
    order = site.order(site.specs[1:])
    with ThreadPoolExecutor(1) as executor:
        (trial,) = cross_fit(replace(order, n_folds=1), site.crew(executor))
        (candidate,) = cross_fit(order, site.crew(executor))

    rows = site.problem.folds.folds[0].held_out
    expected = -np.log(candidate.oof[rows, site.problem.y[rows]])
    np.testing.assert_allclose(trial.row_losses[0], expected, rtol=1e-4)
    assert trial.losses[0] == pytest.approx(expected.mean(), rel=1e-4)


def test_only_trials_pay_for_the_losses_of_rows(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        crew = site.crew(executor, workers=1)
        list(cross_fit(site.order(), crew))
        assert not list(site.run.root.glob("units/*/*/losses.npy"))
        trials = list(cross_fit(replace(site.order(), n_folds=1), crew))

    assert all(isinstance(trial, Trial) for trial in trials)
    assert len(list(site.run.root.glob("units/*/*/losses.npy"))) == len(site.specs)


def test_a_trial_whose_losses_are_damaged_is_made_again(site: Site) -> None:
    order = replace(site.order(site.specs[:1]), n_folds=1)
    with ThreadPoolExecutor(1) as executor:
        (first,) = cross_fit(order, site.crew(executor))
        (site.run.unit(first.spec.key, 0) / "losses.npy").write_bytes(b"")
        (second,) = cross_fit(order, site.crew(executor))

    assert isinstance(second, Trial)
    assert second.losses == first.losses
