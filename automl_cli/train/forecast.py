"""What a fold of a candidate will cost, in seconds and memory, from what its model has cost so far.

Boosters need time in inverse proportion to their learning rate. Shallow trees need more rounds that
take less each, so what counts is the median of the seconds to the best round, times the learning
rate. It only decides what is not started under a clock, and what is not started beside others where
memory is short.
"""

from dataclasses import dataclass, field
from statistics import median

from automl_cli.core.candidate import CandidateSpec
from automl_cli.train.unit import FitRecord


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
        The largest of these among fits that were cut: they show only a part.
    peaks
        The most memory that a fit of a model has taken, with and without screened columns.
    """

    round_seconds: dict[str, float] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)
    least_cost: dict[str, float] = field(default_factory=dict)
    peaks: dict[tuple[str, bool], int] = field(default_factory=dict)

    def record(self, spec: CandidateSpec, record: FitRecord) -> None:
        """Learn from a finished fit."""
        kind = (spec.model, bool(spec.screen))
        self.peaks[kind] = max(self.peaks.get(kind, 0), record.peak_bytes)
        rate = _learning_rate(spec)
        if rate is None or record.curve is None:
            return
        best = int(record.curve.argmin()) + 1
        self.round_seconds[spec.model] = record.seconds / len(record.curve)
        cost = rate * best * self.round_seconds[spec.model]
        if record.cut:
            self.least_cost[spec.model] = max(self.least_cost.get(spec.model, 0.0), cost)
        else:
            self.costs.setdefault(spec.model, []).append(cost)

    def peak_bytes(self, spec: CandidateSpec) -> int:
        """Return the memory of a fit like this one; 0 if nothing is known."""
        return self.peaks.get((spec.model, bool(spec.screen)), 0)

    def fold_seconds(self, spec: CandidateSpec) -> float:
        """Return the seconds to the best round of one fold; 0 if nothing is known."""
        rate = _learning_rate(spec)
        if rate is None or spec.model not in self.round_seconds:
            return 0.0
        known = self.costs.get(spec.model)
        cost = median(known) if known else self.least_cost.get(spec.model, 0.0)
        return min(spec.max_rounds * self.round_seconds[spec.model], cost / rate)


def _learning_rate(spec: CandidateSpec) -> float | None:
    rate = dict(spec.params).get("learning_rate")
    return float(rate) if isinstance(rate, int | float) and rate > 0 else None
