"""Corrections for the number of tests are the textbook's."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from automl_cli.statistics.corrections import correct


def test_four_tests_by_hand():
    p_values = [0.03, 0.01, 0.04, 0.02]
    assert correct(p_values, "holm") == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert correct(p_values, "fdr") == pytest.approx([0.04, 0.04, 0.04, 0.04])
    assert correct(p_values, "none") == p_values


@pytest.mark.parametrize(("name", "method"), [("holm", "holm"), ("fdr", "fdr_bh")])
def test_many_tests_agree_with_statsmodels(name: str, method: str):
    p_values = np.random.default_rng(0).random(50) ** 3
    np.testing.assert_allclose(correct(p_values, name), multipletests(p_values, method=method)[1])


@pytest.mark.parametrize("name", ["holm", "fdr", "none"])
def test_undefined_ones_do_not_count(name: str):
    found = correct([float("nan"), 0.02], name)
    assert np.isnan(found[0])
    assert found[1] == 0.02
    assert np.isnan(correct([float("nan")], name)).all()
    assert correct([], name) == []
