"""Questions about tables and runs are answered with tests, figures and findings."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.datasets as shipped

from automl_cli.config.load import load_config
from automl_cli.core.errors import AutomlError, ConfigError
from automl_cli.hypotheses import HypothesisQuestion, answer
from automl_cli.run.competition import Competition

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N = 600


def ask(path: Path, target: str = "sold", *drop: str, **asked: Any) -> dict[str, Any]:
    targets = {"sold", "price", "grade"} - {target}
    overrides = [f"data.drop=[{', '.join(sorted({*targets, *drop}))}]"]
    flags = {"data.target": [target], "data.id": "id", "validation.group": asked.get("cluster")}
    source = Competition(
        paths=(path,), loaded=load_config(preset="smoke", overrides=overrides, flags=flags)
    )
    return answer(HypothesisQuestion(source=source, **asked))


def find_shown(told: dict[str, Any]) -> set[str]:
    tests = told["targets"][0]["tests"]
    return {test["term"] for test in tests if test["p_corrected"] < 0.01}


@pytest.mark.parametrize("target", ["sold", "price", "grade"])
def test_the_columns_that_have_an_effect_are_found_for_each_task(table: Path, target: str):
    told = ask(table, target, "shop")
    assert find_shown(told) == {"size", "city"}
    family = {"sold": "binomial", "price": "gaussian", "grade": "multinomial"}[target]
    assert told["targets"][0]["family"] == family
    codes = [finding["code"] for finding in told["targets"][0]["findings"]]
    assert codes == (["disagreement"] if target == "grade" else [])  # noise, at .05 and .06


def test_columns_are_tested_alone_or_as_chosen(table: Path):
    alone = ask(table, "sold", "shop", alone=True)
    assert find_shown(alone) == {"size", "city"}
    chosen = ask(table, "sold", columns=("noise", "size"))
    assert [test["term"] for test in chosen["targets"][0]["tests"]] == ["noise", "size"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({}, "with the others held equal"),
        ({"columns": ("size", "noise")}, "with the other named columns held equal"),
        ({"columns": ("size",)}, "with no other column held equal"),
        ({"alone": True}, "each by itself, with no other column held equal"),
        ({"formula": "size + noise"}, "with the other terms held equal"),
    ],
)
def test_what_is_held_equal_is_told(table: Path, asked: dict[str, Any], given: str):
    (target,) = ask(table, "sold", "shop", **asked)["targets"]
    assert f"a significant effect on sold, {given} (" in target["conclusions"][0]


def test_a_formula_says_what_is_tested_and_of_what(table: Path):
    told = ask(table, "sold", formula="log(size) ~ city * noise")
    assert told["targets"][0]["target"] == "log(size)"
    assert [test["term"] for test in told["targets"][0]["tests"]] == ["city", "noise", "city:noise"]
    assert ask(table, "sold", formula="size + city")["targets"][0]["target"] == "sold"
    assert ask(table, "sold", formula="sold ~ size")["targets"][0]["family"] == "binomial"
    assert ask(table, "sold", formula="city ~ size")["targets"][0]["family"] == "multinomial"


def test_a_main_effect_beside_an_interaction_is_told_to_be_one_at_zero(table: Path):
    (target,) = ask(table, "price", "shop", formula="noise * city + size")["targets"]
    (finding,) = [one for one in target["findings"] if one["code"] == "interaction"]
    assert finding["columns"] == ["noise", "city"]
    assert finding["message"].startswith(
        "noise, city: with noise:city in the model, each has its effect shown where the other "
        "part is 0"
    )
    assert any(said.startswith("For noise this holds only where") for said in target["conclusions"])
    (plain,) = ask(table, "price", "shop", formula="noise + city + size")["targets"]
    assert plain["findings"] == []


def test_undefined_rows_are_told_apart_from_gaps(frame: pd.DataFrame, tmp_path: Path):
    frame.loc[:38, "size"] = [0.0] * 20 + [-1.0] * 19
    frame.loc[50:56, "size"] = np.nan
    frame.to_csv(tmp_path / "train.csv", index=False)
    told = ask(tmp_path / "train.csv", "price", formula="log(size) + city")["targets"][0]
    assert told["rows"] == N - 39 - 7
    assert [(one["code"], one["message"]) for one in told["findings"]] == [
        (
            "undefined",
            "39 rows where the formula is undefined, such as log(size), were left out.",
        ),
        ("gaps", "7 rows with a gap were left out."),
    ]
    left = ask(tmp_path / "train.csv", "price", formula="log(size) ~ city")["targets"][0]
    assert [one["code"] for one in left["findings"]] == ["undefined", "gaps"]


def test_pooled_levels_are_told_with_their_share(frame: pd.DataFrame, tmp_path: Path):
    frame["the store"] = [f"s{k % 40:02}" for k in range(N)]
    frame.to_csv(tmp_path / "train.csv", index=False)
    (target,) = ask(tmp_path / "train.csv", "price", "shop")["targets"]
    (finding,) = [one for one in target["findings"] if one["code"] == "pooled"]
    assert finding["columns"] == ["the store"]
    assert finding["message"] == (
        "levels are pooled into one, (others), in the store (21 levels, 52% of the rows)."
    )
    assert "--formula with C(`the store`) takes each level by itself" in finding["advice"]
    asked = {"formula": "size + C(`the store`)"}
    (told,) = ask(tmp_path / "train.csv", "price", "shop", **asked)["targets"]
    assert "pooled" not in {one["code"] for one in told["findings"]}
    assert told["tests"][1]["df"] == 39


def test_unlike_answers_of_two_tests_are_explained(frame: pd.DataFrame, tmp_path: Path):
    rng = np.random.default_rng(19)
    frame = frame[["id", "sold", "grade"]].assign(size=rng.normal(size=N))
    frame["price"] = rng.normal(size=N) * np.exp(frame["size"].abs())
    frame.to_csv(tmp_path / "train.csv", index=False)
    (target,) = ask(tmp_path / "train.csv", "price")["targets"]
    (test,) = target["tests"]
    assert test["p_likelihood"] < 0.05 < test["p"]
    (finding,) = target["findings"]
    assert (finding["code"], finding["columns"]) == ("disagreement", ["size"])
    assert finding["message"].startswith(
        "the Wald and the likelihood-ratio test disagree at the level 0.05, before the "
        "correction, for size (p = "
    )
    assert finding["advice"].startswith("Use the Wald test: its errors are robust")


def test_counts_that_vary_too_much_are_told(frame: pd.DataFrame, tmp_path: Path):
    rng = np.random.default_rng(1)
    frame = frame.assign(price=rng.poisson(rng.gamma(0.5, 10, N)))
    frame.to_csv(tmp_path / "train.csv", index=False)
    (target,) = ask(tmp_path / "train.csv", "price", "shop", family="poisson")["targets"]
    assert {test["p_likelihood"] for test in target["tests"]} == {None}
    (finding,) = target["findings"]
    assert finding["code"] == "overdispersed"
    assert finding["message"].startswith("counts vary ")
    assert finding["advice"].startswith("Use the Wald tests")


def test_clusters_widen_the_errors_and_are_no_column(table: Path):
    free, clustered = ask(table, "price", "shop"), ask(table, "price", cluster="shop")
    assert clustered["targets"][0]["errors"] == "clustered by shop"
    assert clustered["targets"][0]["clusters"] == 60
    assert "shop" not in {test["term"] for test in clustered["targets"][0]["tests"]}
    assert clustered["targets"][0]["left_out"] == [["shop", "it makes the clusters"]]
    spelled = ask(table, "price", cluster="SHOP ")
    assert spelled["targets"][0] == clustered["targets"][0]
    named = ask(table, "price", columns=("size",), cluster="shop")
    assert named["targets"][0]["left_out"] == free["targets"][0]["left_out"] == []
    assert free["targets"][0]["errors"] == "HC3"


def test_a_logarithmic_metric_asks_on_its_scale(table: Path):
    source = Competition(
        paths=(table,),
        loaded=load_config(preset="smoke", flags={"data.target": ["price"], "metric": "rmsle"}),
    )
    told = answer(HypothesisQuestion(source=source, columns=("size",)))
    assert told["targets"][0]["transform"] == "log1p"
    slope = told["targets"][0]["coefficients"][0]["estimate"]
    assert slope == pytest.approx(1 / 5 / 101, rel=0.3)


def test_groups_are_compared_in_the_target_and_in_other_columns(table: Path):
    told = ask(table, "sold", between="city")
    assert (told["targets"][0]["test"], told["targets"][0]["overall"]) == (
        "score test",
        "chi-squared test",
    )
    other = ask(table, "sold", between="sold", on="size")
    assert other["targets"][0]["test"] == "Welch's t-test"
    assert other["targets"][0]["p_overall"] < 1e-6
    clustered = ask(table, "price", between="city", cluster="shop")
    assert clustered["targets"][0]["test"] == "clustered t-test"


def test_counts_are_asked_for(table: Path):
    told = ask(table, "price", columns=("size",), formula=None, family="gaussian")
    assert told["targets"][0]["family"] == "gaussian"
    with pytest.raises(AutomlError, match="'price' holds values that are not counts"):
        ask(table, "price", family="poisson")
    with pytest.raises(ConfigError, match="--family: 'poisson' does not suit the binary target"):
        ask(table, "sold", family="poisson")


def test_spector_is_read_from_a_file_and_has_the_figures_of_stata(tmp_path: Path):
    shipped.spector.load_pandas().data.to_csv(tmp_path / "spector.csv", index=False)
    source = Competition(
        paths=(tmp_path / "spector.csv",),
        loaded=load_config(preset="smoke", flags={"data.target": ["GRADE"]}),
    )
    told = answer(HypothesisQuestion(source=source, formula="GRADE ~ GPA + TUCE + PSI"))["targets"][
        0
    ]
    estimates = [one["estimate"] for one in told["coefficients"]]
    expected = [2.82611297201, 0.0951576702557, 2.37868772835]  # Stata 11
    np.testing.assert_allclose(estimates, expected, rtol=1e-6)
    assert [finding["code"] for finding in told["findings"]] == ["few_rows", "disagreement"]


MISTAKES = [
    ({"columns": ("sise",)}, "no feature column 'sise' (named by --columns)."),
    ({"between": "town"}, "no column 'town' (named by --between)."),
    ({"between": "sold"}, "'sold' makes the groups, and is what they are to be compared in."),
    ({"between": "size"}, "different values, 20 groups are the most."),
    ({"between": "city", "columns": ("size",)}, "--columns and --between ask different questions."),
    ({"on": "size"}, "--between is missing."),
    ({"alone": True, "formula": "size"}, "it does not go with --formula."),
    ({"correction": "bonferoni"}, "--correction: 'bonferoni' is not a correction."),
    ({"level": 5}, "--level: 5, expected a share below .5."),
    ({"compare": ("a", "b")}, "--compare compares candidates of a run, and this is not a run."),
    ({"formula": "sise"}, "--formula: 'sise' is not understood"),
]


@pytest.mark.parametrize(("asked", "told"), MISTAKES)
def test_a_mistake_is_told_with_what_to_do(table: Path, asked: dict[str, Any], told: str):
    with pytest.raises(AutomlError) as caught:
        ask(table, "sold", **asked)
    assert told in caught.value.message
    assert caught.value.hint.endswith((".", "?"))


def test_the_effects_of_a_run_are_those_of_its_table(run: Path):
    told = answer(HypothesisQuestion(source=run))
    assert told["rows"] == 500
    assert find_shown(told) == {"size", "city"}


def test_a_leak_is_told_to_have_no_test_with_clusters(frame: pd.DataFrame, tmp_path: Path):
    frame["leak"] = np.where(frame["sold"] == "yes", 2.0, 1.0) + frame["noise"].clip(-2, 2) / 10
    frame.to_csv(tmp_path / "train.csv", index=False)
    for columns in (("leak", "noise"), ("leak",)):
        told = ask(tmp_path / "train.csv", columns=columns, cluster="shop")["targets"][0]
        assert [test["p_corrected"] for test in told["tests"]] == [None] * len(columns)
        assert told["conclusions"] == [
            (
                f"{', '.join(columns)} cannot be tested: classes are separated, and no test "
                f"with clusters is valid then."
            )
        ]
        (finding,) = [one for one in told["findings"] if one["code"] == "separation"]
        assert finding["advice"] == (
            "No other test is valid with clusters: look for leaks, or test fewer columns."
        )
    free = ask(tmp_path / "train.csv", "sold", "shop", columns=("leak",))["targets"][0]
    assert free["findings"][0]["advice"].startswith(
        "Use the likelihood-ratio tests; look for leaks"
    )


def find_few(told: dict[str, Any]) -> list[str]:
    findings = told["targets"][0]["findings"]
    return [finding["message"] for finding in findings if finding["code"] == "few_clusters"]


@pytest.fixture(scope="module")
def shops(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a table whose 60 shops lie in regions: 45, 8, 5 and 2 of them."""
    path = tmp_path_factory.mktemp("shops") / "train.csv"
    frame = pd.read_csv(table)
    regions = np.repeat(["north", "south", "east", "west"], [45, 8, 5, 2])
    frame.assign(region=regions[frame["shop"]]).to_csv(path, index=False)
    return path


def test_levels_and_groups_of_few_clusters_are_named(shops: Path):
    told = ask(shops, "price", columns=("region", "noise"), cluster="shop")
    assert find_few(told) == [
        ("few clusters, or few effective clusters, carry region = south (10), region = east (6).")
    ]
    assert told["targets"][0]["tests"][0]["reference"] == "north or (others)"
    compared = ask(shops, "price", between="region", cluster="shop")
    assert find_few(compared) == ["few clusters are in east (5), south (8)."]
    assert compared["targets"][0]["left_out"] == ["west"]
    formula = ask(shops, "price", formula="region", cluster="shop")
    assert find_few(formula)[0] == (
        "region[T.west]: fewer than 5 clusters carry the effect, so it cannot be tested."
    )
    assert find_few(ask(shops, "price", "shop", between="region")) == []
