"""A finished run predicts new rows as it predicted its test rows, and nothing else does."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli
from automl_cli.bundle import MANIFEST, load_predictor
from automl_cli.core.errors import AutomlError, DataError, RunError
from automl_cli.data.read import read_table
from automl_cli.predict import PredictRequest, predict

N_TRAIN, N_TEST = 240, 60
TARGETS = ["binary", "multiclass", "regression"]
SMALL = ["limits.rounds=15", "budget=null", "features.groups.crosses={top: 5}"]
Make = Callable[[str], tuple[Path, Path]]


def make_tables(folder: Path, task: str) -> None:
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    words = np.array([f"word{k}" for k in range(30)])
    frame = pd.DataFrame(
        {
            "row": np.arange(n) + 1000,
            "size": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n).round(3)),
            "count": rng.integers(0, 9, n),
            "city": rng.choice(["Bern", "Genf", "Zug", "Thun"], n),
            "bought": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D"),
            "note": [" ".join(rng.choice(words, 5)) for _ in range(n)],
        }
    )
    signal = frame["size"].fillna(0) + frame["count"] / 4 + rng.normal(size=n)
    codes = pd.qcut(signal, 2 if task == "binary" else 3, labels=False)
    frame["sold"] = signal.round(4) if task == "regression" else codes.map("class{}".format)
    folder.mkdir()
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="sold").to_csv(folder / "test.csv", index=False)


@pytest.fixture(scope="module")
def make_run(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return a function that gives a competition and a finished run, made once a task."""
    root = tmp_path_factory.mktemp("bundles")

    def make(task: str) -> tuple[Path, Path]:
        folder, run = root / task, root / f"run-{task}"
        if not run.exists():
            make_tables(folder, task)
            overrides = [*SMALL, "data.target=sold", "data.id=row", "limits.candidates=5"]
            automl_cli.fit(folder, preset="fast", overrides=overrides, out=run)
        return folder, run

    return make


def predict_file(run: Path, rows: Path, out: Path) -> pd.DataFrame:
    predict(PredictRequest(run=run, rows=rows, out=out))
    return pd.read_csv(out)


@pytest.mark.parametrize("task", TARGETS)
def test_the_test_rows_are_predicted_as_in_the_submission(
    make_run: Make, tmp_path: Path, task: str
) -> None:
    folder, run = make_run(task)
    submitted = pd.read_csv(run / "submission.csv")
    predicted = predict_file(run, folder / "test.csv", tmp_path / "out.csv")
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
    monkeypatch.setattr("automl_cli.predict.BATCH_ROWS", 7)
    predicted = predict_file(run, folder / "test.csv", tmp_path / "out.csv")
    submitted = pd.read_csv(run / "submission.csv")
    pd.testing.assert_frame_equal(predicted, submitted, rtol=0, atol=1e-9)


def test_rows_without_an_id_are_numbered_through_all_batches(
    make_run: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = make_run("binary")
    monkeypatch.setattr("automl_cli.predict.BATCH_ROWS", 25)
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
    with pytest.raises(DataError, match="without the column 'city'"):
        predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


class Bomb:
    """Tells when it was unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.marker,)


@pytest.fixture
def bundle(make_run: Make, tmp_path: Path) -> Path:
    """Return a copy of a run that may be damaged."""
    _, run = make_run("binary")
    return Path(shutil.copytree(run, tmp_path / "bundle"))


def read_manifest_text(bundle: Path) -> dict[str, object]:
    return dict(json.loads((bundle / MANIFEST).read_text()))


def write_manifest(bundle: Path, manifest: dict[str, object]) -> None:
    (bundle / MANIFEST).write_text(json.dumps(manifest))


def list_files(bundle: Path, ending: str) -> list[Path]:
    names = read_manifest_text(bundle)["files"]
    return [bundle / name for name in names if name.endswith(ending)]  # type: ignore[attr-defined]


def enter(bundle: Path, path: Path) -> None:
    """Make the manifest agree with a changed file, as a forger would."""
    from automl_cli.bundle.manifest import measure_file

    manifest = read_manifest_text(bundle)
    manifest["files"][path.relative_to(bundle).as_posix()] = measure_file(path)  # type: ignore[index]
    write_manifest(bundle, manifest)


def test_a_file_cut_off_is_refused(bundle: Path) -> None:
    path = list_files(bundle, ".npz")[0]
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(RunError, match=r"bytes, expected .*; the bundle is not what it was"):
        load_predictor(bundle)


def test_an_altered_file_is_refused(bundle: Path) -> None:
    path = list_files(bundle, "model.json")[0]
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    with pytest.raises(RunError, match="was altered"):
        load_predictor(bundle)


def test_a_missing_file_is_refused(bundle: Path) -> None:
    list_files(bundle, ".npz")[0].unlink()
    with pytest.raises(RunError, match="is missing; the bundle is not what it was"):
        load_predictor(bundle)


def test_a_folder_without_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=f"no {MANIFEST} in this folder"):
        load_predictor(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1}', "\x00"])
def test_a_foreign_manifest_is_refused(bundle: Path, text: str) -> None:
    (bundle / MANIFEST).write_text(text)
    with pytest.raises(RunError):
        load_predictor(bundle)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "C:/x", "a\\x"])
def test_a_path_that_leads_out_is_refused(bundle: Path, name: str) -> None:
    manifest = read_manifest_text(bundle)
    manifest["files"][name] = [1, "0"]  # type: ignore[index]
    write_manifest(bundle, manifest)
    with pytest.raises(RunError, match="leads out of the bundle"):
        load_predictor(bundle)


def test_a_member_outside_the_listed_files_is_refused(bundle: Path, tmp_path: Path) -> None:
    manifest = read_manifest_text(bundle)
    folds = next(one for one in manifest["targets"][0]["candidates"] if one)  # type: ignore[index]
    folds[0]["folder"] = str(tmp_path)
    write_manifest(bundle, manifest)
    with pytest.raises(RunError, match="is used, and not listed"):
        load_predictor(bundle)


@pytest.mark.parametrize("ending", ["encoder.npz", "state.npz", "model.npz"])
def test_arrays_of_objects_are_not_unpickled(bundle: Path, tmp_path: Path, ending: str) -> None:
    marker = tmp_path / "exploded"
    for path in list_files(bundle, ending):
        with np.load(path) as stored:
            names = list(stored)
        bomb = np.array([Bomb(marker)], dtype=object)
        np.savez(path, **dict.fromkeys(names, bomb))
        enter(bundle, path)
    with pytest.raises(AutomlError):
        load_predictor(bundle)
    assert not marker.exists()


def test_pickles_in_place_of_models_are_not_unpickled(bundle: Path, tmp_path: Path) -> None:
    marker = tmp_path / "exploded"
    for path in list_files(bundle, ""):
        if "/model/" in path.as_posix():
            path.write_bytes(pickle.dumps(Bomb(marker)))
            enter(bundle, path)
    with pytest.raises(AutomlError):
        load_predictor(bundle)
    assert not marker.exists()


def test_a_model_that_no_table_has_is_refused(bundle: Path) -> None:
    manifest = read_manifest_text(bundle)
    folds = next(one for one in manifest["targets"][0]["candidates"] if one)  # type: ignore[index]
    folds[0]["model"] = "os"
    write_manifest(bundle, manifest)
    with pytest.raises(AutomlError, match="'os': no such entry among the models"):
        load_predictor(bundle)


def test_a_table_is_read_as_the_run_read_it(make_run: Make) -> None:
    folder, run = make_run("binary")
    frame = load_predictor(run).read(read_table(folder / "test.csv"))
    assert frame["bought"].dtype.kind == "M"
    assert isinstance(frame["city"].dtype, pd.CategoricalDtype)


EDITS = [
    {"candidates": [[]]},
    {"columns": []},
    {"columns": [None]},
    {"combiner": None},
    {"decision": None},
    {"numbers": [None]},
    {"state": {}},
    {"state": {"weights": [float("nan")]}},
    {"transform": "junk"},
    {"wants": "junk"},
]


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_a_part_that_does_not_hold_together_is_refused(
    bundle: Path, edit: dict[str, object]
) -> None:
    manifest = read_manifest_text(bundle)
    manifest["targets"][0].update(edit)  # type: ignore[index]
    write_manifest(bundle, manifest)
    with pytest.raises(RunError, match="not a manifest of a bundle"):
        load_predictor(bundle)


def test_an_id_called_as_the_prediction_is_refused(make_run: Make, tmp_path: Path) -> None:
    folder, run = make_run("binary")
    request = PredictRequest(
        run=run, rows=folder / "train.csv", out=tmp_path / "out.csv", id="sold"
    )
    with pytest.raises(DataError, match="the id 'sold' is called as a predicted column"):
        predict(request)
    assert not (tmp_path / "out.csv").exists()


def test_a_device_is_not_replaced_by_a_file(make_run: Make) -> None:
    folder, run = make_run("binary")
    with pytest.raises(RunError, match="/dev/null: a device, expected a file"):
        predict_file(run, folder / "test.csv", Path("/dev/null"))
