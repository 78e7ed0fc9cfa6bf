"""`automl test` in the terminal."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app

N = 400


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(50, 5, N).round(3), "noise": rng.normal(size=N)})
    frame["city"] = rng.choice(["Bern", "Genf", "Zug"], N)
    frame["a rather long name of a column that has to be folded somewhere"] = rng.normal(size=N)
    frame["price"] = (frame["size"] + 3 * (frame["city"] == "Zug") + rng.normal(size=N)).round(3)
    frame.to_csv(tmp_path / "train.csv", index=False)
    return tmp_path / "train.csv"


def run(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["test", *map(str, words)], env={"COLUMNS": "80"})
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    "words", [(), ("--alone",), ("--between", "city"), ("--formula", "price ~ size * city")]
)
def test_tables_fit_into_80_columns_and_end_with_sentences(table: Path, words: tuple[str, ...]):
    code, out, _ = run(table, "--target", "price", *words)
    assert code == 0
    lines = [line for line in out.splitlines() if not line.startswith(("note", " " * 8))]
    assert max(map(len, lines)) <= 80
    assert out.rstrip().endswith(".")


def test_clusters_are_counted_and_their_column_is_told_to_be_left_out(tmp_path: Path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=N), "y": rng.normal(size=N)})
    frame.assign(shop=np.arange(N) % 40).to_csv(tmp_path / "train.csv", index=False)
    _, out, _ = run(tmp_path, "--target", "y", "--cluster", "shop")
    assert out.startswith("y: gaussian, 400 rows, errors clustered by shop (40 clusters)\n")
    assert "\nnot tested: shop (it makes the clusters)\n" in out


def test_json_is_one_object_with_a_version_and_no_nan(table: Path):
    _, out, _ = run(table, "--target", "price", "--json")
    told = json.loads(out, parse_constant=pytest.fail)
    assert (told["version"], told["question"], told["level"]) == (1, "effects", 0.05)
    (target,) = told["targets"]
    assert {test["term"] for test in target["tests"] if test["p_corrected"] < 0.01} == {
        "size",
        "city",
    }


def test_a_formula_or_a_column_names_the_target_of_a_single_table(table: Path):
    code, out, _ = run(table, "--formula", "price ~ size", "--json")
    assert code == 0
    assert json.loads(out)["targets"][0]["target"] == "price"
    code, out, _ = run(table, "--between", "city", "--on", "price", "--json")
    assert code == 0
    assert json.loads(out)["targets"][0]["groups"][0]["label"] == "Bern"


def test_rows_without_a_group_are_told(tmp_path: Path):
    frame = pd.DataFrame({"y": np.arange(60.0) % 7, "city": ["Bern", "Basel", None] * 20})
    frame.to_csv(tmp_path / "train.csv", index=False)
    _, out, _ = run(tmp_path, "--target", "y", "--between", "city")
    assert "\n20 rows have no value in city and are left out\n" in out


def test_rows_without_a_group_and_rows_without_a_response_are_told_apart(tmp_path: Path):
    frame = pd.DataFrame({"y": np.arange(60.0) % 7, "city": ["Bern", "Basel", None] * 20})
    frame["size"] = np.where(np.arange(60) == 3, np.nan, np.arange(60.0) ** 2 / 7)
    frame.to_csv(tmp_path / "train.csv", index=False)
    _, out, _ = run(tmp_path, "--target", "y", "--between", "city", "--on", "size")
    assert "\n20 rows have no value in city and are left out\n" in out
    assert "\n1 row has no value in size and is left out\n" in out


def test_a_mistake_ends_with_two_and_a_hint(table: Path):
    code, _, message = run(table, "--target", "price", "--columns", "sise")
    assert code == 2
    assert message == (
        f"{table}: no feature column 'sise' (named by --columns).\n  hint: Did you mean 'size'?\n"
    )


def test_brackets_in_names_are_shown(tmp_path: Path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"y": rng.normal(size=N), "[red]": rng.choice(["[bold]a", "b"], N)})
    frame.to_csv(tmp_path / "train.csv", index=False)
    _, out, _ = run(tmp_path, "--target", "y")
    assert "[red] = [bold]a" in out or "[red] = b" in out
    _, out, _ = run(tmp_path, "--target", "y", "--between", "[red]")
    assert "[bold]a " in out


def test_few_counts_are_counts_if_asked_for(tmp_path: Path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=N), "visits": rng.poisson(1, N)})
    frame.to_csv(tmp_path / "train.csv", index=False)
    code, out, _ = run(tmp_path, "--target", "visits", "--family", "poisson", "--json")
    assert code == 0
    assert json.loads(out)["targets"][0]["family"] == "poisson"


NO_CONSTANT = [
    ("sold ~ size - 1", ()),
    ("grade ~ size - 1", ()),
    ("visits ~ size - 1", ("--family", "poisson")),
]


@pytest.mark.parametrize(("formula", "words"), NO_CONSTANT)
def test_a_formula_of_one_number_needs_no_constant(
    tmp_path: Path, formula: str, words: tuple[str, ...]
):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=N), "visits": rng.permutation([0, 1, 2] * N)[:N]})
    frame["sold"] = rng.choice(["no", "yes"], N)
    frame["grade"] = rng.choice(list("abc"), N)
    frame.to_csv(tmp_path / "train.csv", index=False)
    code, out, _ = run(tmp_path, "--formula", formula, *words, "--json")
    assert code == 0
    (test,) = json.loads(out)["targets"][0]["tests"]
    assert 0.001 < test["p"] <= 1
    assert test["p_likelihood"] == pytest.approx(test["p"], abs=0.05)


def test_a_column_called_as_the_constant_is_told(tmp_path: Path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"Intercept": rng.normal(size=N), "y": rng.normal(size=N)})
    frame.to_csv(tmp_path / "train.csv", index=False)
    code, _, message = run(tmp_path, "--formula", "y ~ Intercept")
    assert code == 2
    assert message == (
        "--formula: two columns of 'Intercept' have one name.\n"
        "  hint: Give the column another name; 'Intercept' is the constant's.\n"
    )


@pytest.mark.parametrize(("power", "told"), [(200, "reaches"), (-200, "reaches")])
def test_numbers_whose_squares_are_none_are_refused(tmp_path: Path, power: int, told: str):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=N)})
    frame["price"] = (frame["a"] + rng.normal(size=N)) * 10.0**power
    frame.to_csv(tmp_path / "train.csv", index=False)
    code, _, message = run(tmp_path, "--target", "price")
    assert code == 2
    assert f"'price' {told} " in message
    assert "hint: Multiply the column by a power of ten." in message
