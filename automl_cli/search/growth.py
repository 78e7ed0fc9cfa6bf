"""How large trees a table of many rows carries, tried on one cheap learner before anything else.

Up to the rows that the list was made for its sizes are known to be good. Beyond them, beside the
guess from the number of rows stand trees of four times and of a quarter of the leaves. The largest
wins that is better than smaller ones by more than chance.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from automl_cli.core.candidate import Candidate
from automl_cli.core.model import ModelSpec
from automl_cli.core.problem import Problem
from automl_cli.decision.losses import compare_losses
from automl_cli.planning.growth import MOST, STEP, choose_growth
from automl_cli.planning.plan import read_own
from automl_cli.search.factory import CandidateFactory
from automl_cli.search.gains import measure_row_losses
from automl_cli.search.point import Point, make_trial
from automl_cli.search.space import make_default, make_space

CLEARLY = 1.0  # paired standard errors by which larger trees have to be better


def list_growths(guess: int) -> tuple[float, ...]:
    """Return the factors to try, as multiples of the guess, which comes first.

    Examples
    --------
    >>> list_growths(1), list_growths(16), list_growths(64)
    ((1.0, 4.0), (1.0, 4.0, 0.25), (1.0, 0.25))
    """
    larger = (float(STEP),) if guess * STEP <= MOST else ()
    smaller = (1 / STEP,) if guess > 1 else ()
    return (1.0, *larger, *smaller)


def judge_growths(problem: Problem, tried: Mapping[float, Candidate]) -> float:
    """Return the factor that the judges of the first folds prefer; 1 if none was tried."""
    losses = dict(sorted(measure_row_losses(problem, tried).items()))
    best = min(losses, default=1.0)
    for factor, own in losses.items():
        behind, error = compare_losses(losses[best], own)
        if math.isfinite(error) and behind > CLEARLY * error:
            best = factor
    return best


def make_growths(
    factory: CandidateFactory, models: Iterable[ModelSpec]
) -> Iterator[tuple[float, Point]]:
    """Yield larger and smaller trees of the first model that can try them, with their factors."""
    able = (model for model in models if model.growth is not None and model.search_rate is not None)
    model = next(able, None)
    own = {} if model is None else read_own(model.name, factory.config)
    if model is None or model.growth is None or model.growth.param in own:
        return
    guess = choose_growth(factory.problem, factory.config)
    for factor in list_growths(guess):
        space = make_space(model, factory.config, factory.columns, guess * factor)
        default = make_default(space, factory.problem.fitted_task, own)
        plain = replace(default, tops=space.limit_tops(0))
        point = make_trial(factory, model, plain, "growth")
        if point is not None:
            yield factor, point
