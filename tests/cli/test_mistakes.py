"""Every mistake of a user ends in one message, one hint and exit code 2."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app

Competition = Callable[..., Path]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # without --out a run lies in the current folder


@pytest.fixture
def competition(tmp_path: Path) -> Competition:
    """Return a function that writes a small competition, changed as the test says."""

    def write(
        train: dict[str, object] | None = None,
        test: dict[str, object] | None = None,
        sample: dict[str, object] | None = None,
    ) -> Path:
        rows = range(40)
        tables = {
            "train": {"id": rows, "size": [n * 1.5 for n in rows], "sold": [n % 2 for n in rows]},
            "test": {"id": [100, 101], "size": [1.0, 2.0]},
            "sample_submission": {"id": [100, 101], "sold": [0, 0]},
        }
        for name, changed in zip(tables, (train, test, sample), strict=True):
            frame = pd.DataFrame(tables[name] if changed is None else changed)
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
        return tmp_path

    return write


def fit(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["fit", *map(str, words)])
    assert "Traceback" not in result.output
    return result.exit_code, result.stderr


def test_a_missing_file(tmp_path: Path) -> None:
    code, message = fit(tmp_path / "train.csv")

    assert code == 2
    assert message.startswith(f"{tmp_path / 'train.csv'}: no such file")
    assert "\n  hint: " in message


def test_an_empty_file(competition: Competition) -> None:
    folder = competition()
    (folder / "train.csv").write_text("")

    code, message = fit(folder)

    assert code == 2
    assert "train.csv" in message
    assert "empty" in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sold": [1] * 40}, "holds only the value '1'"),
        ({"sold": [None] * 40}, "'sold'"),
    ],
)
def test_a_target_that_teaches_nothing(
    competition: Competition, change: dict[str, object], expected: str
) -> None:
    code, message = fit(competition(train={"id": range(40), "size": range(40), **change}))

    assert code == 2
    assert expected in message


def test_no_target(competition: Competition) -> None:
    code, message = fit(competition(train={"id": range(40), "size": range(40)}))

    assert code == 2
    assert "\n  hint: " in message


def test_a_target_that_does_not_exist(competition: Competition) -> None:
    folder = competition()

    code, message = fit(folder, "--target", "sould")

    assert code == 2
    assert message == (
        f"{folder / 'train.csv'}: no column 'sould' (named by data.target).\n"
        "  hint: Did you mean 'sold'?\n"
    )


def test_a_metric_that_does_not_fit(competition: Competition) -> None:
    answers = ["yes", "no"] * 20
    folder = competition(train={"id": range(40), "size": range(40), "sold": answers})

    code, message = fit(folder, "--metric", "rmse")

    assert code == 2
    assert message.startswith("metric 'rmse' does not fit a binary target.\n  hint: Use one")


def test_an_unknown_metric(competition: Competition) -> None:
    code, message = fit(competition(), "--metric", "rocauc")

    assert code == 2
    assert "--metric" in message
    assert "Did you mean 'roc_auc'?" in message


def test_all_unknown_names_at_once(competition: Competition, tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("models:\n  lgbm: {}\nvalidation:\n  splitter: strat\n  fold: 3\n")

    code, message = fit(competition(), "-c", config)

    assert code == 2
    assert f"{config}:5: validation.fold" in message

    config.write_text("models:\n  lgbm: {}\n  catboost: {dept: 3}\nvalidation:\n  splitter: x\n")
    code, message = fit(competition(), "-c", config)
    assert code == 2
    for line in (2, 3, 5):
        assert f"{config}:{line}: " in message
    assert "Did you mean 'lightgbm'?" in message
    assert "Did you mean 'depth'?" in message


@pytest.mark.parametrize(
    ("setting", "message", "hint"),
    [
        ("crosses.max_pairs=-1", "max_pairs: expected 0 or more, got -1.", "the largest number"),
        ("resolutions.smoothing=0", "smoothing: expected more than 0, got 0.0.", "10 is the def"),
    ],
)
def test_a_number_that_a_group_cannot_use(
    competition: Competition, setting: str, message: str, hint: str
) -> None:
    group = setting.partition(".")[0]
    code, shown = fit(competition(), "--target", "sold", "--set", f"features.groups.{setting}")
    assert code == 2
    assert f"features.{group}.{message}" in shown
    assert hint in shown


def test_categories_for_a_model_that_takes_none(competition: Competition, tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text(
        "features:\n  recipes:\n    extra_trees: [numeric, native]\n"
        "candidates:\n  - {model: extra_trees, features: [onehot]}\n"
        "  - {model: linear, features: [onehot]}\n"
    )

    code, message = fit(competition(), "-c", config)

    assert code == 2
    hint = "Use `counts` or `target_mean` instead."
    assert message.startswith(
        f"{config}:3: features.recipes.extra_trees: extra_trees takes no categories, "
        f"and native makes nothing else.\n  hint: {hint}\n"
        f"{config}:5: candidates[0]: extra_trees takes no categories, "
        f"and onehot makes nothing else.\n  hint: {hint}\n"
    )
    assert "linear" not in message


def test_test_rows_that_lack_every_feature(competition: Competition) -> None:
    code, message = fit(competition(test={"id": [100, 101], "weight": [1, 2]}))

    assert code == 2
    assert "\n  hint: " in message


def test_ids_that_repeat(competition: Competition) -> None:
    code, message = fit(competition(test={"id": [100, 100], "size": [1.0, 2.0]}))

    assert code == 2
    assert "100" in message


def test_ids_that_do_not_match_the_sample(competition: Competition) -> None:
    code, message = fit(competition(sample={"id": [100, 999], "sold": [0, 0]}))

    assert code == 2
    assert "sample_submission.csv" in message


def test_a_run_folder_that_cannot_be_made(competition: Competition) -> None:
    folder = competition()

    code, message = fit(folder, "--out", folder / "train.csv" / "run")

    assert code == 2
    assert "cannot be written" in message


def test_a_submission_folder_that_does_not_exist(competition: Competition) -> None:
    folder = competition()

    code, message = fit(
        folder,
        "--preset",
        "smoke",
        "--out",
        folder / "run",
        "--submission",
        folder / "no" / "s.csv",
    )

    assert code == 2
    assert str(folder / "no" / "s.csv") in message


def test_a_budget_too_short_for_one_fold(competition: Competition) -> None:
    folder = competition()

    code, message = fit(folder, "--budget", "1s", "--out", folder / "run")

    assert code == 2
    assert message.splitlines()[-1].startswith("  hint: Give more time with --budget")


def test_a_budget_that_is_none(competition: Competition) -> None:
    code, message = fit(competition(), "--budget", "soon")

    assert code == 2
    assert "--budget" in message


def test_a_run_that_does_not_exist(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["leaderboard", str(tmp_path)])

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{tmp_path}: no finished run in this folder.")


def test_an_unknown_table() -> None:
    result = CliRunner().invoke(app, ["list", "model"])

    assert result.exit_code == 2
    assert result.stderr == (
        "'model': no such list.\n"
        "  hint: Use one of models, features, metrics, splitters, combiners, rules, presets.\n"
    )


def test_a_sample_with_an_unknown_label(competition: Competition) -> None:
    answers = ["yes", "no"] * 20
    folder = competition(
        train={"id": range(40), "size": range(40), "sold": answers},
        sample={"id": [100, 101], "sold": ["no", "maybe"]},
    )

    code, message = fit(folder)

    assert code == 2
    assert "'maybe' in 'sold' is not a class of the target." in message


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (1e300, "reaches 3.9e+301; models fit up to 1e+18."),
        (1e-200, "varies by 3.9e-199; models see 1e-18 and more."),
    ],
)
def test_a_target_beyond_what_models_fit(competition: Competition, unit: float, told: str) -> None:
    sold = [n * unit for n in range(40)]
    code, message = fit(competition(train={"id": range(40), "size": range(40), "sold": sold}))

    assert code == 2
    assert message.startswith(f"the target 'sold' {told}\n  hint: ")


def test_a_run_with_damaged_figures(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text("xx")

    result = CliRunner().invoke(app, ["leaderboard", str(tmp_path)])

    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"{tmp_path / 'summary.json'}: not the figures of a run (the file: invalid json: "
    )
