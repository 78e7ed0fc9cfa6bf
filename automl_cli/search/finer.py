"""Candidates anew, with a finer learning rate.

Coarse fits tell candidates apart; a blend is better of fine ones. So what was tried with a rate
that was raised, to end in time, is fitted again with a finer one once it has shown its worth.
"""

from dataclasses import replace

from automl_cli.core.candidate import Candidate
from automl_cli.models import MODELS
from automl_cli.search.point import Point
from automl_cli.search.queue import CandidateQueue
from automl_cli.search.rates import FINER, fit_rate
from automl_cli.train.forecast import Forecast, find_rate


def take_finer(
    queue: CandidateQueue, point: Point, seconds: float, forecast: Forecast
) -> Point | None:
    """Return a point with the finest learning rate that there is time for; None: it has it.

    Parameters
    ----------
    queue
        What may be begun; it takes note of the point.
    point
        What was begun.
    seconds
        What a fold may take.
    forecast
        What fits have shown so far.
    """
    meant = make_meant(queue, point)
    if meant is None:
        return None
    spec = fit_rate(meant.spec, seconds, forecast)
    rate, before = find_rate(spec), find_rate(point.spec)
    if rate is None or before is None or rate >= before or spec.key in queue.taken:
        return None
    queue.taken.add(spec.key)
    return replace(meant, spec=spec, source="finer", meant=meant.spec, number=-1)


def count_finest_seconds(
    queue: CandidateQueue, point: Point, candidate: Candidate, forecast: Forecast
) -> float:
    """Return what a fold would take with the learning rate that was meant; 0: it has that rate.

    Parameters
    ----------
    queue
        What may be begun.
    point, candidate
        What was begun, and what came of it.
    forecast
        What fits have shown so far.
    """
    meant = make_meant(queue, point)
    finest = None if meant is None else find_rate(meant.spec)
    rate = find_rate(point.spec)
    if meant is None or not finest or not rate or finest >= rate:
        return 0.0
    predicting = (candidate.predict_seconds or 0.0) / candidate.n_folds
    # What it waits for no improvement counts, too; but a trial of few rounds shows but a part.
    alike = candidate.fit_seconds / candidate.n_folds * rate / finest
    return max(forecast.fold_seconds(meant.spec), alike) + predicting


def make_meant(queue: CandidateQueue, point: Point) -> Point | None:
    """Return a point with the learning rate that was meant for it, and all rounds."""
    if point.setting is None:
        return None if point.meant is None else replace(point, spec=point.meant)
    made = queue.factory.make(MODELS.get(point.spec.model), point.setting, FINER)
    return made and replace(point, spec=made[0], feature_set=made[1])
