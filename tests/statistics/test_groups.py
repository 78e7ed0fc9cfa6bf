"""Comparisons of groups agree with the textbook's tests and with their linear models."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from automl_cli.core.errors import DataError
from automl_cli.statistics.effects import Settings
from automl_cli.statistics.groups import GroupComparison, compare_groups
from automl_cli.statistics.response import Response

N = 120
GROUPS = pd.Series(np.repeat(["a", "b"], [40, 80]), name="group")


def make_values(shift: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.where(GROUPS == "b", rng.normal(shift, 1, N), rng.normal(0, 3, N))


def compare(y: np.ndarray, groups: pd.Series, *labels: str, **changes: object) -> GroupComparison:
    family = ("gaussian", "", "binomial", "multinomial")[len(labels)]
    response = Response(name="y", y=np.asarray(y, float), family=family, labels=labels)  # type: ignore[arg-type]
    return compare_groups(response, groups, Settings(**changes))  # type: ignore[arg-type]


def test_students_t_test_and_the_linear_model_agree():
    y = make_values()
    indicator = sm.add_constant((GROUPS == "b").to_numpy(float))
    linear = sm.GLM(y, indicator).fit(use_t=True)
    student = stats.ttest_ind(y[GROUPS == "b"], y[GROUPS == "a"])
    assert linear.tvalues[1] == pytest.approx(student.statistic, rel=1e-9)
    assert linear.pvalues[1] == pytest.approx(student.pvalue, rel=1e-9)


def test_welchs_t_test_is_the_linear_model_with_errors_that_differ_by_group():
    y = make_values()
    (found,) = compare(y, GROUPS).differences
    indicator = sm.add_constant((GROUPS == "b").to_numpy(float))
    linear = sm.OLS(y, indicator).fit(cov_type="HC2")
    parts = [y[name == GROUPS].var(ddof=1) / (name == GROUPS).sum() for name in "ab"]
    df = sum(parts) ** 2 / (parts[0] ** 2 / 39 + parts[1] ** 2 / 79)  # Satterthwaite
    assert found.difference == pytest.approx(linear.params[1], rel=1e-9)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(linear.tvalues[1]), df), rel=1e-9)
    width = stats.t.ppf(0.975, df) * linear.bse[1]
    assert (found.low, found.high) == pytest.approx(
        (found.difference - width, found.difference + width)
    )


def test_the_score_test_is_pearsons_chi_squared_and_raos_test_of_the_logistic_model():
    y = make_values() > 0.5
    (found,) = compare(y, GROUPS, "no", "yes").differences
    table = pd.crosstab(GROUPS, y).to_numpy()
    assert found.p == pytest.approx(
        stats.chi2_contingency(table, correction=False).pvalue, rel=1e-6
    )
    null = sm.GLM(y.astype(float), np.ones(N), family=sm.families.Binomial()).fit()
    indicator = (GROUPS == "b").to_numpy(float)[:, None]
    score = null.score_test(exog_extra=indicator)
    assert found.p == pytest.approx(float(np.squeeze(score[1])), rel=1e-6)
    logit = sm.GLM(y * 1.0, sm.add_constant(indicator), family=sm.families.Binomial()).fit()
    assert found.effect == pytest.approx(np.exp(logit.params[1]), rel=1e-6)


def test_the_interval_of_a_difference_of_shares_leaves_zero_out_where_the_test_rejects():
    for n_hits in range(10, 60, 2):
        y = np.r_[np.arange(40) < 16, np.arange(80) < n_hits]
        (found,) = compare(y, GROUPS, "no", "yes").differences
        assert found.low < found.difference < found.high
        if not 0.04 < found.p < 0.06:
            assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_few_rows_are_tested_exactly():
    y = np.r_[np.arange(40) < 3, np.arange(80) < 0]
    comparison = compare(y, GROUPS, "no", "yes")
    (found,) = comparison.differences
    assert found.p == pytest.approx(stats.fisher_exact([[37, 3], [80, 0]]).pvalue)
    assert found.low < -0.075 < found.high
    assert found.test == comparison.test == comparison.overall == "Fisher's exact test"


def test_each_pair_tells_its_test():
    groups = pd.Series(np.repeat(["a", "b", "c"], [60, 60, 6]), name="group")
    found = compare(np.arange(126) % 3 == 0, groups, "no", "yes")
    exact = "Fisher's exact test"
    assert [one.test for one in found.differences] == ["score test", exact, exact]
    assert found.test == "score test or Fisher's exact test"
    assert found.overall == "chi-squared test"


@pytest.mark.parametrize(
    ("levels", "labels"),
    [
        ([12345678.0, 12345679.0], ["12345678", "12345679"]),
        ([0.1, 0.1 + 0.2], ["0.1", "0.30000000000000004"]),
        ([1.0, 2.5], ["1", "2.5"]),
        ([1e20, 1e-7], ["1e-07", "1e+20"]),
        ([12345678, 12345679], ["12345678", "12345679"]),
    ],
)
def test_groups_of_numbers_keep_all_their_digits(levels: list[float], labels: list[str]):
    column = pd.Series(np.repeat(levels, N // 2), name="group")
    found = compare(make_values(), column)
    assert [group.label for group in found.groups] == labels


def test_several_groups_are_tested_together_and_in_corrected_pairs():
    rng = np.random.default_rng(0)
    groups = pd.Series(np.repeat(["a", "b", "c"], 50), name="group")
    y = rng.normal(size=150) + 2 * (groups == "c")
    found = compare(y, groups)
    assert found.p_overall < 1e-10
    assert (found.test, found.overall) == ("Welch's t-test", "Welch's ANOVA")
    decided = {(one.first, one.second): one.p_corrected < 0.05 for one in found.differences}
    assert decided == {("a", "b"): False, ("a", "c"): True, ("b", "c"): True}
    assert all(one.p_corrected >= one.p for one in found.differences)


def test_welchs_anova_of_two_groups_is_welchs_t_test():
    y = make_values()
    from automl_cli.statistics.samples import GroupedValues, run_welch_anova

    codes = (GROUPS == "b").to_numpy(dtype=np.int64)
    sample = GroupedValues(
        y=y, groups=codes, labels=("a", "b"), n_classes=0, clusters=None, level=0.05
    )
    assert run_welch_anova(sample) == pytest.approx(compare(y, GROUPS).p_overall, rel=1e-9)


def test_several_classes_are_compared_by_chi_squared():
    y = np.random.default_rng(0).integers(0, 3, N)
    found = compare(y, GROUPS, "x", "y", "z")
    table = pd.crosstab(GROUPS, y).to_numpy()
    assert found.p_overall == pytest.approx(stats.chi2_contingency(table).pvalue, rel=1e-9)
    assert found.differences[0].effect == pytest.approx(
        stats.contingency.association(table, method="cramer"), rel=1e-9
    )
    assert sum(found.groups[0].shares) == pytest.approx(1)


def test_hedges_g_is_the_difference_in_standard_deviations():
    rng = np.random.default_rng(1)
    y = rng.normal(size=N) + 0.5 * (GROUPS == "b")
    (found,) = compare(y, GROUPS).differences
    assert found.effect == pytest.approx(found.difference / y.std(), rel=0.1)


def test_groups_of_a_row_are_left_out_and_gaps_are_no_group():
    groups = GROUPS.copy()
    groups[0], groups[1:4] = "single", None
    found = compare(make_values(), groups)
    assert found.left_out == ("single",)
    assert [group.n_rows for group in found.groups] == [36, 80]
    assert (found.n_missing, found.n_ungrouped) == (3, 3)


def test_one_group_and_too_many_are_refused():
    with pytest.raises(DataError, match=r"^group: 1 group with 2 rows or more to compare.$"):
        compare(make_values(), pd.Series(["a"] * N, name="group"))
    with pytest.raises(DataError, match=r"^group: 120 different values, 20 groups are the most.$"):
        compare(make_values(), pd.Series(np.arange(N), name="group"))


def test_a_constant_group_has_pairs_and_no_joint_test():
    rng = np.random.default_rng(0)
    groups = pd.Series(np.repeat(["a", "b", "c"], 20), name="group")
    y = np.r_[rng.normal(size=20), rng.normal(5, 1, 20), np.full(20, 9.0)]
    found = compare(y, groups)
    assert np.isnan(found.p_overall)
    assert all(one.p_corrected < 0.01 for one in found.differences)


def test_equal_values_have_no_test():
    (found,) = compare(np.ones(N), GROUPS).differences
    assert np.isnan(found.p)
