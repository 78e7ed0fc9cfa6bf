"""How much larger trees are than listed, on tables of more rows than the list was made for.

Trees of many leaves learn nothing reliable from few rows, and trees of few leaves little from many:
from 20,000 to 700,000 rows the best number of leaves grows about as the rows do
(benchmarks/RESULTS.md). A study under a clock measures it; this is the guess that it starts with.
"""

import math
from collections.abc import Collection, Mapping

from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import ParamValue
from automl_cli.core.model import ModelSpec
from automl_cli.core.problem import Problem

LISTED_FOR = 25_000  # training rows, for which the presets name the sizes of trees
STEP = 4  # between factors that are worth telling apart
MOST = 64


def choose_growth(problem: Problem, config: RunConfig) -> int:
    """Return how many times as many leaves trees get as are listed."""
    if config.search.growth != "auto":
        return config.search.growth
    return guess_growth(count_training_rows(problem))


def is_growth_open(problem: Problem, config: RunConfig) -> bool:
    """Return whether there are more rows than the list was made for, so that sizes are a guess."""
    return config.search.growth == "auto" and count_training_rows(problem) > LISTED_FOR


def count_training_rows(problem: Problem) -> int:
    """Return how many rows the largest fold learns from."""
    return max(len(fold.train) for fold in problem.folds)


def guess_growth(n_rows: int) -> int:
    """Return how many times as many leaves trees of so many training rows carry as are listed.

    Examples
    --------
    >>> [guess_growth(n_rows) for n_rows in (500, 25_000, 80_000, 560_000)]
    [1, 1, 4, 16]
    """
    steps = math.log(n_rows / LISTED_FOR, STEP) if n_rows > LISTED_FOR else 0.0
    return int(min(MOST, STEP ** round(steps)))


def grow_params(
    model: ModelSpec,
    params: Mapping[str, ParamValue],
    factor: float,
    fixed: Collection[str] = (),
) -> dict[str, ParamValue]:
    """Return parameters of a model with trees of `factor` times as many leaves.

    Parameters
    ----------
    model, params
        The model, and all its parameters.
    factor
        1: they stay.
    fixed
        The parameters that the user has named; they stay.
    """
    growth = model.growth
    if growth is None or factor == 1 or growth.param in fixed:
        return dict(params)
    value = params.get(growth.param)
    if not isinstance(value, int | float) or value <= 0:  # 0: no limit
        return dict(params)
    return {**params, growth.param: growth.grow(value, factor)}
