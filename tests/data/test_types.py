import json
from collections.abc import Callable

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl_cli.data.kinds import find_typing
from automl_cli.data.read import RawTable
from automl_cli.data.types import TableTyping, prepare_frame

Table = Callable[..., RawTable]
TRAIN = """whole,float,truth,time,date,level,words,gone
1,1.5,True,18:22,2014/2/12 18:22,b,the cat sat down,
2,,false,,2014/2/13 01:05,a,a dog ran away,NA
9007199254740993,"1,000.5",,00:01,,,no bird sings,
"""


def test_cells_get_the_promised_dtypes(table: Table):
    train = table(TRAIN)
    frame = prepare_frame(find_typing([train], train.names), train)
    assert frame["whole"].tolist() == [1, 2, 2**53 + 1]
    np.testing.assert_array_equal(frame["float"], [1.5, np.nan, 1000.5])
    np.testing.assert_array_equal(frame["truth"], [1.0, 0.0, np.nan])
    np.testing.assert_array_equal(frame["time"], [66120, np.nan, 60])
    assert frame["date"].iloc[0] == pd.Timestamp("2014-02-12 18:22")
    assert frame["date"].isna().tolist() == [False, False, True]
    assert frame["level"].cat.categories.tolist() == ["a", "b"]
    assert frame["level"].cat.codes.tolist() == [1, 0, -1]
    assert frame["words"].tolist()[0] == "the cat sat down"
    assert frame["gone"].isna().all()
    kinds = ["int64", "float64", "float64", "float64", "datetime64[us]", "category", "str"]
    assert [str(dtype) for dtype in frame.dtypes] == [*kinds, "float64"]


def test_a_typing_survives_json(table: Table):
    train = table(TRAIN)
    typing = find_typing([train], train.names)
    assert TableTyping.from_json(json.loads(json.dumps(typing.to_json()))) == typing


def test_new_rows_may_lack_and_may_add(table: Table):
    train = table(TRAIN)
    typing = find_typing([train], train.names)
    new = prepare_frame(typing, table(TRAIN.splitlines()[0] + "\n,x,perhaps,noon,soon,c,,5\n"))
    assert new.isna().all(axis=None)
    assert new["level"].cat.categories.tolist() == ["a", "b"]


def test_a_missing_column_is_named(table: Table, error_of: Callable[..., tuple[str, str]]):
    train = table(TRAIN)
    typing = find_typing([train], train.names)
    message, hint = error_of(prepare_frame, typing, table("float,level\n1,a\n", "new.csv"))
    assert message == (
        "new.csv: lacks the columns 'whole', 'truth', 'time', 'date', 'words' and 1 more "
        "of the training table."
    )
    assert hint == "Give a table with all feature columns of the training table."


cells = st.sampled_from(
    ["1", "2", " 3", "4.5", "", "?", "None", "True", "a", "b c d", "2014-02-12", "18:22", "1,000"]
)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8), first=cells)
def test_row_by_row_equals_the_batch(table: Table, rows: list[tuple[str, str]], first: str):
    def make(rows: list[tuple[str, str]]) -> RawTable:
        return table("n;a;b\n" + "".join(f"0;{a};{b}\n" for a, b in rows))

    typing = find_typing([make([("7", first), *rows])], ["a", "b"])
    batch = prepare_frame(typing, make(rows))
    single = pd.concat([prepare_frame(typing, make([row])) for row in rows], ignore_index=True)
    pd.testing.assert_frame_equal(batch, single, check_dtype=False)
