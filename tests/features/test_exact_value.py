import numpy as np
import pandas as pd

from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column
from automl_cli.features.exact_value import EXACT_VALUE
from automl_cli.features.group import Features, GroupState


def fit(frame: pd.DataFrame, **own: ParamValue) -> GroupState | None:
    columns = tuple(Column(name=str(name), role="numeric", reason="") for name in frame)
    return EXACT_VALUE.fit(frame, columns, EXACT_VALUE.make_params(own))


def fit_transform(frame: pd.DataFrame, new: dict[str, list[float]]) -> tuple[Features, ...]:
    state = fit(frame, max_share=1)
    assert state is not None
    return tuple(EXACT_VALUE.transform(state, pd.DataFrame(new)))


def test_values_are_numbered_in_order_and_counted():
    known = pd.DataFrame({"age": [7.0, 7.0, 7.0, 30.0, 61.0, np.nan]})
    means, counts = fit_transform(known, {"age": [61.0, 7.0, 30.0, 8.0, np.nan, np.inf]})
    assert means.kind == "target_mean"
    assert means.names == ("age__exact",)
    assert means.array.tolist() == [[3, 1, 2, 0, 0, 0]]
    assert means.levels == (4,)
    assert counts.names == ("age__exact__log_count",)
    np.testing.assert_allclose(counts.array[0], np.log1p([1, 3, 1, 0, 1, 1]), rtol=1e-6)


def test_only_columns_of_few_values_are_taken():
    rows = np.arange(100)
    frame = pd.DataFrame({"two": rows % 2, "five": rows % 5, "six": rows % 6, "all": rows})
    state = fit(frame)
    assert state is not None
    assert state.meta["columns"] == ["five"]
    wider = fit(frame, max_share=0.06)
    assert wider is not None
    assert wider.meta["columns"] == ["five", "six"]
    assert fit(frame, max_share=0.01) is None


def test_neighbouring_floats_stay_apart():
    values = [1.0, float(np.nextafter(1.0, 2.0)), 1e16, 1e16 + 2]
    means = fit_transform(pd.DataFrame({"x": values}), {"x": values})[0]
    assert means.array.tolist() == [[1, 2, 3, 4]]
