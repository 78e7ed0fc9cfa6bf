import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from automl_cli.data.read import read_table

ErrorOf = Callable[..., tuple[str, str]]


ROWS = [{"id": "007", "name": "a"}, {"id": "1.0", "name": "NA"}]
CUT_OFF = "Compressed file ended before the end-of-stream marker was reached."
PLAIN = "id,name\n007,a\n1.0,NA\n"


def rows(path: Path) -> list[dict[str, str]]:
    return read_table(path).table.to_pylist()


def save(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return buffer.getvalue()


def test_cells_are_kept_byte_for_byte(tmp_path: Path):
    assert rows(save(tmp_path / "t.csv", PLAIN)) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_recognised(tmp_path: Path, delimiter: str):
    assert rows(save(tmp_path / "t.csv", PLAIN.replace(",", delimiter))) == ROWS


@pytest.mark.parametrize(
    "content",
    [gzip.compress(PLAIN.encode(), mtime=0), zipped(t_csv=PLAIN), b"\xef\xbb\xbf" + PLAIN.encode()],
    ids=["gzip", "zip", "mark"],
)
def test_the_content_decides_how_a_file_is_unpacked(tmp_path: Path, content: str | bytes):
    assert rows(save(tmp_path / "t.csv", content)) == ROWS


def test_a_mac_zip_holds_one_table(tmp_path: Path):
    buffer = io.BytesIO(zipped(t_csv=PLAIN))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("__MACOSX/._t.csv", "x")
    assert rows(save(tmp_path / "t.zip", buffer.getvalue())) == ROWS


def test_utf16_is_read(tmp_path: Path):
    table = read_table(save(tmp_path / "t.csv", "a,b\né,ß\n".encode("utf-16")))
    assert table.table.to_pylist() == [{"a": "é", "b": "ß"}]
    assert table.notes == (("encoding", "read as utf-16"),)


@pytest.mark.parametrize(
    ("cell", "encoding"), [("caf\xe9 \u20ac", "cp1252"), ("caf\xe9 \x81", "latin-1")]
)
def test_another_encoding_is_read_and_noted(tmp_path: Path, cell: str | None, encoding: str):
    table = read_table(save(tmp_path / "t.csv", f"a,b\n1,x\n2,{cell}\n".encode(encoding)))
    assert table.cells("b")[1].as_py() == cell
    assert table.notes == (("encoding", f"not UTF-8 (line 3), read as {encoding}"),)


def test_quoted_cells_hold_delimiters_quotes_and_line_ends(tmp_path: Path):
    path = save(tmp_path / "t.csv", 'a,b\r\n1,"x, ""y""\nz"\r\n2,\r\n')
    assert rows(path) == [{"a": "1", "b": 'x, "y"\nz'}, {"a": "2", "b": ""}]


def test_parquet_becomes_text(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "whole": [2**60 + 1, 2],
            "gaps": [1.0, None],
            "float": [0.1, 2.5],
            "truth": [True, False],
            "text": ["007", None],
            "date": pd.to_datetime(["2024-02-29 10:00", None]),
            "level": pd.Categorical(["x", "y"]),
        },
        index=[5, 6],
    )
    frame.to_parquet(tmp_path / "t.parquet")
    first, second = rows(tmp_path / "t.parquet")
    assert list(first.values())[:5] == [str(2**60 + 1), "1", "0.1", "True", "007"]
    assert first["date"].startswith("2024-02-29 10:00:00")
    assert list(second.values()) == ["2", "", "2.5", "False", "", "", "y"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_characters="\r\0"))] * 2),
        min_size=1,
        max_size=8,
    )
)
@example(cells=[("", ""), ("", " 0")])
@example(cells=[("", ""), ("", " ")])  # nothing else shows whether blanks belong to cells
def test_what_pandas_writes_is_read_back_byte_for_byte(tmp_path: Path, cells: Sequence[str | None]):
    frame = pd.DataFrame(cells, columns=["first", "second"])
    frame.insert(0, "id", range(len(frame)))
    frame.to_csv(tmp_path / "t.csv", index=False)
    read = [(row["first"], row["second"]) for row in rows(tmp_path / "t.csv")]
    assert read == cells


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "t.csv: the file is empty."),
        (" \n\n", "t.csv: the file is empty."),
        ("a,b\n", "t.csv: a header of 2 columns and no rows."),
        ("a,b,a\n1,2,3\n", "t.csv: column names must differ; more than one column is called 'a'."),
        ("a,b\n1,2\n1,2,3\n", "t.csv:3: 3 cells, expected 2 as in the header."),
        ("a,b\n1,2\n1\n", "t.csv:3: 1 cells, expected 2 as in the header."),
        ('a,b\n1,"x\n2,y\n', "t.csv: a quoted cell is never closed."),
        ("<!DOCTYPE html>\n<html></html>", "t.csv: a web page, expected a table."),
        ('{"a": [1]}', "t.csv: JSON, expected a table."),
        (b"\x89PNG\x00\x01\x02", "t.csv: binary data, expected a csv or parquet table."),
        (
            zipped(a_csv=PLAIN, b_csv=PLAIN),
            "t.csv: 2 files in the archive, expected one table: a.csv, b.csv.",
        ),
        (
            gzip.compress(PLAIN.encode(), mtime=0)[:-4],
            "t.csv: a damaged archive: " + CUT_OFF,
        ),
    ],
)
def test_what_is_no_table_is_refused(
    tmp_path: Path, error_of: ErrorOf, content: str | bytes, message: str
):
    assert error_of(read_table, save(tmp_path / "t.csv", content))[0] == message


def test_a_broken_parquet_file_is_refused(tmp_path: Path, error_of: ErrorOf):
    message, _ = error_of(read_table, save(tmp_path / "t.parquet", b"PAR1 and no more"))
    assert message.startswith("t.parquet: not readable as parquet: ")


def test_a_nested_parquet_column_is_refused(tmp_path: Path, error_of: ErrorOf):
    pd.DataFrame({"a": [[1], [2]]}).to_parquet(tmp_path / "t.parquet")
    message, _ = error_of(read_table, tmp_path / "t.parquet")
    assert message.startswith("t.parquet: column 'a' holds list<")
    assert message.endswith("expected numbers, texts or dates.")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, error_of: ErrorOf):
    assert error_of(read_table, tmp_path / "t.csv") == ("t.csv: no such file.", "Check the path.")
    (tmp_path / "folder").mkdir()
    assert error_of(read_table, tmp_path / "folder")[0] == "folder: a folder, expected a file."


def test_a_table_tells_which_columns_it_has(tmp_path: Path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    table = read_table(tmp_path / "a.csv")
    assert [table.has(name) for name in ("x", "y", "z", "")] == [True, True, False, False]
