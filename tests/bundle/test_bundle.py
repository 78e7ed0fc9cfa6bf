"""A finished run predicts new rows as it predicted its test rows, and nothing else does."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from automl_cli.bundle import MANIFEST, load_predictor, read_manifest
from automl_cli.commands.predict import PredictRequest, predict
from automl_cli.core.errors import DataError, RunError
from automl_cli.data.read import read_table

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

if TYPE_CHECKING:
    from automl_cli.core.events import Event

N_TEST = 60
TARGETS = ["binary", "multiclass", "regression"]
PRESETS = ["smoke", "fast", "medium", "best"]
Make = Callable[..., tuple[Path, Path]]


def predict_file(run: Path, rows: Path, out: Path) -> pd.DataFrame:
    predict(PredictRequest(run=run, rows=rows, out=out))
    return pd.read_csv(out)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("task", TARGETS)
def test_the_test_rows_are_predicted_as_in_the_submission(
    make_run: Make, tmp_path: Path, task: str, preset: str
) -> None:
    folder, run = make_run(task, preset)
    submitted = pd.read_csv(run / "submission.csv")
    predicted = predict_file(run, folder / "test.csv", tmp_path / "out.csv")
    pd.testing.assert_frame_equal(predicted, submitted, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("task", "metric", "decision"),
    [
        ("binary", "f1", "threshold"),
        ("multiclass", "balanced_accuracy", "multipliers"),
        ("regression", "rmsle", "value"),
    ],
)
def test_new_rows_get_the_answers_that_the_metric_wants(
    make_run: Make, tmp_path: Path, task: str, metric: str, decision: str
) -> None:
    folder, run = make_run(task, "smoke", metric)
    (part,) = read_manifest(run).targets
    assert (part.decision, part.transform == "log1p") == (decision, metric == "rmsle")
    predicted = predict_file(run, folder / "test.csv", tmp_path / "out.csv")
    submitted = pd.read_csv(run / "submission.csv")
    pd.testing.assert_frame_equal(predicted, submitted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("task", TARGETS)
def test_a_row_alone_is_predicted_as_among_others(
    make_run: Make, tmp_path: Path, task: str
) -> None:
    folder, run = make_run(task)
    submitted = pd.read_csv(run / "submission.csv")
    for number in (0, 7, 59):
        path = tmp_path / f"{number}.csv"
        pd.read_csv(folder / "test.csv", dtype=str)[number : number + 1].to_csv(path, index=False)
        alone = predict_file(run, path, tmp_path / "out.csv")
        expected = submitted[number : number + 1].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, expected, rtol=0, atol=1e-9)


def test_batches_give_what_the_whole_gives(
    make_run: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = make_run("binary")
    monkeypatch.setattr("automl_cli.commands.predict.BATCH_ROWS", 7)
    predicted = predict_file(run, folder / "test.csv", tmp_path / "out.csv")
    submitted = pd.read_csv(run / "submission.csv")
    pd.testing.assert_frame_equal(predicted, submitted, rtol=0, atol=1e-9)


def test_each_batch_is_told(
    make_run: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = make_run("binary")
    monkeypatch.setattr("automl_cli.commands.predict.BATCH_ROWS", 25)
    told: list[Event] = []
    request = PredictRequest(run=run, rows=folder / "test.csv", out=tmp_path / "out.csv")
    predict(request, told.append)
    names = [event.fields["name"] for event in told]
    assert names == ["25 rows done", "50 rows done", "60 rows done"]


def test_rows_without_an_id_are_numbered_through_all_batches(
    make_run: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = make_run("binary")
    monkeypatch.setattr("automl_cli.commands.predict.BATCH_ROWS", 25)
    pd.read_csv(folder / "test.csv").drop(columns="row").to_csv(tmp_path / "new.csv", index=False)
    predicted = predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")
    assert predicted["row"].tolist() == list(range(N_TEST))


def test_a_copy_of_the_listed_files_is_enough(make_run: Make, tmp_path: Path) -> None:
    folder, run = make_run("multiclass")
    copy = tmp_path / "copy"
    for name in [MANIFEST, *json.loads((run / MANIFEST).read_text())["files"]]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(run / name, copy / name)
    predicted = predict_file(copy, folder / "test.csv", tmp_path / "out.csv")
    submitted = pd.read_csv(run / "submission.csv")
    pd.testing.assert_frame_equal(predicted, submitted, rtol=0, atol=1e-9)


def test_labels_that_train_has_not_and_missing_cells_are_predicted(
    make_run: Make, tmp_path: Path
) -> None:
    folder, run = make_run("binary")
    rows = pd.read_csv(folder / "test.csv", dtype=str)
    rows["city"], rows["size"], rows["note"] = "Paris", "", "never seen"
    rows.to_csv(tmp_path / "new.csv", index=False)
    assert predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")["sold"].between(0, 1).all()


def test_a_table_without_a_column_is_refused(make_run: Make, tmp_path: Path) -> None:
    folder, run = make_run("binary")
    pd.read_csv(folder / "test.csv").drop(columns="city").to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match="lacks the column 'city'"):
        predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_table_is_read_as_the_run_read_it(make_run: Make) -> None:
    folder, run = make_run("binary")
    frame = load_predictor(run).read(read_table(folder / "test.csv"))
    assert frame["bought"].dtype.kind == "M"
    assert isinstance(frame["city"].dtype, pd.CategoricalDtype)


def test_an_id_called_as_the_prediction_is_refused(make_run: Make, tmp_path: Path) -> None:
    folder, run = make_run("binary")
    request = PredictRequest(
        run=run, rows=folder / "train.csv", out=tmp_path / "out.csv", id="sold"
    )
    with pytest.raises(DataError, match="the id 'sold' has the name of a predicted column"):
        predict(request)
    assert not (tmp_path / "out.csv").exists()


def test_a_device_is_not_replaced_by_a_file(make_run: Make) -> None:
    folder, run = make_run("binary")
    with pytest.raises(RunError, match="/dev/null: a device, expected a file"):
        predict_file(run, folder / "test.csv", Path("/dev/null"))


def test_cells_that_are_not_readable_as_in_train_are_counted(
    make_run: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = make_run("binary")
    rows = pd.read_csv(folder / "test.csv", dtype=str)
    rows.loc[3:5, "size"], rows.loc[50, "size"] = "large", "huge"
    rows.loc[7, "bought"], rows.loc[8, "count"], rows.loc[9, "city"] = "soon", "unknown", "Paris"
    rows.to_csv(tmp_path / "new.csv", index=False)
    monkeypatch.setattr("automl_cli.commands.predict.BATCH_ROWS", 20)
    request = PredictRequest(run=run, rows=tmp_path / "new.csv", out=tmp_path / "out.csv")
    assert predict(request)["unread"] == [
        {
            "column": "size",
            "kind": "number",
            "cells": 4,
            "first": "large",
            "row": 4,
            "line": 5,
            "share": 4 / N_TEST,
        },
        {
            "column": "bought",
            "kind": "datetime",
            "cells": 1,
            "first": "soon",
            "row": 8,
            "line": 9,
            "share": 1 / N_TEST,
        },
    ]  # a gap spelled in words and a new label are nothing to warn of


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_probabilities_are_those_of_the_submission_by_class(
    make_run: Make, tmp_path: Path, task: str
) -> None:
    folder, run = make_run(task)  # its metric wants probabilities
    out = tmp_path / "out.csv"
    predict(PredictRequest(run=run, rows=folder / "test.csv", out=out, proba=True))
    given, submitted = pd.read_csv(out), pd.read_csv(run / "submission.csv")
    classes = [f"class{code}" for code in range(2 if task == "binary" else 3)]
    assert list(given.columns) == ["row", *classes]
    np.testing.assert_allclose(given[classes].sum(axis=1), 1, atol=1e-9)
    expected = submitted["sold"] if task == "binary" else submitted["class1"]
    np.testing.assert_allclose(given["class1"], expected, atol=1e-9)


def test_a_regression_has_no_probabilities(make_run: Make, tmp_path: Path) -> None:
    folder, run = make_run("regression")
    out = tmp_path / "out.csv"
    with pytest.raises(DataError) as caught:
        predict(PredictRequest(run=run, rows=folder / "test.csv", out=out, proba=True))
    assert caught.value.message == "--proba: 'sold' is a regression, whose predictions are values."
    assert caught.value.hint == "Leave --proba out."
    assert not out.exists()


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"size": "Size", "city": " city"}, "'Size' as 'size', ' city' as 'city'"),
        ({"row": "ROW"}, "'ROW' as 'row'"),
        ({"bought": "\ufeffBought "}, "'\\ufeffBought ' as 'bought'"),
    ],
)
def test_columns_in_other_spellings_are_matched_and_told(
    make_run: Make, tmp_path: Path, names: dict[str, str], told: str
) -> None:
    folder, run = make_run("binary")
    rows = pd.read_csv(folder / "test.csv", dtype=str).rename(columns=names)
    rows.to_csv(tmp_path / "new.csv", index=False)
    done = predict(PredictRequest(run=run, rows=tmp_path / "new.csv", out=tmp_path / "out.csv"))
    file = str(tmp_path / "new.csv")
    assert done["notes"] == [{"file": file, "what": "columns read", "note": told}]
    submitted = pd.read_csv(run / "submission.csv")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out.csv"), submitted, rtol=0, atol=1e-9)


def test_a_column_that_may_be_two_is_asked(make_run: Make, tmp_path: Path) -> None:
    folder, run = make_run("binary")
    rows = pd.read_csv(folder / "test.csv", dtype=str).rename(columns={"city": "City"})
    rows.assign(**{"city ": "Bern"}).to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match="'City' and 'city ' may both be the column 'city'"):
        predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_the_header_again_is_no_row_in_any_batch(
    make_run: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = make_run("binary")
    monkeypatch.setattr("automl_cli.commands.predict.BATCH_ROWS", 7)
    monkeypatch.setattr("automl_cli.data.batches.BLOCK_BYTES", 500)
    header, *rows = (folder / "test.csv").read_text().splitlines()
    rows[10:10], rows[50:50] = [header], [header.upper()]
    (tmp_path / "new.csv").write_text("\n".join([header, *rows]) + "\n")
    done = predict(PredictRequest(run=run, rows=tmp_path / "new.csv", out=tmp_path / "out.csv"))
    assert (done["rows"], done["unread"]) == (N_TEST, [])
    told = "repeated in lines 12 and 52, left out"
    assert [one["note"] for one in done["notes"]] == [told]
    predicted, submitted = pd.read_csv(tmp_path / "out.csv"), pd.read_csv(run / "submission.csv")
    pd.testing.assert_frame_equal(predicted, submitted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", ["out.parquet", "out.csv.gz", "OUT.ZIP"])
def test_a_name_that_promises_another_format_is_refused(
    make_run: Make, tmp_path: Path, name: str
) -> None:
    folder, run = make_run("binary")
    with pytest.raises(
        DataError, match="submissions are plain csv, but this name ends in"
    ) as caught:
        predict_file(run, folder / "test.csv", tmp_path / name)
    assert caught.value.hint == "Give a name that ends in .csv."
    assert not (tmp_path / name).exists()


def test_what_steps_have_learned_is_loaded_once(make_run: Make) -> None:
    _, run = make_run("binary")
    loaded = load_predictor(run).folds["sold"]
    steps = [step for folds in loaded for fold in folds for step in fold.state.steps]
    assert len({id(step) for step in steps}) == len({step.folder for step in steps}) < len(steps)
