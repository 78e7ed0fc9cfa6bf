"""What a run did not write, or not like this, is refused, and nothing of it is executed."""

import hashlib
import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl_cli.bundle import MANIFEST, load_predictor
from automl_cli.bundle.manifest import CHUNK, measure_file
from automl_cli.core.errors import AutomlError, RunError

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


class Bomb:
    """Tells when it was unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.marker,)


def read_manifest_text(bundle: Path) -> dict[str, Any]:
    return dict(json.loads((bundle / MANIFEST).read_text()))


def write_manifest(bundle: Path, manifest: dict[str, Any]) -> None:
    (bundle / MANIFEST).write_text(json.dumps(manifest))


def list_files(bundle: Path, ending: str) -> list[Path]:
    names = read_manifest_text(bundle)["files"]
    found = [bundle / name for name in names if name.endswith(ending)]
    assert found
    return found


def enter(bundle: Path, path: Path) -> None:
    """Make the manifest agree with a changed file, as a forger would."""
    manifest = read_manifest_text(bundle)
    manifest["files"][path.relative_to(bundle).as_posix()] = measure_file(path)
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


def test_a_large_file_is_measured_to_its_end(tmp_path: Path) -> None:
    content = bytes(2 * CHUNK) + b"end"
    (tmp_path / "large").write_bytes(content)
    expected = (len(content), hashlib.sha256(content).hexdigest())
    assert measure_file(tmp_path / "large") == expected


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
    manifest["files"][name] = [1, "0"]
    write_manifest(bundle, manifest)
    with pytest.raises(RunError, match="leads out of the bundle"):
        load_predictor(bundle)


def test_a_member_outside_the_listed_files_is_refused(bundle: Path, tmp_path: Path) -> None:
    manifest = read_manifest_text(bundle)
    folds = next(one for one in manifest["targets"][0]["candidates"] if one)
    folds[0]["folder"] = str(tmp_path)
    write_manifest(bundle, manifest)
    with pytest.raises(RunError, match="is used, and not listed"):
        load_predictor(bundle)


def test_a_step_outside_the_listed_files_is_refused(bundle: Path, tmp_path: Path) -> None:
    manifest = read_manifest_text(bundle)
    folds = next(one for one in manifest["targets"][0]["candidates"] if one)
    assert folds[0]["steps"]
    folds[0]["steps"][0] = str(shutil.copytree(bundle / folds[0]["steps"][0], tmp_path / "step"))
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
    folds = next(one for one in manifest["targets"][0]["candidates"] if one)
    folds[0]["model"] = "os"
    write_manifest(bundle, manifest)
    with pytest.raises(AutomlError, match="'os': no such model"):
        load_predictor(bundle)


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
    manifest["targets"][0].update(edit)
    write_manifest(bundle, manifest)
    with pytest.raises(RunError, match="not a manifest of a bundle"):
        load_predictor(bundle)


def test_a_file_of_a_model_that_is_not_listed_is_refused(bundle: Path) -> None:
    folder = next(path.parent for path in list_files(bundle, "model.json"))
    (folder / "constant.json").write_text("[0.0]")
    with pytest.raises(RunError, match="is not listed in"):
        load_predictor(bundle)
