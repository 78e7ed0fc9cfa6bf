"""The sample is the authority on form: what is asked for, which columns, rows, ids and cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl_cli.config.load import load_config
from automl_cli.config.schema import RunConfig
from automl_cli.core.dataset import Target
from automl_cli.core.metric import Wants
from automl_cli.data.check import check_submission
from automl_cli.data.files import find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.data.submission import make_submission, write_submission
from automl_cli.problems import choose_metric, make_data_options

ErrorOf = Callable[..., tuple[str, str]]

N_TRAIN, N_TEST = 120, 4
IDS = ("200", "201", "202", "203")
ZERO_ONE, YES_NO = ("0", "1"), ("No", "Yes")
MARKS = tuple("123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Tables, and what a submission for them is.

    Parameters
    ----------
    labels
        The cells of train's target, over and over.
    sample
        Header and rows; cells of the test table are written with {0} to {3} for its ids.
    asks
        Task and metric.
    writes
        The submission: header and first row; classes take turns, numbers are .25 or 2.5.
    config
        Keys of the config.
    tells
        Facts that are told, by their name.
    test_ids
        As the test table has them.
    """

    labels: Sequence[str]
    sample: Sequence[str]
    asks: tuple[str, str]
    writes: tuple[str, str]
    config: Mapping[str, Any] = field(default_factory=dict)
    tells: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    test_ids: Sequence[str] = IDS


def column(*cells: str, header: str = "id,target", ids: Sequence[str] = IDS) -> list[str]:
    """Return a sample with ids and one column, whose cells are given over and over."""
    rows = [f"{one},{cells[place % len(cells)]}" for place, one in enumerate(ids)]
    return [header, *rows]


def write_tables(folder: Path, case: Case) -> None:
    """Write a competition of two features, of which one tells nothing."""
    train = ["id,width,colour,target"]
    for row in range(N_TRAIN):
        label = case.labels[row % len(case.labels)]
        train.append(f"{row},{row * 0.5},{'red' if row % 3 else 'blue'},{label}")
    test = ["id,width,colour", *(f"{one},{7.5},red" for one in case.test_ids)]
    tables = {"train": train, "test": test, "sample_submission": case.sample}
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def read(folder: Path, given: Mapping[str, Any]) -> tuple[Inference, RunConfig]:
    config = load_config(flags=dict(given)).config
    return infer_dataset(find_files([folder]), make_data_options(config)), config


def answer(target: Target, wants: Wants, n_rows: int) -> np.ndarray[Any, Any]:
    if wants == "label":
        return np.arange(n_rows) % target.n_classes
    if wants == "probability" and target.task == "multiclass":
        return np.full((n_rows, target.n_classes), 1 / target.n_classes)
    return np.full(n_rows, 0.25 if wants == "probability" else 2.5)


def submit(folder: Path, given: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the lines of a submission that was checked, and task and metric of each target."""
    inference, config = read(folder, given)
    dataset = inference.dataset
    metrics = {one.name: choose_metric(dataset, one, config)[0] for one in dataset.schema.targets}
    wants = {name: metric.wants for name, metric in metrics.items()}
    answers = {
        one.name: answer(one, wants[one.name], len(np.asarray(dataset.test_ids)))
        for one in dataset.schema.targets
    }
    frame = make_submission(dataset, answers, wants)
    write_submission(frame, folder / "mine.csv")
    check_submission(folder / "mine.csv", dataset, wants)
    asked = [(one.task, metrics[one.name].name) for one in dataset.schema.targets]
    return (folder / "mine.csv").read_text().splitlines(), asked


ROC, ACCURACY, RMSE = ("binary", "roc_auc"), ("binary", "accuracy"), ("regression", "rmse")
CLASSES = ("multiclass", "accuracy")
CHANCE, LABEL = ("id,target", "200,0.25"), ("id,target", "200,0")
CASES: dict[str, Case] = {
    # A sample of ids only is one whose other columns are as without a sample.
    "ids only": Case(
        labels=ZERO_ONE,
        sample=["id", *IDS],
        asks=ROC,
        writes=CHANCE,
        tells={
            "submission": ("id and target", "the sample holds ids only; its rows and their order")
        },
    ),
    "ids only, in another order": Case(
        labels=ZERO_ONE, sample=["id", *IDS[::-1]], asks=ROC, writes=("id,target", "203,0.25")
    ),
    "ids only, under another name": Case(
        labels=ZERO_ONE, sample=["row", *IDS], asks=ROC, writes=("row,target", "200,0.25")
    ),
    "ids only, of several classes": Case(
        labels=("a", "b", "c", "d"),
        sample=["id", *IDS],
        asks=("multiclass", "log_loss"),
        writes=("id,a,b,c,d", "200,0.25,0.25,0.25,0.25"),
    ),
    "ids only, of amounts": Case(
        labels=[f"{number}.5" for number in range(40)],
        sample=["id", *IDS],
        asks=RMSE,
        writes=("id,target", "200,2.5"),
    ),
    "ids only, and labels are asked for": Case(
        labels=ZERO_ONE,
        sample=["id", *IDS],
        asks=ACCURACY,
        writes=LABEL,
        config={"metric": "accuracy"},
    ),
    "one column of values and no ids": Case(
        labels=ZERO_ONE, sample=["target", "0", "0", "0", "0"], asks=ROC, writes=("target", "0.25")
    ),
    # Classes that are mixed are labels; one of them may be either.
    "zeros and ones": Case(labels=ZERO_ONE, sample=column("0", "1"), asks=ACCURACY, writes=LABEL),
    "zeros and ones written as floats": Case(
        labels=ZERO_ONE,
        sample=column("0.0", "1.0"),
        asks=ACCURACY,
        writes=("id,target", "200,0.0"),
        tells={
            "labels": ("0.0, 1.0", "as the sample spells 0, 1; data.spelling: train overrides it")
        },
    ),
    "ones and twos": Case(
        labels=("1", "2"), sample=column("2", "1"), asks=ACCURACY, writes=("id,target", "200,1")
    ),
    "two of nine classes": Case(
        labels=MARKS, sample=column("5", "6"), asks=CLASSES, writes=("id,target", "200,1")
    ),
    "zeros alone": Case(labels=ZERO_ONE, sample=column("0"), asks=ROC, writes=CHANCE),
    "ones alone": Case(labels=ZERO_ONE, sample=column("1"), asks=ROC, writes=CHANCE),
    "empty cells": Case(labels=ZERO_ONE, sample=column(""), asks=ROC, writes=CHANCE),
    "halves": Case(labels=ZERO_ONE, sample=column("0.5"), asks=ROC, writes=CHANCE),
    "zeros, ones and a half": Case(
        labels=ZERO_ONE, sample=column("0", "1", "0.5"), asks=ROC, writes=CHANCE
    ),
    "shares of a class": Case(
        labels=ZERO_ONE, sample=column("0.01", "0.99"), asks=ROC, writes=CHANCE
    ),
    "zeros where classes are texts": Case(
        labels=YES_NO, sample=column("0"), asks=ROC, writes=CHANCE
    ),
    "zeros and ones where classes are texts": Case(
        labels=YES_NO,
        sample=column("0", "1"),
        asks=ACCURACY,
        writes=LABEL,
        tells={
            "labels": ("0, 1", "as the sample spells No, Yes; data.spelling: train overrides it")
        },
    ),
    "zeros alone, and the metric is named": Case(
        labels=ZERO_ONE,
        sample=column("0"),
        asks=ACCURACY,
        writes=LABEL,
        config={"metric": "accuracy"},
    ),
    # Texts are labels, however they are spelled.
    "a text as train spells it": Case(
        labels=YES_NO, sample=column("No"), asks=ACCURACY, writes=("id,target", "200,No")
    ),
    "a text in another case": Case(
        labels=YES_NO,
        sample=column("no"),
        asks=ACCURACY,
        writes=("id,target", "200,No"),
        tells={
            "labels": (
                "No, Yes",
                "as train spells them; the sample has 'no'; data.spelling: sample overrides it",
            )
        },
    ),
    "all texts in another case": Case(
        labels=YES_NO,
        sample=column("no", "yes"),
        asks=ACCURACY,
        writes=("id,target", "200,no"),
        tells={
            "labels": ("no, yes", "as the sample spells No, Yes; data.spelling: train overrides it")
        },
    ),
    "all texts in another case, and train's are wanted": Case(
        labels=YES_NO,
        sample=column("no", "yes"),
        asks=ACCURACY,
        writes=("id,target", "200,No"),
        config={"data.spelling": "train"},
        tells={
            "labels": (
                "No, Yes",
                "as train spells them; the sample has 'no', 'yes'; data.spelling is given",
            )
        },
    ),
    "a text in another case, and the sample's is wanted": Case(
        labels=YES_NO,
        sample=column("no"),
        asks=ACCURACY,
        writes=("id,target", "200,no"),
        config={"data.spelling": "sample"},
        tells={"labels": ("no, yes", "as the sample spells No, Yes; data.spelling is given")},
    ),
    "texts that train has, and one in another case": Case(
        labels=("red", "green", "blue"),
        sample=column("red", "Green"),
        asks=CLASSES,
        writes=("id,target", "200,blue"),
        tells={
            "labels": (
                "blue, green, red",
                "as train spells them; the sample has 'Green'; data.spelling: sample overrides it",
            )
        },
    ),
    "True and False for ones and zeros": Case(
        labels=ZERO_ONE,
        sample=column("True", "False"),
        asks=ACCURACY,
        writes=("id,target", "200,False"),
        tells={
            "labels": (
                "False, True",
                "as the sample spells 0, 1; data.spelling: train overrides it",
            )
        },
    ),
    "False alone for zeros": Case(
        labels=ZERO_ONE,
        sample=column("False"),
        asks=ACCURACY,
        writes=LABEL,
        tells={
            "labels": (
                "0, 1",
                "as train spells them; the sample has 'False'; data.spelling: sample overrides it",
            )
        },
    ),
    "blanks around texts": Case(
        labels=(" a", " b"),
        sample=column("a", "b"),
        asks=ACCURACY,
        writes=("id,target", "200,a"),
        tells={
            "labels": ("a, b", "as the sample spells  a,  b; data.spelling: train overrides it")
        },
    ),
    "a text that is no class": Case(
        labels=YES_NO,
        sample=column("maybe"),
        asks=ACCURACY,
        writes=("id,target", "200,No"),
        tells={
            "labels": ("No, Yes", "as train spells them; the sample's 'maybe' is no class of train")
        },
    ),
    # The id may stand anywhere.
    "the id last": Case(
        labels=ZERO_ONE,
        sample=["target,id", *(f"0,{one}" for one in IDS)],
        asks=ROC,
        writes=("target,id", "0.25,200"),
        tells={"id": ("id", "a column that test has too")},
    ),
    "the id between the classes": Case(
        labels=("a", "b"),
        sample=["a,id,b", *(f"0,{one},0" for one in IDS)],
        asks=ROC,
        writes=("a,id,b", "0.75,200,0.25"),
    ),
    "the id last, under another name": Case(
        labels=ZERO_ONE,
        sample=["target,row", *(f"0,{one}" for one in IDS)],
        asks=ROC,
        writes=("target,row", "0.25,200"),
        tells={"id": ("row", "the sample calls it 'row' and holds the same values")},
    ),
    "the id last, in another case": Case(
        labels=ZERO_ONE,
        sample=["Target,ID", *(f"0,{one}" for one in IDS)],
        asks=ROC,
        writes=("Target,ID", "0.25,200"),
    ),
    "rows numbered in the last column": Case(
        labels=ZERO_ONE,
        sample=["target,number", "0,1", "0,2", "0,3", "0,4"],
        asks=ROC,
        writes=("target,number", "0.25,1"),
    ),
    "a column copied from test": Case(
        labels=ZERO_ONE,
        sample=["id,colour,target", *(f"{one},red,0" for one in IDS)],
        asks=ROC,
        writes=("id,colour,target", "200,red,0.25"),
    ),
    # One column a class, in whatever order and case.
    "a column for each class": Case(
        labels=("a", "b", "c", "d"),
        sample=["id,d,c,b,a", *(f"{one},0,0,0,0" for one in IDS)],
        asks=("multiclass", "log_loss"),
        writes=("id,d,c,b,a", "200,0.25,0.25,0.25,0.25"),
    ),
    "a column for each class, in another case": Case(
        labels=("red", "blue"),
        sample=["P_Red,P_Blue,id", *(f"0,0,{one}" for one in IDS)],
        asks=ROC,
        writes=("P_Red,P_Blue,id", "0.25,0.75,200"),
    ),
    "a column for each class, of which test has some": Case(
        labels=("width", "colour"),
        sample=["id,width,colour", *(f"{one},0.5,0.5" for one in IDS)],
        asks=ROC,
        writes=("id,width,colour", "200,0.25,0.75"),
    ),
    # Ids are numbers in whatever spelling, and stay as the sample spells them.
    "ids as floats in the sample": Case(
        labels=ZERO_ONE,
        sample=column("0", ids=[f"{one}.0" for one in IDS]),
        asks=ROC,
        writes=("id,target", "200.0,0.25"),
        tells={
            "ids": ("200 in test is 200.0", "as the sample spells them, and so does the submission")
        },
    ),
    "ids as floats in test": Case(
        labels=ZERO_ONE,
        sample=column("0"),
        test_ids=[f"{one}.0" for one in IDS],
        asks=ROC,
        writes=CHANCE,
        tells={
            "ids": ("200.0 in test is 200", "as the sample spells them, and so does the submission")
        },
    ),
    "ids without their zeros in the sample": Case(
        labels=ZERO_ONE,
        sample=column("0"),
        test_ids=[f"00{one}" for one in IDS],
        asks=ROC,
        writes=CHANCE,
        tells={
            "ids": ("00200 in test is 200", "as the sample spells them, and so does the submission")
        },
    ),
    "ids with an exponent": Case(
        labels=ZERO_ONE,
        sample=column("0", ids=["1e+05", "100001", "100002", "100003"]),
        test_ids=["100000", "100001", "100002", "100003"],
        asks=ROC,
        writes=("id,target", "1e+05,0.25"),
        tells={
            "ids": (
                "100000 in test is 1e+05",
                "as the sample spells them, and so does the submission",
            )
        },
    ),
    "blanks around ids": Case(
        labels=ZERO_ONE,
        sample=column("0", ids=[f" {one}" for one in IDS]),
        asks=ROC,
        writes=("id,target", " 200,0.25"),
        tells={
            "ids": ("200 in test is  200", "as the sample spells them, and so does the submission")
        },
    ),
    # A number between classes is an amount.
    "a number between classes": Case(
        labels=MARKS,
        sample=column("5.3"),
        asks=RMSE,
        writes=("id,target", "200,2.5"),
        tells={
            "task": ("regression", "the sample holds 5.3, which is no class; --task overrides it")
        },
    ),
    "a half where classes are three": Case(
        labels=("0", "1", "2"), sample=column("0.5"), asks=RMSE, writes=("id,target", "200,2.5")
    ),
    "a number between two classes": Case(
        labels=("3", "7"), sample=column("5.5"), asks=RMSE, writes=("id,target", "200,2.5")
    ),
    "a whole number that is no class": Case(
        labels=MARKS, sample=column("0"), asks=CLASSES, writes=("id,target", "200,1")
    ),
    "a class written as a float": Case(
        labels=MARKS, sample=column("5.0"), asks=CLASSES, writes=("id,target", "200,1")
    ),
    "a number between classes, and the task is given": Case(
        labels=MARKS,
        sample=column("5.3"),
        asks=CLASSES,
        writes=("id,target", "200,1"),
        config={"data.task": "multiclass"},
    ),
    "a number between classes, and the metric wants labels": Case(
        labels=MARKS,
        sample=column("5.3"),
        asks=("multiclass", "qwk"),
        writes=("id,target", "200,1"),
        config={"metric": "qwk"},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_submission_has_the_form_of_the_sample(tmp_path: Path, case: Case):
    write_tables(tmp_path, case)
    lines, asked = submit(tmp_path, case.config)
    assert asked == [case.asks]
    assert (lines[0], lines[1]) == case.writes
    assert len(lines) == 1 + N_TEST
    told = {
        what: (value, why)
        for what, value, why in read(tmp_path, case.config)[0].dataset.schema.facts
    }
    for what, fact in case.tells.items():
        assert told[what] == fact
    assert told.keys() & {"ids", "labels"} == case.tells.keys() & {"ids", "labels"}


def write(folder: Path, **tables: Sequence[str]) -> None:
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def write_shops(folder: Path, sample: Sequence[str]) -> None:
    """Write sales of two shops on many days, to be predicted for two more."""
    days = [f"2024-01-{day:02d}" for day in range(1, 31)]
    train = [
        f"{shop},{day},{place % 7 + shop / 2}" for shop in (1, 2) for place, day in enumerate(days)
    ]
    test = [f"{shop},{day}" for shop in (1, 2) for day in ("2024-01-31", "2024-02-01")]
    write(
        folder, train=["shop,day,sales", *train], test=["shop,day", *test], sample_submission=sample
    )


SHOPS = ["day,sales,shop", "2024-02-01,0,1", "2024-02-01,0,2", "2024-01-31,0,1", "2024-01-31,0,2"]


def test_columns_that_name_a_row_together_stay_features(tmp_path: Path):
    write_shops(tmp_path, SHOPS)
    dataset = read(tmp_path, {})[0].dataset
    told = {what: (value, why) for what, value, why in dataset.schema.facts}
    assert told["id"] == (
        "day, shop",
        "columns of the sample that test has too; none of them names a row alone",
    )
    assert [one.name for one in dataset.schema.columns] == ["shop", "day"]
    assert submit(tmp_path, {})[0] == [
        "day,sales,shop",
        "2024-02-01,2.5,1",
        "2024-02-01,2.5,2",
        "2024-01-31,2.5,1",
        "2024-01-31,2.5,2",
    ]


@pytest.mark.parametrize(
    ("rows", "message", "hint"),
    [
        (
            [*SHOPS[:-1], "2024-02-01,0,2"],
            "sample_submission.csv: 1 of 4 ids repeat an earlier one, such as '2024-02-01, 2'.",
            "Remove the repeated rows, or name another id column with --id.",
        ),
        (
            SHOPS[:-1],
            "test.csv: 1 of 4 ids are not in sample_submission.csv, such as '2024-01-31, 2'.",
            "Give the sample that belongs to this test table with --sample.",
        ),
        (
            [*SHOPS[:-1], "2024-02-02,0,2"],
            "sample_submission.csv: 1 of 4 ids are not in test.csv, such as '2024-02-02, 2'.",
            "Give the sample that belongs to this test table with --sample.",
        ),
        (
            [SHOPS[0], *(f"2025-01-0{day},0,{shop}" for day in (1, 2) for shop in (1, 2))],
            "sample_submission.csv: 4 of 4 ids are not in test.csv, such as '2025-01-01, 1'.",
            "Give the sample that belongs to this test table with --sample.",
        ),
    ],
)
def test_rows_named_by_two_columns_have_to_be_those_of_test(
    tmp_path: Path, error_of: ErrorOf, rows: list[str], message: str, hint: str
):
    write_shops(tmp_path, rows)
    assert error_of(read, tmp_path, {}) == (message, hint)


@pytest.mark.parametrize(
    ("cells", "message", "hint"),
    [
        (
            [
                "day,sales,shop",
                *(f"{day},1,{shop}" for day, shop in ((1, 1), (1, 2), (2, 1), (2, 2))),
            ],
            "mine.csv: the id '1, 1' in row 1, expected '2024-02-01, 1'.",
            "Take the ids, and their order, from the sample.",
        ),
        (
            [SHOPS[0], *SHOPS[:0:-1]],
            (
                "mine.csv: the ids are right, but in another order: '2024-01-31, 2' in row 1, "
                "expected '2024-02-01, 1'."
            ),
            "Sort the rows, with their predictions, as in the sample.",
        ),
        (
            ["shop,day,sales", *(f"1,{day},0" for day in range(4))],
            (
                "mine.csv: the columns are right, but ordered shop, day, sales, "
                "expected day, sales, shop."
            ),
            "Put them in the expected order.",
        ),
    ],
)
def test_a_file_is_checked_for_both_columns(
    tmp_path: Path, error_of: ErrorOf, cells: list[str], message: str, hint: str
):
    write_shops(tmp_path, SHOPS)
    dataset = read(tmp_path, {})[0].dataset
    write(tmp_path, mine=cells)
    found = error_of(check_submission, tmp_path / "mine.csv", dataset, {"sales": "value"})
    assert found == (message, hint)


@pytest.mark.parametrize(
    ("header", "wants", "expected"),
    [("id", "probability", "id, target"), ("id,p", "label", "id, target")],
)
def test_a_file_without_the_target_does_not_fit_a_sample_of_ids(
    tmp_path: Path, error_of: ErrorOf, header: str, wants: Wants, expected: str
):
    write_tables(tmp_path, CASES["ids only"])
    dataset = read(tmp_path, {})[0].dataset
    write(tmp_path, mine=[header, *(",".join([one, "0"][: len(header.split(","))]) for one in IDS)])
    assert error_of(check_submission, tmp_path / "mine.csv", dataset, {"target": wants}) == (
        f"mine.csv: the columns are {header.replace(',', ', ')}, expected {expected}.",
        "Spell the header as expected.",
    )


def test_each_target_has_its_column_and_its_spelling(tmp_path: Path):
    train = [f"{row},{row},{'AB'[row % 2]},{row % 2},{row / 4}" for row in range(N_TRAIN)]
    sample = [f"{0.5 * row},{row % 2},{'ab'[row % 2]},{one}" for row, one in enumerate(IDS)]
    write(
        tmp_path,
        train=["id,width,kind,sold,price", *train],
        test=["id,width", *(f"{one},3" for one in IDS)],
        sample_submission=["Price,sold,kind,id", *sample],
    )
    lines, asked = submit(tmp_path, {})
    assert asked == [RMSE, ACCURACY, ACCURACY]
    assert lines[:3] == ["Price,sold,kind,id", "2.5,0,a,200", "2.5,1,b,201"]


def test_a_column_of_answers_in_test_is_still_the_target(tmp_path: Path):
    case = CASES["zeros alone"]
    write_tables(tmp_path, case)
    for cells in ("", "0", "1,"):
        answers = [f"{one},3,red,{cells.strip(',')}" for one in IDS]
        write(tmp_path, test=["id,width,colour,target", *answers])
        inference = read(tmp_path, {})[0]
        told = {what: (value, why) for what, value, why in inference.dataset.schema.facts}
        assert told["target"] == (
            "target",
            "named by the sample, which asks for other values than test has",
        )
        assert [one.name for one in inference.dataset.schema.columns] == ["width", "colour"]
        assert submit(tmp_path, {})[0][:2] == ["id,target", "200,0.25"]


@pytest.mark.parametrize(
    ("labels", "cells", "given", "message", "hint"),
    [
        (
            YES_NO,
            ("No", "maybe"),
            {},
            "sample_submission.csv: 'maybe' in 'target' is no class of the target.",
            "The classes are No, Yes; correct the sample, or leave it out.",
        ),
        (
            ("rEd", "GREEN"),
            ("rED",),
            {"data.spelling": "sample"},
            (
                "sample_submission.csv: 'rED' in 'target' does not show how every class of "
                "'target' is spelled."
            ),
            "Leave out data.spelling, or give a sample that holds each class.",
        ),
    ],
)
def test_a_sample_whose_texts_do_not_fit_is_refused(
    tmp_path: Path,
    error_of: ErrorOf,
    labels: Sequence[str],
    cells: Sequence[str],
    given: Mapping[str, Any],
    message: str,
    hint: str,
):
    case = Case(labels=labels, sample=column(*cells), asks=ACCURACY, writes=LABEL)
    write_tables(tmp_path, case)
    assert error_of(read, tmp_path, given) == (message, hint)


def test_what_the_sample_holds_is_part_of_the_content(tmp_path: Path):
    keys = set()
    for name in ("zeros alone", "zeros and ones", "halves", "zeros and ones written as floats"):
        write_tables(tmp_path, CASES[name])
        keys.add(read(tmp_path, {})[0].dataset.key)
    assert len(keys) == 4
