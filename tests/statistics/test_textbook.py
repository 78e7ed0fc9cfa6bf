"""The models agree with published results on data sets that statsmodels ships.

Sources: Longley, NIST Statistical Reference Datasets (certified values); Spector, Stata 11
(`logit`; Greene, Econometric Analysis); Anes96, Stata 11 (`mlogit`), checked with R's nnet;
RandHIE, Stata 11 (`poisson`); Cpunish, R (`glm`; Gill, Generalized Linear Models: A Unified
Approach); Grunfeld, Stata (`regress, vce(cluster company)`); HC3 of Longley, R (`car::hccm`). They
are quoted in statsmodels' own tests.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.datasets as shipped
from scipy.stats import f, t

from automl_cli.statistics.effects import Effects, Settings, measure_effects
from automl_cli.statistics.fits import Fitted, fit_model, run_likelihood_test, run_wald_test
from automl_cli.statistics.formulas import make_formula_design
from automl_cli.statistics.response import Family, Response

PRECISION = 1e-6


def fit(frame: pd.DataFrame, formula: str, y: str, family: Family) -> tuple[Fitted, np.ndarray]:
    """Return a model, and the units of each parameter."""
    design = make_formula_design(frame, formula)
    values = frame[y].to_numpy(dtype=np.float64)
    fitted = fit_model(design.matrix, values, family)
    return fitted, np.array([parameter.scale for parameter in design.parameters])


def describe(fitted: Fitted, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return estimates and plain errors in the units of the table."""
    errors = np.sqrt(np.diag(fitted.plain)).reshape(fitted.estimates.shape)
    return fitted.estimates / scale, errors / scale


LONGLEY = "GNPDEFL + GNP + UNEMP + ARMED + POP + YEAR"


def test_longley_has_the_certified_values_of_nist():
    frame = shipped.longley.load_pandas().data
    estimates, errors = describe(*fit(frame, LONGLEY, "TOTEMP", "gaussian"))
    certified = [
        (-3482258.63459582, 890420.383607373),
        (15.0618722713733, 84.9149257747669),
        (-0.358191792925910e-01, 0.334910077722432e-01),
        (-2.02022980381683, 0.488399681651699),
        (-1.03322686717359, 0.214274163161675),
        (-0.511041056535807e-01, 0.226073200069370),
        (1829.15146461355, 455.478499142212),
    ]
    np.testing.assert_allclose(estimates[0], [pair[0] for pair in certified], rtol=PRECISION)
    np.testing.assert_allclose(errors[0], [pair[1] for pair in certified], rtol=PRECISION)


def test_the_robust_errors_of_longley_are_those_of_r():
    frame = shipped.longley.load_pandas().data
    fitted, scale = fit(frame, LONGLEY, "TOTEMP", "gaussian")
    errors = np.sqrt(np.diag(fitted.robust)) / scale
    printed = [1799477, 91.11939, 0.05562, 0.82213, 0.29879, 0.32491, 922.80784]
    np.testing.assert_allclose(errors, printed, rtol=1e-4)  # they have no more digits


def test_the_likelihood_ratio_test_of_longley_is_the_f_test_of_nist():
    frame = shipped.longley.load_pandas().data
    design = make_formula_design(frame, LONGLEY)
    y = frame["TOTEMP"].to_numpy(dtype=np.float64)
    fitted = fit_model(design.matrix, y, "gaussian")
    p = run_likelihood_test(fitted, design.matrix, y, "gaussian", tuple(range(1, 7)))
    assert p == pytest.approx(f.sf(330.285339234588, 6, 9), rel=PRECISION)


SPECTOR = {
    "GPA": (2.82611297201, 1.26294114526, 0.0252390974),
    "TUCE": (0.0951576702557, 0.141554207662, 0.5014342039),
    "PSI": (2.37868772835, 1.06456430165, 0.0254552063),
}


def test_spector_has_the_log_odds_of_stata():
    frame = shipped.spector.load_pandas().data
    fitted, scale = fit(frame, "GPA + TUCE + PSI", "GRADE", "binomial")
    estimates, errors = describe(fitted, scale)
    np.testing.assert_allclose(
        estimates[0, 1:], [b for b, _, _ in SPECTOR.values()], rtol=PRECISION
    )
    np.testing.assert_allclose(errors[0, 1:], [se for _, se, _ in SPECTOR.values()], rtol=PRECISION)
    assert estimates[0, 0] == pytest.approx(-13.0213483201, rel=PRECISION)
    assert fitted.log_likelihood == pytest.approx(-12.8896334653335, rel=PRECISION)


def test_spector_has_the_likelihood_ratio_test_of_stata():
    frame = shipped.spector.load_pandas().data
    design = make_formula_design(frame, "GPA + TUCE + PSI")
    y = frame["GRADE"].to_numpy(dtype=np.float64)
    fitted = fit_model(design.matrix, y, "binomial")
    p = run_likelihood_test(fitted, design.matrix, y, "binomial", (1, 2, 3))
    assert p == pytest.approx(0.00150187761112892, rel=PRECISION)


def test_anes_has_the_log_odds_of_stata_for_each_party():
    data = shipped.anes96.load_pandas()
    frame = data.exog.assign(PID=data.endog)
    formula = " + ".join(map(str, data.exog.columns))
    estimates, errors = describe(*fit(frame, formula, "PID", "multinomial"))
    # logpopul, selfLR, age, educ, income, intercept; printed with eight decimals
    first = [-0.01153598, 0.29771435, -0.024945, 0.08249144, 0.00519655, -0.37340167]
    last = [-0.14088069, 2.0700801, -0.00943265, 0.3219257, 0.10889408, -12.105751]
    for row, printed in ((0, first), (-1, last)):
        found = np.roll(estimates[row], -1)
        np.testing.assert_allclose(found, printed, rtol=PRECISION, atol=6e-9)
    printed = [0.042138047, 0.1434089089, 0.0081338625, 0.0910979921, 0.025300888, 1.059954821]
    np.testing.assert_allclose(np.roll(errors[-1], -1), printed, rtol=PRECISION)


def test_executions_have_the_poisson_rates_of_r():
    frame = shipped.cpunish.load_pandas().data
    formula = "INCOME + PERPOVERTY + PERBLACK + log(VC100k96) + SOUTH + DEGREE"
    estimates, errors = describe(*fit(frame, formula, "EXECUTIONS", "poisson"))
    b = [2.611017e-04, 7.781801e-02, -9.493111e-02, 2.969349e-01, 2.301183, -18.72207]
    se = [5.187132e-05, 7.940193e-02, 2.291926e-02, 4.375164e-01, 4.283826e-01, 4.283961]
    np.testing.assert_allclose(estimates[0], [-6.801480, *b], rtol=PRECISION)
    # R's errors are of the step before the last, and so exact to five digits.
    np.testing.assert_allclose(errors[0], [4.146850, *se], rtol=1e-5)


def test_visits_to_doctors_have_the_poisson_rates_of_stata():
    data = shipped.randhie.load_pandas().data
    formula = "lncoins + idp + lpi + fmde + physlm + disea + hlthg + hlthf + hlthp"
    estimates, errors = describe(*fit(data, formula, "mdvis", "poisson"))
    b = [-0.052535114675, -0.247086797633, 0.035290201794, -0.03457750643, 0.271713973711]
    b += [0.033941474461, -0.012635035534, 0.054056326828, 0.206115121809]
    se = [0.00288398915279, 0.01061725196728, 0.00182833684966, 0.00161284852954]
    se += [0.01223913844387, 0.00056476496963, 0.00925061122826, 0.01530987068312]
    se += [0.02627928267502]
    np.testing.assert_allclose(estimates[0], [0.700352877227, *b], rtol=PRECISION)
    np.testing.assert_allclose(errors[0], [0.01116266712362, *se], rtol=PRECISION)


def fit_grunfeld() -> tuple[Fitted, np.ndarray, Effects]:
    """Return the model of the ten firms, the units of its parameters, and its tests."""
    frame = shipped.grunfeld.load_pandas().data[:200].reset_index(drop=True)
    clusters = pd.factorize(frame["firm"])[0].astype(np.int64)
    response = Response(name="invest", y=frame["invest"].to_numpy(float), family="gaussian")
    design = make_formula_design(frame, "value + capital")
    fitted = fit_model(design.matrix, response.y, "gaussian", clusters)
    scales = np.array([parameter.scale for parameter in design.parameters])
    return fitted, scales, measure_effects(design, response, Settings(clusters=clusters))


def test_clustered_errors_and_intervals_of_grunfeld_are_those_of_stata():
    fitted, scales, _ = fit_grunfeld()
    estimates, errors = fitted.estimates[0] / scales, np.sqrt(np.diag(fitted.robust)) / scales
    p = 2 * t.sf(estimates / errors, fitted.df)
    low, high = estimates + np.outer(t.ppf([0.025, 0.975], 9), errors)
    value = (0.11556215606596, 0.01589433647768, 0.00004710548549, 0.07960666895505)
    capital = (0.23067848754982, 0.08496711097464, 0.02380515903536, 0.03846952885627)
    for place, printed in ((1, value), (2, capital)):
        figures = (estimates[place], errors[place], p[place], low[place])
        np.testing.assert_allclose(figures, printed, rtol=PRECISION)
    assert high[1] == pytest.approx(0.15151764317688, rel=PRECISION)


def test_ten_firms_of_which_one_is_the_largest_are_trusted_less_than_by_stata():
    _, _, effects = fit_grunfeld()
    value = effects.coefficients[0]
    assert value.error > 0.0159
    assert 3 < value.df < 5
    assert 0.0001 < value.p < 0.05


def test_the_clustered_wald_test_of_all_of_grunfeld_is_that_of_stata():
    frame = shipped.grunfeld.load_pandas().data[:200].reset_index(drop=True)
    design = make_formula_design(frame, "value + capital")
    clusters = pd.factorize(frame["firm"])[0].astype(np.int64)
    fitted = fit_model(design.matrix, frame["invest"].to_numpy(float), "gaussian", clusters)
    assert run_wald_test(fitted, (1, 2))[0] == pytest.approx(51.59060716590177, rel=PRECISION)
