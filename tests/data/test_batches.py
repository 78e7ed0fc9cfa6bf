"""The line of a row in a file, for messages."""

import gzip
from pathlib import Path

from automl_cli.data.batches import find_line

TEXT = 'a;b\n1;2\n\n3;"4\n5"\n6;7\n'


def test_the_line_of_a_row_counts_empty_lines_and_those_within_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT)
    assert [find_line(path, row) for row in range(4)] == [2, 4, 6, None]


def test_packed_files_have_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert find_line(path, 0) is None
    assert find_line(tmp_path / "none.csv", 0) is None
