"""What a fold of a candidate will cost, in seconds and memory, from what its model has cost so far.

Boosters need time in inverse proportion to their learning rate. Shallow trees need more rounds that
take less each, so what counts is the median of the seconds to the best round, times the learning
rate. It only decides what is not started under a clock, and what is not started beside others where
memory is short.
"""

from dataclasses import dataclass, field
from statistics import median

from automl_cli.core.candidate import CandidateSpec
from automl_cli.models import MODELS
from automl_cli.train.unit import FitRecord

LEARNING = 0.95  # a best round so late in the curve says that the model was still learning
USUAL_RATE = 0.1  # of a fit that models without a learning rate are compared with
OPEN = 2.0  # times what a fit took that was still learning at its end is what it may need


@dataclass(slots=True)
class Forecast:
    """What is known of each model.

    Parameters
    ----------
    round_seconds
        Seconds of a round, by model.
    costs
        Seconds to the best round times learning rate, by model, one a fit.
    least_cost
        The largest of these among fits that were still learning: they show only a part.
    seconds
        What fits of models without a learning rate took, by model.
    peaks
        The most memory that a fit of a model has taken, with and without screened columns.
    """

    round_seconds: dict[str, float] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)
    least_cost: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peaks: dict[tuple[str, bool], int] = field(default_factory=dict)

    def record(self, spec: CandidateSpec, record: FitRecord) -> None:
        """Learn from a finished fit."""
        kind = (spec.model, bool(spec.screen))
        self.peaks[kind] = max(self.peaks.get(kind, 0), record.peak_bytes)
        rate = find_rate(spec)
        if rate is None or record.curve is None:
            self.seconds.setdefault(spec.model, []).append(record.seconds)
            return
        best = int(record.curve.argmin()) + 1
        self.round_seconds[spec.model] = record.seconds / len(record.curve)
        cost = rate * best * self.round_seconds[spec.model]
        if record.cut or best > LEARNING * len(record.curve):
            self.least_cost[spec.model] = max(self.least_cost.get(spec.model, 0.0), cost)
        else:
            self.costs.setdefault(spec.model, []).append(cost)

    def peak_bytes(self, spec: CandidateSpec) -> int:
        """Return the memory of a fit like this one; 0 if nothing is known."""
        return self.peaks.get((spec.model, bool(spec.screen)), 0)

    def fold_seconds(self, spec: CandidateSpec) -> float:
        """Return the seconds that one fold needs to its best round; 0 if nothing is known.

        Of a model that was not fitted yet others tell it, by the efforts of both.
        """
        rate, cost = find_rate(spec), self._cost(spec.model)
        if rate is None:
            known = self.seconds.get(spec.model)
            effort = MODELS.get(spec.model).effort
            return median(known) if known else self._usual_cost() * effort / USUAL_RATE
        if cost is None:
            return self._usual_cost() * MODELS.get(spec.model).effort / rate
        return min(spec.max_rounds * self.round_seconds[spec.model], cost / rate)

    def _cost(self, model: str) -> float | None:
        """Return the seconds to the best round times the learning rate; None if unknown."""
        known = self.costs.get(model)
        if known:
            return median(known)
        return OPEN * self.least_cost[model] if model in self.least_cost else None

    def _usual_cost(self) -> float:
        """Return the cost of a fit of effort 1, from those of the models that are known."""
        costs = {model: self._cost(model) for model in self.round_seconds}
        return median(
            [cost / MODELS.get(model).effort for model, cost in costs.items() if cost] or [0.0]
        )


def find_rate(spec: CandidateSpec) -> float | None:
    """Return the learning rate of a candidate; None if its model has none."""
    rate = dict(spec.params).get("learning_rate")
    return float(rate) if isinstance(rate, int | float) and rate > 0 else None
