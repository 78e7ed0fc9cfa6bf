from collections.abc import Callable
from pathlib import Path

import pytest

from automl_cli.core.metric import Wants
from automl_cli.data.check import check_submission
from automl_cli.data.infer import Inference

Infer = Callable[..., Inference]
ErrorOf = Callable[..., tuple[str, str]]

TRAIN = "id,x,y\n1,1,a\n2,2,b\n3,3,c\n"
BINARY = "id,x,y\n1,1,0\n2,2,1\n"
TEST = "id,x\n007,1\n8,2\n"
SAMPLE = "id,y\n007,0\n8,0\n"


HEADER = "Spell the header as expected."
IDS = "Take the ids, and their order, from the sample."
LABELS = (
    "Write labels as train spells them. If probabilities are expected, set their metric with "
    "--metric."
)
MISFITS: list[tuple[tuple[str, Wants], str, str, str]] = [
    (
        (BINARY, "probability"),
        "id,p\n007,0\n8,0\n",
        "the columns are id, p, expected id, y",
        HEADER,
    ),
    (
        (BINARY, "probability"),
        "id,y\n007,0\n",
        "1 rows, expected 2",
        "Write one row for each row of the sample.",
    ),
    (
        (BINARY, "probability"),
        "id,y\n8,0\n007,0\n",
        "the ids are right, but in another order: '8' in row 1, expected '007'",
        "Sort the rows, with their predictions, as in the sample.",
    ),
    (
        (BINARY, "probability"),
        "id,y\n7,0\n8,0\n",
        "the id '7' in row 1, expected '007'",
        IDS,
    ),
    (
        (BINARY, "probability"),
        "id,y\n007,0\n8,1.5\n",
        "'1.5' in column 'y', row 2, expected a probability",
        (
            "Fill every cell of the column with a probability, written like 0.25. "
            "If labels are expected, set their metric with --metric."
        ),
    ),
    (
        (BINARY, "value"),
        "id,y\n007,\n8,1\n",
        "'' in column 'y', row 1, expected a number",
        "Fill every cell of the column with a number, written like 0.25.",
    ),
    (
        (TRAIN, "label"),
        "id,y\n007,a\n8,d\n",
        "'d' in column 'y', row 2, expected a class of 'y' such as 'a'",
        LABELS,
    ),
    (
        (TRAIN, "ranking"),
        "id,y\n007,a b\n8,a d\n",
        "'a d' in column 'y', row 2, expected classes of 'y' such as 'a'",
        LABELS,
    ),
]


@pytest.mark.parametrize(("train_and_wants", "text", "message", "hint"), MISFITS)
def test_the_first_misfit_is_named(
    infer: Infer,
    error_of: ErrorOf,
    tmp_path: Path,
    train_and_wants: tuple[str, Wants],
    text: str,
    message: str,
    hint: str,
):
    train, wants = train_and_wants
    dataset = infer(train, TEST, SAMPLE).dataset
    (tmp_path / "out.csv").write_text(text)
    found = error_of(check_submission, tmp_path / "out.csv", dataset, {"y": wants})
    assert found == (f"out.csv: {message}.", hint)


def test_without_a_test_table_nothing_can_be_checked(
    infer: Infer, error_of: ErrorOf, tmp_path: Path
):
    dataset = infer(BINARY, target=("y",)).dataset
    (tmp_path / "out.csv").write_text("id,y\n1,0\n")
    message, _ = error_of(check_submission, tmp_path / "out.csv", dataset, {"y": "label"})
    assert message == "out.csv: no test table to check it against."
