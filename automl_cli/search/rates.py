"""Learning rates by budget: a booster that would still learn at its end takes larger steps.

Boosters need time in inverse proportion to their learning rate (`train.forecast`), and a coarse fit
that has ended beats a fine one that was cut.
"""

import math
from dataclasses import replace

from automl_cli.core.candidate import CandidateSpec
from automl_cli.models import MODELS
from automl_cli.train.forecast import Forecast, find_rate

FINER = 0.4  # of the learning rate for searching: what a blend is made of
COARSER = 2.0  # times the rate of a fit that was cut early
STEP = 1.25  # between rates, so that like budgets give like candidates


def fit_rate(spec: CandidateSpec, seconds: float, forecast: Forecast) -> CandidateSpec:
    """Return the candidate with the learning rate that lets its fold end in time.

    Parameters
    ----------
    spec
        What was planned; its own rate stays if there is time for it.
    seconds
        What a fold may take.
    forecast
        What fits have shown so far.
    """
    rate = find_rate(spec)
    if rate is None or rate >= find_most(spec):
        return spec
    needed = forecast.fold_seconds(spec)
    if needed <= seconds:
        return spec
    steps = math.ceil(math.log(needed / seconds, STEP))
    return _set_rate(spec, float(f"{rate * STEP**steps:.2g}"))


def raise_rate(spec: CandidateSpec, least: float) -> CandidateSpec:
    """Return the candidate with a learning rate of at least `least`, if it has one."""
    rate = find_rate(spec)
    return spec if rate is None or rate >= least else _set_rate(spec, least)


def find_most(spec: CandidateSpec) -> float:
    """Return the largest learning rate that is of use to a candidate's model."""
    return MODELS.get(spec.model).most_rate


def _set_rate(spec: CandidateSpec, rate: float) -> CandidateSpec:
    params = {**dict(spec.params), "learning_rate": min(find_most(spec), rate)}
    return replace(spec, params=tuple(sorted(params.items())))


def least_seconds(spec: CandidateSpec, forecast: Forecast) -> float:
    """Return what a fold takes at least, with the largest learning rate; 0 if nothing is known."""
    rate = find_rate(spec)
    seconds = forecast.fold_seconds(spec)
    return seconds if rate is None else seconds * min(1.0, rate / find_most(spec))
