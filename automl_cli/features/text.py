"""The shape of texts: how long, how many words, digits, capitals and punctuation marks."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from automl_cli.core.dataset import Column
from automl_cli.features.group import FeatureGroup, Features, GroupParams, GroupState, names_of_role


def fit_text_shape(
    frame: pd.DataFrame, columns: tuple[Column, ...], _: GroupParams
) -> GroupState | None:
    """Learn which text columns there are and which of them have gaps."""
    names = names_of_role(columns, "text")
    gaps = [name for name in names if frame[name].isna().any()]
    return GroupState(meta={"columns": names, "gaps": gaps}) if names else None


def transform_text_shape(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the counts, 0 for a missing text, and a flag for each column that had gaps."""
    made = {}
    for name in state.meta["columns"]:
        texts = frame[name].fillna("")
        made[f"{name}__length"] = texts.str.len()
        for what, pattern in PATTERNS.items():
            made[f"{name}__{what}"] = texts.str.count(pattern)
    for name in state.meta["gaps"]:
        made[f"{name}__missing"] = frame[name].isna()
    array = np.stack([counts.to_numpy(dtype=np.float32) for counts in made.values()])
    yield Features(kind="values", names=tuple(made), array=array)


# Written without \d and \w, which mean other characters to pyarrow than to Python.
PATTERNS: Mapping[str, str] = {
    "words": "[^ \t\r\n]+",
    "digits": "[0-9]",
    "capitals": "[A-Z]",
    "punctuation": r"[!-/:-@\[-`{-~]",
}
TEXT_SHAPE = FeatureGroup(name="text_shape", fit=fit_text_shape, transform=transform_text_shape)
