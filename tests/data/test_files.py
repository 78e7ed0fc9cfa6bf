from collections.abc import Callable
from pathlib import Path

import pytest

from automl_cli.data.files import Files, find_files

ErrorOf = Callable[..., tuple[str, str]]


@pytest.fixture
def folder(tmp_path: Path):
    for name in ("train.csv", "test.csv", "sample_submission.csv", "submission.csv", "notes.md"):
        (tmp_path / name).write_text("a\n1\n")
    return tmp_path


def test_test_and_sample_are_found_beside_train(folder: Path):
    expected = Files(
        train=folder / "train.csv",
        test=folder / "test.csv",
        sample=folder / "sample_submission.csv",
    )
    assert find_files([folder / "train.csv"]) == expected
    assert find_files([folder]) == expected


def test_given_paths_win(folder: Path):
    (folder / "other.csv").write_text("a\n1\n")
    files = find_files([folder / "train.csv", folder / "other.csv"], sample=folder / "notes.md")
    assert (files.test, files.sample) == (folder / "other.csv", folder / "notes.md")


def test_a_submission_that_we_wrote_is_no_sample(folder: Path):
    (folder / "sample_submission.csv").unlink()
    assert find_files([folder]).sample is None


def test_a_sample_may_have_another_name(folder: Path):
    (folder / "sample_submission.csv").rename(folder / "gender_submission.csv")
    assert find_files([folder]).sample == folder / "gender_submission.csv"


def test_compressed_tables_are_found_and_plain_ones_preferred(folder: Path):
    (folder / "test.csv").rename(folder / "test.csv.gz")
    (folder / "train.parquet").write_text("x")
    files = find_files([folder])
    assert (files.train, files.test) == (folder / "train.csv", folder / "test.csv.gz")


def test_the_test_table_is_called_like_the_train_table(folder: Path):
    for name in ("wine_train.csv", "wine_test.csv"):
        (folder / name).write_text("a\n1\n")
    assert find_files([folder / "wine_train.csv"]).test == folder / "wine_test.csv"


def test_without_a_test_table_there_is_none(folder: Path):
    (folder / "test.csv").unlink()
    assert find_files([folder]).test is None


def test_a_missing_file_is_named_with_its_neighbour(folder: Path, error_of: ErrorOf):
    assert error_of(find_files, [folder / "trian.csv"]) == (
        "trian.csv: no such file.",
        "Did you mean 'train.csv'?",
    )


def test_several_samples_are_ambiguous(folder: Path, error_of: ErrorOf):
    (folder / "sample_submission_b.csv").write_text("a\n1\n")
    message, hint = error_of(find_files, [folder])
    assert message.endswith(
        "could be the sample submission: sample_submission.csv, sample_submission_b.csv."
    )
    assert hint == "Name the right one with --sample."


def test_several_training_tables_are_ambiguous(folder: Path, error_of: ErrorOf):
    (folder / "train.csv").rename(folder / "train_a.csv")
    (folder / "train_b.csv").write_text("a\n1\n")
    message, _ = error_of(find_files, [folder])
    assert message.endswith("several tables could be the training table: train_a.csv, train_b.csv.")


def test_a_folder_without_a_training_table_is_refused(tmp_path: Path, error_of: ErrorOf):
    message, hint = error_of(find_files, [tmp_path])
    assert message.endswith(": no train.csv (or .csv.gz, .zip, .parquet) in this folder.")
    assert hint == "Give the path of the training table."


def test_too_many_paths_are_refused(folder: Path, error_of: ErrorOf):
    assert error_of(find_files, [folder] * 4)[0] == "4 paths given, expected one to three."
    assert error_of(find_files, [folder, folder])[0].endswith(": a folder and further files.")
