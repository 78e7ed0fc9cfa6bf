"""Target means of random subsets of columns, each row's values joined to one code."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from automl_cli.core.arrays import CodeMatrix
from automl_cli.core.dataset import Column
from automl_cli.features.bases import Base, code_bases, count_joined, fit_bases
from automl_cli.features.codes import make_target_means
from automl_cli.features.crosses import (
    Combination,
    code_combinations,
    fit_combinations,
    keep_combinations,
)
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_count,
    get_smoothing,
)

BINS = (10,)  # of numbers, so that four columns together have rows enough
LARGEST_SIZE = 4
TRIES = 5  # draws for each subset wanted


def fit_random_subsets(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Draw subsets of 2 to 4 columns and give what occurs together its codes."""
    smoothing = get_smoothing("random_subsets", params)
    n_subsets = get_count("random_subsets", params, "n_subsets")
    seed = get_count("random_subsets", params, "seed")
    # The last base of a column is its coarsest.
    bases = list({base.column: base for base in fit_bases(frame, columns, BINS)}.values())
    codes = code_bases(bases, frame)
    chosen = _draw(bases, codes, n_subsets, seed)
    return fit_combinations(bases, codes, chosen, smoothing) if chosen else None


def transform_random_subsets(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the codes for target means."""
    for chunk in code_combinations(state, frame):
        yield make_target_means(*chunk, state.meta["smoothing"])


def _draw(bases: Sequence[Base], codes: CodeMatrix, n_subsets: int, seed: int) -> list[Combination]:
    # Subsets in which most rows stand alone teach nothing and are drawn anew.
    largest = min(LARGEST_SIZE, len(bases))
    if largest < 2:
        return []
    rng = np.random.default_rng(seed)
    is_kept: dict[Combination, bool] = {}
    for _ in range(TRIES * n_subsets):
        size = rng.integers(2, largest, endpoint=True)
        drawn = tuple(sorted(rng.choice(len(bases), size, replace=False).tolist()))
        if drawn not in is_kept:
            is_kept[drawn] = count_joined(bases, codes, drawn) <= codes.shape[1] / 2
        if sum(is_kept.values()) == n_subsets:
            break
    return [subset for subset, kept in is_kept.items() if kept]


RANDOM_SUBSETS = FeatureGroup(
    name="random_subsets",
    fit=fit_random_subsets,
    transform=transform_random_subsets,
    keep=keep_combinations,
    defaults={"n_subsets": 20, "seed": 0, "smoothing": 10.0},
)
