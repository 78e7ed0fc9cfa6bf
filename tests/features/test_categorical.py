import numpy as np
import pandas as pd

from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column
from automl_cli.features.categorical import COUNTS, NATIVE, ONEHOT, TARGET_MEAN
from automl_cli.features.group import FeatureGroup, Features

KNOWN = ["oslo", "rome", "rome", None, "oslo", "rome", "bonn"]
COLUMNS = (Column(name="city", role="categorical", reason=""),)


def fit_transform(group: FeatureGroup, new: list[str | None], **own: ParamValue) -> Features:
    state = group.fit(frame_of(KNOWN), COLUMNS, group.make_params(own))
    assert state is not None
    return next(group.transform(state, frame_of(new)))


def frame_of(values: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"city": pd.Categorical(values)})


def test_labels_are_numbered_from_one_and_missing_or_unseen_is_zero():
    made = fit_transform(NATIVE, ["bonn", "oslo", "rome", None, "wien"], min_count=1)
    assert made.array.tolist() == [[1, 2, 3, 0, 0]]
    assert made.levels == (4,)


def test_labels_absent_from_the_fitted_rows_have_no_code():
    frame = pd.DataFrame({"city": pd.Categorical(["b", "c"], categories=["a", "b", "c", "d"])})
    state = NATIVE.fit(frame, COLUMNS, NATIVE.make_params({"min_count": 1}))
    assert state is not None
    assert next(NATIVE.transform(state, frame)).array.tolist() == [[1, 2]]


def test_rare_labels_share_a_code():
    made = fit_transform(ONEHOT, ["oslo", "rome", "bonn", None, "wien"], min_count=3)
    assert made.array.tolist() == [[2, 1, 2, 0, 0]]
    assert made.levels == (3,)
    assert made.names == ("city__onehot",)


def test_without_rare_labels_there_is_no_code_for_them():
    assert fit_transform(ONEHOT, KNOWN, min_count=1).levels == (4,)


def test_counts_tell_missing_from_unseen():
    made = fit_transform(COUNTS, ["rome", "bonn", None, "wien"])
    assert made.names == ("city__log_count",)
    np.testing.assert_allclose(made.array[0], np.log1p([3, 1, 1, 0]), rtol=1e-6)


def test_target_means_come_as_codes():
    made = fit_transform(TARGET_MEAN, ["rome", None])
    assert made.kind == "target_mean"
    assert made.array.tolist() == [[3, 0]]
