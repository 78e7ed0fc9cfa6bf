"""A row that equals the header is left out and told with its line."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from automl_cli.core.errors import DataError
from automl_cli.data.batches import read_batches
from automl_cli.data.read import RawTable, read_table


def both(path: Path) -> tuple[RawTable, RawTable]:
    (batch,) = read_batches(path, rows=100)
    return read_table(path), batch


@pytest.mark.parametrize(
    ("content", "lines", "told"),
    [
        ("id,a\n1,2\nid,a\n3,4\n", (3,), "repeated in line 3, left out"),
        ("id,a\nid,a\n1,2\n3,4\n", (2,), "repeated in line 2, left out"),
        ("id,a\n1,2\n3,4\nid,a\n", (4,), "repeated in line 4, left out"),
        ("id,a\n1,2\nID, A \n3,4\nid,a\n", (3, 5), "repeated in lines 3 and 5, left out"),
        ("id,a\n\n1,2\n\n\nid,a\n3,4\n", (6,), "repeated in line 6, left out"),
        ("# x\nid,a\n1,2\nid,a\n3,4\n", (4,), "repeated in line 4, left out"),
        ('id,a\n1,"2"\n"id",a\n3,4\n', (3,), "repeated in line 3, left out"),
        ("id,a\r\n1,2\r\nid,a\r\n3,4\r\n", (3,), "repeated in line 3, left out"),
        ("id a\n1 2\nid  a\n3 4\n", (3,), "repeated in line 3, left out"),
        ("id, a, b\n1, 2, x\nid, a, b\n3, 4, y\n", (3,), "repeated in line 3, left out"),
        (
            "id,a\n1,2\n" + "id,a\n" * 7 + "3,4\n",
            tuple(range(3, 10)),
            "repeated in lines 3, 4, 5, 6, 7 and 2 more, left out",
        ),
    ],
)
def test_the_header_again_is_no_row(
    tmp_path: Path, content: str, lines: tuple[int, ...], told: str
):
    (tmp_path / "t.csv").write_bytes(content.encode())
    for table in both(tmp_path / "t.csv"):
        assert table.texts("id").tolist() == ["1", "3"]
        assert table.texts("a").tolist() == ["2", "4"]
        assert table.repeated == lines
        assert table.list_notes()[-1] == ("header", told)


def test_a_line_end_within_a_cell_counts(tmp_path: Path):
    (tmp_path / "t.csv").write_text('id,"a\nb"\n1,"x\ny\nz"\nid,"a\nb"\n2,u\n')
    for table in both(tmp_path / "t.csv"):
        assert table.texts("id").tolist() == ["1", "2"]
        assert table.repeated == (6,)


def test_ragged_rows_and_archives_are_no_obstacle(tmp_path: Path):
    text = "id,a\n1,2\nid,a\n3,4\n"
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert read_table(tmp_path / "t.csv.gz").repeated == (3,)


def test_parquet_has_rows_and_no_lines(tmp_path: Path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"id": ["1", "id", "3"], "a": ["2", "a", "4"]}).to_parquet(path)
    for table in both(path):
        assert table.texts("id").tolist() == ["1", "3"]
        assert table.list_notes() == (("header", "repeated in row 2, left out"),)


@pytest.mark.parametrize(
    "content",
    ["id,a\n1,a\nid,2\n", "id,a\n1,2\nid,\n", "id,a\n1,2\na,id\n", "id,a\nidx,a\n1,ab\n"],
)
def test_a_row_that_only_resembles_the_header_stays(tmp_path: Path, content: str):
    (tmp_path / "t.csv").write_text(content)
    for table in both(tmp_path / "t.csv"):
        assert (table.n_rows, table.repeated) == (2, ())


def test_batches_tell_their_own_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("automl_cli.data.batches.BLOCK_BYTES", 64)
    rows = [f"{row},{row}" for row in range(60)]
    for place in (5, 6, 47):
        rows[place] = "id,a"
    (tmp_path / "t.csv").write_text("\n".join(["id,a", *rows]) + "\n")
    tables = list(read_batches(tmp_path / "t.csv", rows=4))
    assert len(tables) > 10
    assert sum(table.n_rows for table in tables) == 57
    assert [line for table in tables for line in table.repeated] == [7, 8, 49]


def test_a_ragged_row_behind_batches_is_named_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("automl_cli.data.batches.BLOCK_BYTES", 64)
    rows = ["id,a", *(f"{row},{row}" for row in range(40)), "id,a", '40,"x\ny"', "41,z"]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n")
    tables = list(read_batches(tmp_path / "t.csv", rows=4))
    assert [line for table in tables for line in table.repeated] == [42]
    assert [cell for table in tables for cell in table.texts("id")] == [*map(str, range(42))]


def test_a_table_without_columns_is_refused(tmp_path: Path):
    pd.DataFrame(index=range(3)).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DataError, match="a header of 0 columns and no rows"):
        read_table(tmp_path / "t.parquet")


def test_a_name_that_is_not_ascii_is_found_in_any_case(tmp_path: Path):
    (tmp_path / "t.csv").write_text("größe,ü\n1,2\nGRÖßE,Ü\n3,4\n", encoding="utf-8")
    for table in both(tmp_path / "t.csv"):
        assert (table.texts("ü").tolist(), table.repeated) == (["2", "4"], (3,))
