"""What divides cells, what columns are called and where rows begin, whole and in batches."""

from collections.abc import Callable
from pathlib import Path

import pytest

from automl_cli.data.batches import read_batches
from automl_cli.data.read import RawTable, read_table

ErrorOf = Callable[..., tuple[str, str]]
COMMENTED = (("header", "in line 2, below comments"),)


def read(path: Path, content: str | bytes) -> RawTable:
    """Return the table as `read_table` reads it, and check that batches hold the same."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table = read_table(path)
    (batch,) = read_batches(path, rows=100)
    rows = [{name: row[name] for name in table.names} for row in batch.table.to_pylist()]
    assert rows == table.table.to_pylist()
    assert (batch.notes, batch.repeated) == (table.notes, table.repeated)
    return table


def cells(table: RawTable) -> list[list[str]]:
    return [list(table.names), *(list(row.values()) for row in table.table.to_pylist())]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id, a, b\n1, 2, x\n2, 3, y z\n", [["id", "a", "b"], ["1", "2", "x"], ["2", "3", "y z"]]),
        ("id,a,b\n1, 2, x\n2, 3,\n", [["id", "a", "b"], ["1", "2", "x"], ["2", "3", ""]]),
        ("id , a , b\n1 , 2 , x\n", [["id", "a", "b"], ["1", "2", "x"]]),
        ("id; a; b\n1; 2,5; x\n", [["id", "a", "b"], ["1", "2,5", "x"]]),
        ("id,  a\n 1,  2\n10, 33\n", [["id", "a"], ["1", "2"], ["10", "33"]]),
        ('id, a, b\n1, "x, y", "u"\n', [["id", "a", "b"], ["1", "x, y", "u"]]),
    ],
)
def test_blanks_beside_every_delimiter_belong_to_no_cell(
    tmp_path: Path, content: str, expected: list[list[str]]
):
    assert cells(read(tmp_path / "t.csv", content)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,a,b\n1, 2,x\n2,3,y\n", [["id", "a", "b"], ["1", " 2", "x"], ["2", "3", "y"]]),
        ("id,text\n1, hello\n2, good day\n", [["id", "text"], ["1", " hello"], ["2", " good day"]]),
        ("id,a,b\n1, x, y\n", [["id", "a", "b"], ["1", " x", " y"]]),
        ('id,a\n1," x"\n2,y\n', [["id", "a"], ["1", " x"], ["2", "y"]]),
    ],
)
def test_other_blanks_stay(tmp_path: Path, content: str, expected: list[list[str]]):
    assert cells(read(tmp_path / "t.csv", content)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id a b\n1 2 x\n2 3 y\n", [["id", "a", "b"], ["1", "2", "x"], ["2", "3", "y"]]),
        (
            "  id   a  b\n   1 2.5  x\n  20  33  y  \n",
            [["id", "a", "b"], ["1", "2.5", "x"], ["20", "33", "y"]],
        ),
        ('id a\r\n1 "x  y"\r\n2 z\r\n', [["id", "a"], ["1", "x  y"], ["2", "z"]]),
        ("id a\n1 2,5\n2 3,5\n", [["id", "a"], ["1", "2,5"], ["2", "3,5"]]),
        (
            '"a" "b"\n"1" 0.5 "x"\n"2" 0.7 "y"\n',
            [["", "a", "b"], ["1", "0.5", "x"], ["2", "0.7", "y"]],
        ),
    ],
)
def test_blanks_may_divide_cells(tmp_path: Path, content: str, expected: list[list[str]]):
    assert cells(read(tmp_path / "t.csv", content)) == expected


@pytest.mark.parametrize(
    "content",
    [
        "text\nhello world\ngood day\n",
        "first text\nhello world\ngood day\n",
        "id\n1\n2\n",
        "my id\n1\n2\n",
    ],
)
def test_words_of_a_single_column_are_no_cells(tmp_path: Path, content: str):
    lines = content.splitlines()
    assert cells(read(tmp_path / "t.csv", content)) == [[line] for line in lines]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,a,\n1,2,\n2,3,\n", [["id", "a"], ["1", "2"], ["2", "3"]]),
        ("id,a\n1,2,\n2,3,\n", [["id", "a"], ["1", "2"], ["2", "3"]]),
        ("id;a;;;\n1;2;;;\n", [["id", "a"], ["1", "2"]]),
        (",id,a,\n0,1,2,\n", [["", "id", "a"], ["0", "1", "2"]]),
        ("id,a\n1,2,\n2,,\n", [["id", "a"], ["1", "2"], ["2", ""]]),
        ("id;a\n1;2,\n2;3,\n", [["id", "a"], ["1", "2,"], ["2", "3,"]]),
    ],
)
def test_a_delimiter_at_the_ends_of_lines_makes_no_column(
    tmp_path: Path, content: str, expected: list[list[str]]
):
    assert cells(read(tmp_path / "t.csv", content)) == expected


def test_a_nameless_column_with_cells_stays(tmp_path: Path):
    table = read(tmp_path / "t.csv", "id,a,\n1,2,\n2,3,x\n")
    assert cells(table) == [["id", "a", ""], ["1", "2", ""], ["2", "3", "x"]]


def test_numbers_of_rows_may_have_no_name(tmp_path: Path):
    table = read(tmp_path / "t.csv", '"a","b"\n"1",0.5,"x"\n"2",0.7,"y"\n')
    assert cells(table) == [["", "a", "b"], ["1", "0.5", "x"], ["2", "0.7", "y"]]


def test_one_cell_more_than_names_is_refused_if_it_holds_something(
    tmp_path: Path, error_of: ErrorOf
):
    (tmp_path / "t.csv").write_text("a,b\nx,0.5,1\ny,0.7,2\n")
    assert error_of(read_table, tmp_path / "t.csv") == (
        "t.csv:2: 3 cells, expected 2 as in the header.",
        "Is this a table with one header line? A cell that holds the delimiter needs quotes.",
    )


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        ("# made by me, today\nid,a\n1,2\n", COMMENTED),
        ("# made by me\r\nid,a\r\n1,2\r\n", COMMENTED),
        ("#\n# x\n\nid,a\n1,2\n", (("header", "in line 4, below comments"),)),
        ("\n \nid,a\n1,2\n", ()),
        ("sep=,\nid,a\n1,2\n", ()),
        ('"sep=;"\nid;a\n1;2\n', ()),
        ("SEP=\t\nid\ta\n1\t2\n", ()),
        ("# id,a\n1,2\n", ()),
    ],
)
def test_what_stands_above_the_header_is_no_row(
    tmp_path: Path, content: str, notes: tuple[tuple[str, str], ...]
):
    table = read(tmp_path / "t.csv", content)
    assert cells(table) == [["id", "a"], ["1", "2"]]
    assert table.notes == notes


def test_the_separator_that_is_said_holds(tmp_path: Path):
    table = read(tmp_path / "t.csv", "sep=;\nid,a;b,c\n1,2;3,4\n")
    assert cells(table) == [["id,a", "b,c"], ["1,2", "3,4"]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("#id,a\n1,2\n", [["#id", "a"], ["1", "2"]]),
        ("#tag\n#x\n#y\n", [["#tag"], ["#x"], ["#y"]]),
        ("tag,a\n#x,1\n#y,2\n", [["tag", "a"], ["#x", "1"], ["#y", "2"]]),
    ],
)
def test_a_name_or_a_cell_may_begin_as_comments_do(
    tmp_path: Path, content: str, expected: list[list[str]]
):
    assert cells(read(tmp_path / "t.csv", content)) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf\xef\xbb\xbfid,a\n1,2\n2,3\n",
        b'\xef\xbb\xbf"id","a"\n"1","2"\n2,3\n',
        b"id,a\r1,2\r2,3\r",
        b"id,a\r\n1,2\n2,3\r",
        b"id,a\n1,2\n\n\r\n2,3",
    ],
)
def test_marks_and_line_ends_of_every_kind_are_read(tmp_path: Path, content: bytes):
    assert cells(read(tmp_path / "t.csv", content)) == [["id", "a"], ["1", "2"], ["2", "3"]]


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"id,a\n1,2\x00\n2,3\n", "NUL bytes left out (1, the first in line 2)"),
        (b"\x00id,a\n1,2\n2,3\n", "NUL bytes left out (1, the first in line 1)"),
        (b"id,a\n1,2\n2,3\n" + b"\x00" * 1500, "NUL bytes left out (1,500, the first in line 4)"),
        ("id,a\n1,2\n2,3\n".encode("utf-16-le"), "read as utf-16-le"),
        ("id,a\n1,2\n2,3\n".encode("utf-16-be"), "read as utf-16-be"),
    ],
)
def test_nul_bytes_are_left_out_and_told(tmp_path: Path, content: bytes, note: str):
    table = read(tmp_path / "t.csv", content)
    assert cells(table) == [["id", "a"], ["1", "2"], ["2", "3"]]
    assert table.notes == (("encoding", note),)


def test_a_row_that_is_unlike_those_before_is_named_by_its_line(tmp_path: Path, error_of: ErrorOf):
    rows = "".join(f"{row},2,\n" for row in range(40))
    (tmp_path / "t.csv").write_text(f"# x\nid,a\n{rows}3,4,5,\n")
    message, _ = error_of(read_table, tmp_path / "t.csv")
    assert message == "t.csv:43: 4 cells, expected 3 as in the rows before."


def test_a_nul_byte_far_down_is_found(tmp_path: Path):
    rows = b"".join(b"%d,2\n" % row for row in range(60_000))
    (tmp_path / "t.csv").write_bytes(b"id,a\n" + rows + b"7\x00,\x002\n")
    (table,) = read_batches(tmp_path / "t.csv", rows=100_000)
    assert table.texts("a")[-1] == "2"
    assert table.notes == (("encoding", "NUL bytes left out (2, the first in line 60002)"),)
