"""Which row of a file belongs to which row of a table."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from automl_cli.core.errors import DataError
from automl_cli.data.read import RawTable, read_table
from automl_cli.ensemble.outside.rows import PredictedRows, find_places, make_rows


def make(*ids: str, name: str = "id") -> PredictedRows:
    return make_rows("train", name, pa.chunked_array([pa.array(ids, pa.large_string())]), len(ids))


def read(folder: Path, text: str) -> RawTable:
    (folder / "oof.csv").write_text(text)
    return read_table(folder / "oof.csv")


SPELLINGS = [
    (("400", "7", "12"), "id,sold\n12,.1\n400,.2\n7,.3\n", [1, 2, 0]),
    (("400", "7", "12"), "id,sold\n12.0,.1\n400.0,.2\n7.0,.3\n", [1, 2, 0]),
    (("400.0", "7.0"), "id,sold\n7,.1\n400,.2\n", [1, 0]),
    (("400", "7"), "id,sold\n 7,.1\n4e2,.2\n", [1, 0]),
    (("400", "7"), "ID,Sold\n7,.1\n400,.2\n", [1, 0]),
    (("007", "7"), "id,sold\n7,.1\n007,.2\n", [1, 0]),
    (("b", "a"), "id,sold\na,.1\nb,.2\n", [1, 0]),
    (
        ("9007199254740993", "9007199254740992"),
        "id,s\n9007199254740992,1\n9007199254740993,1\n",
        [1, 0],
    ),
]


@pytest.mark.parametrize(("ids", "text", "expected"), SPELLINGS)
def test_rows_are_found_however_their_ids_are_ordered_and_spelled(
    tmp_path: Path, ids: tuple[str, ...], text: str, expected: list[int]
) -> None:
    places, note = find_places(read(tmp_path, text), make(*ids))
    assert places.tolist() == expected
    assert note is None


MISTAKES = [
    ("id,sold\n400.0,.1\n", "1 of 2 ids of train are missing, such as '7'."),
    ("id,sold\n400,.1\n400.0,.1\n7,.1\n", "the id '400.0' comes more than once."),
    (
        "id,sold\n400,.1\n7,.1\n8,.1\n9,.1\n",
        "2 of its 4 ids are not in train, such as the id '8'",
    ),
    ("id,sold\n400,.1\nx,.1\n", "1 of 2 ids of train are missing, such as '7'."),
    ("sold\n.1\n.2\n.3\n", "3 rows, expected 2 as in train."),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_file_for_other_rows_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        find_places(read(tmp_path, text), make("400", "7"))
    assert told in caught.value.message
    assert caught.value.hint


def test_a_file_without_ids_is_taken_in_the_order_of_the_table_and_that_is_told(
    tmp_path: Path,
) -> None:
    table = read(tmp_path, "sold\n.1\n.2\n")
    places, note = find_places(table, make("400", "7"))
    assert places.tolist() == [0, 1]
    assert note is not None
    assert note.endswith("oof.csv: no column 'id'; its rows are taken in the order of train.")
    unnamed = make_rows("train", None, None, 2)
    assert find_places(table, unnamed)[1] is None  # there is no other order


def test_many_rows_take_a_moment(tmp_path: Path) -> None:
    ids = np.random.default_rng(0).permutation(200_000).astype(str)
    (tmp_path / "oof.csv").write_text("id,s\n" + "\n".join(f"{one}.0,1" for one in ids[::-1]))
    places, _ = find_places(read_table(tmp_path / "oof.csv"), make(*ids))
    assert np.array_equal(places, np.arange(200_000)[::-1])
