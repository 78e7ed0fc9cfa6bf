"""The original data set: matched with train, and what cannot be trained on left out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Original
from automl_cli.data.files import find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.data.options import DataOptions

TRAIN = "id,Age,Job,left\n" + "".join(
    f"{k},{20 + k % 7},{'clerk' if k % 3 else 'cook'},{k % 2}\n" for k in range(40)
)
TEST = "id,Age,Job\n100,31,cook\n101,33,clerk\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Inference]:
    def run(original: str, train: str = TRAIN, test: str = TEST, **options: object) -> Inference:
        for name, text in (("train", train), ("test", test), ("original", original)):
            (tmp_path / f"{name}.csv").write_text(text)
        files = find_files([tmp_path / "train.csv"], original="original.csv")
        return infer_dataset(files, DataOptions(**options))  # type: ignore[arg-type]  # by name

    return run


def original_of(inference: Inference) -> Original:
    assert inference.dataset.original is not None
    return inference.dataset.original


def fact_of(inference: Inference) -> tuple[str, str]:
    _, value, reason = next(
        fact for fact in inference.dataset.schema.facts if fact[0] == "original"
    )
    return value.rpartition("/")[2], reason


def test_columns_are_matched_by_name_whatever_their_order_and_spelling(
    read: Callable[..., Inference],
) -> None:
    inference = read("Badge,LEFT,job,age\n7,1,cook,55\n8,0,clerk,56\n")

    original = original_of(inference)
    assert list(original.frame.columns) == list(inference.dataset.train.columns)
    assert original.frame["Age"].tolist() == [55, 56]
    assert original.frame["Job"].tolist() == ["cook", "clerk"]
    assert original.targets["left"].tolist() == [1, 0]
    assert fact_of(inference) == (
        "original.csv",
        "3 columns matched; read 'LEFT' as 'left', 'job' as 'Job', 'age' as 'Age'; Badge not used",
    )


def test_parts_of_an_id_that_it_lacks_are_missing(read: Callable[..., Inference]) -> None:
    train = "id,Age,Job,left\n" + "".join(
        f"{k // 4:03d}_{k % 4},{20 + k % 7},{'clerk' if k % 3 else 'cook'},{k % 2}\n"
        for k in range(200)
    )
    test = "id,Age,Job\n" + "".join(f"{k // 4:03d}_{k % 4},31,cook\n" for k in range(200, 280))

    inference = read("Age,Job,left\n55,cook,1\n56,clerk,0\n", train, test)

    original = original_of(inference)
    assert set(original.absent) == set(inference.dataset.schema.id_parts) != set()
    assert original.frame[list(original.absent)].isna().all(axis=None)
    assert fact_of(inference)[1].startswith("3 columns matched; ")


def test_a_level_that_the_competition_lacks_is_missing(read: Callable[..., Inference]) -> None:
    original = original_of(read("Age,Job,left\n55,pilot,1\n"))

    assert original.frame["Job"].isna().tolist() == [True]


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (("Yes", "No"), [1, 0]),
        (("1.0", "0"), [1, 0]),
        (("true", "False"), [1, 0]),
    ],
)
def test_labels_that_say_the_same_are_one_class(
    read: Callable[..., Inference], texts: tuple[str, str], codes: list[int]
) -> None:
    rows = "".join(f"5{k},cook,{text}\n" for k, text in enumerate(texts))

    assert original_of(read("Age,Job,left\n" + rows)).targets["left"].tolist() == codes


def test_rows_without_a_label_and_rows_of_train_are_left_out(
    read: Callable[..., Inference],
) -> None:
    inference = read("Age,Job,left\n55,cook,1\n56,cook,\n57,cook,2\n20,cook,1\n")

    assert original_of(inference).frame["Age"].tolist() == [55]
    assert fact_of(inference)[1] == (
        "3 columns matched; 2 rows without a known label left out; 1 rows that train has left out"
    )


def test_rows_that_test_has_are_kept_and_told(read: Callable[..., Inference]) -> None:
    inference = read("Age,Job,left\n55,cook,1\n33,clerk,0\n")

    assert original_of(inference).frame["Age"].tolist() == [55, 33]
    assert fact_of(inference)[1] == (
        "3 columns matched; 1 rows as test has them, whose answers are so known"
    )


def test_rows_of_train_are_found_where_whole_numbers_miss_cells(
    read: Callable[..., Inference],
) -> None:
    original = original_of(read("Age,Job,left\n55,cook,1\n,cook,1\n20,cook,0\n"))

    assert original.frame["Age"].tolist()[0] == 55
    assert len(original.frame) == 2


def test_values_of_a_regression_are_read_as_numbers(read: Callable[..., Inference]) -> None:
    train = "id,Age,Job,left\n" + "".join(f"{k},{20 + k},cook,{k * 1.5}\n" for k in range(40))

    original = original_of(read("Age,Job,left\n80,cook,3.25\n81,cook,none\n", train))

    np.testing.assert_array_equal(original.targets["left"], [3.25])


def test_marks_of_numbers_are_its_own_and_what_is_not_read_is_told(
    read: Callable[..., Inference],
) -> None:
    train = "id,Age,Job,left\n" + "".join(f"{k},{20 + k},cook,{k * 500}\n" for k in range(40))
    rows = "1.080,5;cook;1.500\nold;cook;2.000\n82,25;cook;2,5\n"

    inference = read("Age;Job;left\n" + rows, train)

    original = original_of(inference)
    np.testing.assert_array_equal(original.frame["Age"], [1080.5, np.nan, 82.25])
    np.testing.assert_array_equal(original.targets["left"], [1500, 2000, 2.5])
    assert fact_of(inference)[1] == (
        "2 columns matched; Job not used; "
        "1 cell of Age such as 'old' that is no number and so missing"
    )


def test_it_is_part_of_the_content_hash(read: Callable[..., Inference]) -> None:
    keys = {read(f"Age,Job,left\n55,cook,{label}\n").dataset.key for label in (0, 1)}

    assert len(keys) == 2


@pytest.mark.parametrize(
    ("original", "message", "hint"),
    [
        (
            "Age,Job\n55,cook\n",
            "original.csv: without the target 'left', so train was not made from it.",
            "Rename its columns as in train; it has Age, Job.",
        ),
        (
            "Weight,Size,left\n55,9,1\n",
            "original.csv: without 2 of train's columns, so train was not made from it.",
            "Rename its columns as in train; it has Weight, Size, left.",
        ),
        (
            "Age,Job,left\n55,cook,stayed\n56,cook,went\n",
            "original.csv: no row has a known 'left'; it holds 'stayed', 'went'.",
            "Spell it as in train: 0, 1.",
        ),
        (
            "Age,Job,left\n20,cook,1\n",
            "original.csv: every labelled row is a row of train already.",
            "Leave out data.original: there is nothing to add.",
        ),
    ],
)
def test_what_is_no_original_is_refused(
    read: Callable[..., Inference],
    error_of: Callable[..., tuple[str, str]],
    original: str,
    message: str,
    hint: str,
) -> None:
    assert error_of(read, original) == (message, hint)


def test_it_is_looked_for_beside_train_and_then_as_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, here = tmp_path / "task", tmp_path / "here"
    for folder in (beside, here):
        folder.mkdir()
        pd.DataFrame({"a": [1]}).to_csv(folder / "one.csv", index=False)
    (beside / "train.csv").write_text(TRAIN)
    pd.DataFrame({"a": [1]}).to_csv(here / "two.csv", index=False)
    monkeypatch.chdir(here)

    assert find_files([beside], original="one.csv").original == beside / "one.csv"
    assert find_files([beside], original="two.csv").original == Path("two.csv")


def test_copies_of_training_rows_are_found_without_a_column_and_with_other_last_digits(
    read: Callable[..., Inference],
) -> None:
    train = "id,Age,Pay,Job,left\n" + "".join(
        f"{k},{20 + k},{1000 + k / 7},{'clerk' if k % 3 else 'cook'},{k % 2}\n" for k in range(40)
    )
    copies = "".join(f"{20 + k},{1000 + k / 7 + 1e-9},{k % 2}\n" for k in range(40))

    table = "Age,Pay,left\n" + copies + "90,5.5,1\n"
    original = original_of(read(table, train, target=("left",)))
    assert original.frame["Age"].tolist() == [90]
    assert original.absent == ("Job",)
