"""The columns of the sample: which name the rows, and which hold predictions.

Longer than other modules: it is one table of cases.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from data.sample_cases import (
    ACCURACY,
    CHANCE,
    IDS,
    N_TRAIN,
    RMSE,
    ROC,
    ZERO_ONE,
    Case,
    check_form,
    column,
    read,
    submit,
    write,
    write_tables,
)

from automl_cli.core.metric import Wants
from automl_cli.data.check import check_submission

ErrorOf = Callable[..., tuple[str, str]]

CASES: dict[str, Case] = {
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
    "a column for each class, written as floats": Case(
        labels=("3", "7"),
        sample=["id,class_3.0,class_7.0", *(f"{one},0,0" for one in IDS)],
        asks=ROC,
        writes=("id,class_3.0,class_7.0", "200,0.75,0.25"),
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
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_submission_has_the_form_of_the_sample(tmp_path: Path, case: Case):
    check_form(tmp_path, case)


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
                "mine.csv: the columns are right, but in the order shop, day, sales, "
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
    case = Case(labels=ZERO_ONE, sample=column("0"), asks=ROC, writes=CHANCE)
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
    ("header", "wants", "expected"),
    [("id", "probability", "id, target"), ("id,p", "label", "id, target")],
)
def test_a_file_without_the_target_does_not_fit_a_sample_of_ids(
    tmp_path: Path, error_of: ErrorOf, header: str, wants: Wants, expected: str
):
    write_tables(tmp_path, Case(labels=ZERO_ONE, sample=["id", *IDS], asks=ROC, writes=CHANCE))
    dataset = read(tmp_path, {})[0].dataset
    write(tmp_path, mine=[header, *(",".join([one, "0"][: len(header.split(","))]) for one in IDS)])
    assert error_of(check_submission, tmp_path / "mine.csv", dataset, {"target": wants}) == (
        f"mine.csv: the columns are {header.replace(',', ', ')}, expected {expected}.",
        "Spell the header as expected.",
    )
