"""A small competition with predictions from outside, for tests of `automl blend`."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.commands.blend import BlendRequest, blend

N_TRAIN, N_TEST = 400, 100


def make_frame() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    hidden = rng.normal(size=n)  # known to outside models only
    frame = pd.DataFrame(
        {
            "id": np.arange(n) + 10,
            "size": rng.normal(size=n).round(3),
            "shop": rng.integers(0, 60, n),
        }
    )
    signal = frame["size"] + 2 * hidden + rng.normal(size=n)
    frame["sold"] = (signal > 0).astype(int)
    return frame, hidden


def make_outside(folder: Path, **changes: object) -> tuple[Path, Path]:
    """Write predictions of a model that knows more, changed as the test says."""
    frame, hidden = make_frame()
    shares = 1 / (1 + np.exp(-2 * hidden))
    table = pd.DataFrame({"id": frame["id"], "sold": shares})
    oof, test = table[:N_TRAIN].assign(**changes), table[N_TRAIN:]
    oof.to_csv(folder / "oof.csv", index=False)
    test.to_csv(folder / "outside.csv", index=False)
    return folder / "oof.csv", folder / "outside.csv"


def run_blend(place: Path, *others: Path, run: str = "run", **flags: bool) -> dict[str, Any]:
    """Blend into blended.csv, and return the figures with the warnings."""
    request = BlendRequest(run=place / run, others=others, out=place / "blended.csv", **flags)
    made = blend(request)
    return {**made["targets"][0], "warnings": made["warnings"]}
