import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.features.text import TEXT_SHAPE

COLUMNS = (Column(name="note", role="text", reason=""),)


@pytest.mark.parametrize("dtype", ["str", "object"])
def test_shape_is_counted_the_same_for_every_storage(dtype: str):
    frame = pd.DataFrame({"note": pd.Series(["Ünï No. 12!\tOK", "", None], dtype=dtype)})
    state = TEXT_SHAPE.fit(frame, COLUMNS, {})
    assert state is not None
    made = next(TEXT_SHAPE.transform(state, frame))
    assert dict(zip(made.names, made.array.tolist(), strict=True)) == {
        "note__length": [14, 0, 0],
        "note__words": [4, 0, 0],
        "note__digits": [2, 0, 0],
        "note__capitals": [3, 0, 0],
        "note__punctuation": [2, 0, 0],
        "note__missing": [0, 0, 1],
    }


def test_without_gaps_there_is_no_flag():
    frame = pd.DataFrame({"note": pd.Series(["a"], dtype="str")})
    state = TEXT_SHAPE.fit(frame, COLUMNS, {})
    assert state is not None
    assert "note__missing" not in next(TEXT_SHAPE.transform(state, frame)).names
