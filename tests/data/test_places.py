"""The line of a row in a file, for messages."""

import gzip
from pathlib import Path

from automl_cli.data.places import find_line
from automl_cli.data.read import read_table

TEXT = 'a;b\n1;2\n\n3;"4\n5"\n6;7\n'


def test_the_line_of_a_row_counts_empty_lines_and_those_within_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT)
    assert [find_line(path, row) for row in range(4)] == [2, 4, 6, None]


def test_packed_files_have_the_lines_of_their_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert find_line(path, 1) == 4


def test_rows_that_repeat_the_header_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\na,b\n3,4\n")
    assert find_line(path, 1, repeated=(3,)) == 4
    assert read_table(path).find_line(1) == 4


def test_what_is_no_csv_has_no_lines(tmp_path: Path) -> None:
    assert find_line(tmp_path / "none.csv", 0) is None
