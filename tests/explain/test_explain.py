"""A finished run explained, from the command line and from Python."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import automl_cli
from automl_cli.cli.app import app
from automl_cli.core.errors import ConfigError, RunError
from automl_cli.explain import ExplainRequest, explain, read_explanation

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_TRAIN, N_TEST = 300, 40
SMALL = ["limits.rounds=25", "features.groups.crosses={top: 4}", "budget=null", "run.report=false"]


def make_frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    frame = pd.DataFrame(
        {
            "id": np.arange(n) + 500,
            "size": rng.normal(size=n).round(3),
            "city": rng.choice(["Bern", "Genf", "Zug"], n),
            "whole": rng.integers(0, 9, n),
            "noise": rng.normal(size=n).round(3),
        }
    )
    frame["copy"] = (frame["size"] * 2).round(2)
    signal = frame["size"] + (frame["city"] == "Zug") + 0.5 * rng.normal(size=n)
    frame["sold"] = np.where(signal > 0.3, "yes", "no")
    return frame


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a finished run with screened columns."""
    place = tmp_path_factory.mktemp("explain")
    frame = make_frame()
    (place / "task").mkdir()
    frame[:N_TRAIN].to_csv(place / "task" / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="sold").to_csv(place / "task" / "test.csv", index=False)
    overrides = [*SMALL, "metric=log_loss", "data.target=sold", "limits.candidates=4"]
    automl_cli.fit(place / "task", preset="fast", overrides=overrides, out=place / "run")
    return place / "run"


@pytest.fixture(scope="module")
def made(run: Path) -> dict:
    """Return an explanation with everything in it."""
    request = ExplainRequest(run=run, row="503", drop_column=2)
    return explain(request, lambda _: None)["targets"][0]


def test_effects_are_found_and_the_lunch_is_not(made: dict) -> None:
    columns = {one["name"]: one for one in made["columns"]}
    assert set(columns) == {"size", "city", "whole", "noise", "copy", "lunch"}
    assert columns["city"]["found"]
    assert columns["lunch"]["is_probe"]
    assert not columns["lunch"]["found"]
    assert not made["probe"]["found"]
    assert columns["noise"]["p"] > 0.05
    (cluster,) = made["clusters"]
    assert cluster["columns"] == ["size", "copy"]
    assert cluster["importance"] > columns["city"]["importance"]
    for one in made["columns"]:
        assert one["low"] <= one["importance"] <= one["high"]
        assert one["p"] <= one["q"] <= 1


def test_a_column_that_others_replace_is_not_missed_in_a_refit(made: dict) -> None:
    dropped = {one["column"]: one for one in made["dropped"]}
    assert len(dropped) == 2
    assert set(dropped) < {"size", "city", "copy"}
    for name in dropped.keys() & {"size", "copy"}:
        assert dropped[name]["p"] > 0.01
    if "city" in dropped:
        assert dropped["city"]["p"] < 0.01


def test_shap_values_are_by_source_column_and_their_share_is_told(made: dict) -> None:
    shap = made["shap"]
    sizes = {one["column"]: one["mean_size"] for one in shap["columns"]}
    assert set(sizes) == {"size", "city", "whole", "noise", "copy"}
    assert sizes["noise"] < sizes["city"]
    assert 0 < shap["share"] <= 1
    assert shap["outputs"] == ["yes"]
    assert shap["rows"] == N_TRAIN


def test_contributions_to_a_row_add_up(made: dict) -> None:
    row = made["row"]
    assert (row["id"], row["table"]) == ("503", "train")
    total = row["base"][0] + sum(one["shap"][0] for one in row["columns"])
    assert total == pytest.approx(row["margins"][0])
    values = {one["column"]: one["value"] for one in row["columns"]}
    assert values["city"] == make_frame()["city"][3]


def test_the_files_hold_the_same(run: Path, made: dict) -> None:
    folder = run / "explain" / "sold"
    table = pd.read_csv(folder / "importance.csv")
    assert table["column"].tolist() == [one["name"] for one in made["columns"]]
    np.testing.assert_allclose(table["p"], [one["p"] for one in made["columns"]])
    shap = pd.read_csv(folder / "shap.csv")
    assert len(shap) == N_TRAIN
    assert shap["(row)"].tolist() == make_frame()["id"][:N_TRAIN].tolist()
    dependence = pd.read_csv(folder / "dependence.csv")
    own = dependence[dependence["column"] == "size"]
    np.testing.assert_allclose(own["value"].astype(float), make_frame()["size"][:N_TRAIN])
    np.testing.assert_allclose(own["shap"], shap["size"])
    assert read_explanation(run)["targets"][0]["target"] == "sold"


def test_a_repeated_command_fits_nothing_again_and_says_the_same(run: Path, made: dict) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.glob("explain/refits/**/model.*")}
    again = explain(ExplainRequest(run=run), lambda _: None)["targets"][0]
    assert again["columns"] == made["columns"]
    after = {path: path.stat().st_mtime_ns for path in run.glob("explain/refits/**/model.*")}
    assert before
    assert before == after


def test_a_row_of_test_is_explained_by_all_folds(run: Path) -> None:
    request = ExplainRequest(run=run, row=str(500 + N_TRAIN), tested_rows=60, rows=30)
    found = explain(request, lambda _: None)["targets"][0]
    assert found["row"]["table"] == "test"
    total = found["row"]["base"][0] + sum(one["shap"][0] for one in found["row"]["columns"])
    assert total == pytest.approx(found["row"]["margins"][0])
    assert found["shap"]["rows"] == 30
    assert 50 < found["rows"] <= 60  # a fold with one of them is left out


def test_the_command_prints_tables_of_80_columns_or_json(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = ["explain", str(run), "--tested-rows", "100", "--rows", "50", "--row", "503"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.output
    tables = [line for line in shown.stdout.splitlines() if "  " in line]
    assert max(map(len, tables)) <= 80
    assert "lunch (noise column)" in shown.stdout
    told = " ".join(shown.stdout.split())
    assert "is not significant (p " in told
    printed = CliRunner().invoke(app, [*words, "--json"])
    answer = json.loads(printed.stdout)
    assert answer["version"] == 2
    assert answer["targets"][0]["columns"]


MISTAKES = [
    ({"row": "7"}, "--row 7: no row of train or test has this id."),
    ({"rows": 0}, "--rows 0: expected 1 or more."),
    ({"tested_rows": 5}, "--tested-rows 5: expected 10 or more."),
    ({"drop_column": -1}, "--drop-column -1: expected 0 or more."),
    ({"rate": 1.0}, "--rate 1.0: expected a share between 0 and 1."),
]


@pytest.mark.parametrize(("changes", "told"), MISTAKES)
def test_what_makes_no_sense_is_refused(run: Path, changes: dict, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        explain(ExplainRequest(run=run, **changes), lambda _: None)
    assert caught.value.message == told


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        explain(ExplainRequest(run=tmp_path), lambda _: None)


PLANS = [
    ["validation.group=shop"],
    ["validation.holdout=0.2", "validation.repeats=2"],
    ["validation.splitter=time", "validation.time=week"],
]


@pytest.mark.parametrize("plan", PLANS)
def test_every_kind_of_plan_is_explained(plan: list[str], tmp_path: Path) -> None:
    frame = make_frame()[:N_TRAIN].drop(columns="id")
    numbers = np.arange(N_TRAIN)
    frame = frame.assign(shop=numbers % 30, week=numbers // 5, sold=frame["size"] + numbers % 2)
    frame.to_csv(tmp_path / "train.csv", index=False)
    overrides = [*plan, "limits.rounds=10", "data.target=sold", "features.groups=false"]
    overrides += ["models.linear=false", "data.task=regression"]
    automl_cli.fit(tmp_path / "train.csv", preset="smoke", overrides=overrides, out=tmp_path / "r")
    made = explain(ExplainRequest(run=tmp_path / "r"), lambda _: None)["targets"][0]
    columns = {one["name"]: one for one in made["columns"]}
    assert made["columns"][0]["name"] in {"size", "copy"}
    assert not made["probe"]["found"]
    assert columns["noise"]["p"] > 0.01
    assert made["shap"]["share"] == 1.0
    assert json.dumps(made, allow_nan=False)


def test_rows_beside_a_hold_out_keep_their_ids(tmp_path: Path) -> None:
    frame = make_frame()[:N_TRAIN].sample(frac=1, random_state=0)
    frame.to_csv(tmp_path / "train.csv", index=False)
    overrides = [*SMALL, "validation.holdout=0.3", "data.target=sold", "data.id=id"]
    automl_cli.fit(tmp_path / "train.csv", preset="smoke", overrides=overrides, out=tmp_path / "r")
    known = frame.set_index("id")
    request = ExplainRequest(run=tmp_path / "r", tested_rows=50)
    explain(request, lambda _: None)
    dependence = pd.read_csv(tmp_path / "r" / "explain" / "sold" / "dependence.csv")
    own = dependence[dependence["column"] == "size"]
    assert 0 < len(own) < N_TRAIN
    np.testing.assert_allclose(own["value"].astype(float), known["size"][own["row"]])
    some = str(own["row"].iloc[7])
    row = explain(replace(request, row=some), lambda _: None)["targets"][0]["row"]
    cells = {one["column"]: one["value"] for one in row["columns"]}
    assert float(cells["size"]) == known["size"][int(some)]


@pytest.mark.parametrize("models", [("linear", "lightgbm"), ("lightgbm", "extra_trees")])
def test_a_blend_of_margins_is_its_members_shap_values_together(
    tmp_path: Path, models: tuple[str, ...]
) -> None:
    frame = make_frame().drop(columns=["sold", "copy"])
    frame["price"] = 1000 + 40 * frame["size"] + 30 * (frame["whole"] % 3 == 1)
    frame[:N_TRAIN].to_csv(tmp_path / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="price").to_csv(tmp_path / "test.csv", index=False)
    overrides = [*SMALL, "ensemble.combiners=[linear]", "data.target=price", "data.id=id"]
    overrides += ["features.groups=false", "models.linear=false", "models.lightgbm=false"]
    overrides += [f"models.{name}={{}}" for name in models]
    made = automl_cli.fit(tmp_path, preset="smoke", overrides=overrides, out=tmp_path / "r")
    answers = pd.read_csv(made["submission"]).set_index("id")["price"]
    request = ExplainRequest(run=tmp_path / "r", tested_rows=50, row=str(500 + N_TRAIN))
    told = explain(request, lambda _: None)["targets"][0]
    row = told["row"]
    total = row["base"][0] + sum(one["shap"][0] for one in row["columns"])
    explains_all = told["share"] == told["shap"]["share"] == 1
    # What has no SHAP values is at its mean: no further off than the target spreads.
    near = 1e-3 if explains_all else 2 * frame["price"].std()
    assert total == pytest.approx(answers[500 + N_TRAIN], abs=near)
    assert explains_all == ("extra_trees" not in models)


def test_folds_of_one_row_are_refused_with_what_to_do(tmp_path: Path) -> None:
    make_frame()[:20].drop(columns="id").to_csv(tmp_path / "train.csv", index=False)
    overrides = ["limits.rounds=5", "data.target=size", "validation.folds=20"]
    overrides += ["budget=null", "run.report=false", "models.linear=false"]
    automl_cli.fit(tmp_path / "train.csv", preset="smoke", overrides=overrides, out=tmp_path / "r")
    with pytest.raises(ConfigError) as caught:
        explain(ExplainRequest(run=tmp_path / "r"), lambda _: None)
    assert caught.value.message == (
        "no fold holds out two of the 20 rows that are looked at: nothing can be permuted among "
        "them."
    )
    assert caught.value.hint == "Give more --tested-rows, or explain a run with fewer folds."


def test_columns_called_as_the_files_own_have_theirs(tmp_path: Path) -> None:
    frame = make_frame()[:N_TRAIN].rename(columns={"size": "(base)", "copy": "(row)"})
    frame.to_csv(tmp_path / "train.csv", index=False)
    overrides = [*SMALL, "data.target=sold", "data.id=id", "models.lightgbm=false"]
    automl_cli.fit(tmp_path / "train.csv", preset="smoke", overrides=overrides, out=tmp_path / "r")
    explain(ExplainRequest(run=tmp_path / "r", tested_rows=50), lambda _: None)
    shap = pd.read_csv(tmp_path / "r" / "explain" / "sold" / "shap.csv")
    assert list(shap)[:3] == ["((row))", "(output)", "((base))"]
    assert {"(base)", "(row)"} <= set(list(shap)[3:])
