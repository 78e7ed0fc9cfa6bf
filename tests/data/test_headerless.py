"""A table that begins with its rows is refused; names that are numbers are not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from automl_cli.data.batches import read_batches
from automl_cli.data.read import read_table

ErrorOf = Callable[..., tuple[str, str]]
HINT = "Write the names of the columns into a line above it, the same in every table."


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("1,5.1,a\n2,4.9,b\n3,5.0,a\n", "'1', '5.1', 'a'"),
        ("0,0,5.1\n1,0,4.9\n0,1,5.0\n", "'0', '0', '5.1'"),
        ("5,1\t7\tx\n4\t7\ty\n5,3\t8\tx\n", "'5,1', '7', 'x'"),
        (
            '1,0,3,"Braund, O",male,22\n2,1,1,"Cumings",female,38\n3,1,3,"Heik, L",male,26\n',
            "'1', '0', '3', 'Braund, O', 'male' …",
        ),
        ("yes,red\nno,red\nyes,blue\n", "'yes', 'red'"),
        ("39, State-gov, 7\n50, State-gov, 8\n38, Private, 5\n", "'39', 'State-gov', '7'"),
    ],
)
def test_cells_in_place_of_names_are_refused(
    tmp_path: Path, error_of: ErrorOf, content: str, shown: str
):
    (tmp_path / "t.csv").write_text(content)
    expected = (f"t.csv: the first line holds cells and no column names: {shown}.", HINT)
    assert error_of(read_table, tmp_path / "t.csv") == expected
    assert error_of(lambda: list(read_batches(tmp_path / "t.csv", 10))) == expected


@pytest.mark.parametrize(
    "content",
    [
        "id,0,1,2\n1,0,2,1\n2,2,1,0\n",  # names that count
        "0,1,2\n5,0,1\n7,2,1\n",
        "city,2019,2020\nBern,1800,2500\nZug,2021,1700\n",
        "1000.5,1001.2,1003\n0.1,0.2,0.5\n0.3,0.2,0.7\n",  # wave lengths
        "city,5,10,25,75\nBern,2,9,30,80\nZug,7,12,20,70\n",
        "2016-01-01,2016-01-02\n3,4\n5,6\n",
        "a,b\nx,y\nu,v\n",
        "a,b\n,\n1,2\n",
        "7\n7\n8\n",  # a single column may be anything
        "yes,red\nyes,red\nno,blue\n",  # the header again
    ],
)
def test_names_may_be_of_any_kind(tmp_path: Path, content: str):
    (tmp_path / "t.csv").write_text(content)
    assert ",".join(read_table(tmp_path / "t.csv").names) == content.splitlines()[0]
