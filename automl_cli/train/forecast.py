"""What a fold of a candidate will cost, in seconds and memory, from what its model has cost so far.

Boosters need time in inverse proportion to their learning rate. Shallow trees need more rounds that
take less each, so what counts is the median of the seconds to the best round, times the learning
rate. It only decides what is not started under a clock, and what is not started beside others where
memory is short.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import TypeAlias

from automl_cli.core.candidate import CandidateSpec
from automl_cli.models import MODELS
from automl_cli.train.unit import FitRecord

Kind: TypeAlias = tuple[str, bool]  # a model, and whether there are generated columns

LEARNING = 0.95  # a best round so late in the curve says that the model was still learning
USUAL_RATE = 0.1  # of a fit that models without a learning rate are compared with
OPEN = 2.0  # times what a fit took that was still learning at its end is what it may need


@dataclass(slots=True)
class Forecast:
    """What is known of each kind of candidate: a model, with generated columns or without.

    Parameters
    ----------
    round_seconds
        Seconds of a round, by kind.
    costs
        Seconds to the best round times learning rate, by kind, one a fit.
    least_cost
        The largest of these among fits that were still learning: they show only a part.
    seconds
        What fits of models without a learning rate took, by kind.
    peaks
        The most memory that a fit has taken, by kind.
    """

    round_seconds: dict[Kind, float] = field(default_factory=dict)
    costs: dict[Kind, list[float]] = field(default_factory=dict)
    least_cost: dict[Kind, float] = field(default_factory=dict)
    seconds: dict[Kind, list[float]] = field(default_factory=dict)
    peaks: dict[Kind, int] = field(default_factory=dict)

    def record(self, spec: CandidateSpec, record: FitRecord) -> None:
        """Learn from a finished fit."""
        kind = find_kind(spec)
        self.peaks[kind] = max(self.peaks.get(kind, 0), record.peak_bytes)
        rate = find_rate(spec)
        if rate is None or record.curve is None:
            self.seconds.setdefault(kind, []).append(record.seconds)
            return
        best = int(record.curve.argmin()) + 1
        self.round_seconds[kind] = record.seconds / len(record.curve)
        cost = rate * best * self.round_seconds[kind]
        if record.cut or best > LEARNING * len(record.curve):
            self.least_cost[kind] = max(self.least_cost.get(kind, 0.0), cost)
        else:
            self.costs.setdefault(kind, []).append(cost)

    def peak_bytes(self, spec: CandidateSpec) -> int:
        """Return the memory of a fit like this one; 0 if nothing is known."""
        return self.peaks.get(find_kind(spec), 0)

    def fold_seconds(self, spec: CandidateSpec) -> float:
        """Return the seconds that one fold needs to its best round; 0 if nothing is known.

        What is not known of a model without generated columns is told by what it takes with them,
        or the reverse, and by what they cost others. Of a model that was not fitted yet others tell
        it, by the efforts of both.
        """
        kind, rate = find_kind(spec), find_rate(spec)
        cost = self._find(self._cost, kind)
        if cost is None:
            cost = self._usual_cost(kind) * MODELS.get(spec.model).effort
            return cost / (USUAL_RATE if rate is None else rate)
        if rate is None:
            return cost
        round_seconds = self._find(self.round_seconds.get, kind)
        return (
            cost / rate
            if round_seconds is None
            else min(spec.max_rounds * round_seconds, cost / rate)
        )

    def _cost(self, kind: Kind) -> float | None:
        """Return the seconds to the best round times the learning rate; None if unknown.

        Of a model without a learning rate, the seconds of a fit.
        """
        known = self.costs.get(kind) or self.seconds.get(kind)
        if known:
            return median(known)
        return OPEN * self.least_cost[kind] if kind in self.least_cost else None

    def _find(self, measure: Callable[[Kind], float | None], kind: Kind) -> float | None:
        """Return what is known of a kind, or else guessed by the model's other kind."""
        own, other = measure(kind), measure(_turn(kind))
        if own is not None or other is None:
            return own
        pairs = [(self._cost(one), self._cost(_turn(one))) for one in self.peaks if one[1]]
        ratios = [one / rest for one, rest in pairs if one and rest]
        factor = median(ratios) if ratios else 1.0
        return other * factor if kind[1] else other / factor

    def _usual_cost(self, kind: Kind) -> float:
        """Return the cost of a fit of effort 1, from those of the boosters that are known."""
        known = {model: self._find(self._cost, (model, kind[1])) for model, _ in self.round_seconds}
        return median(
            [cost / MODELS.get(model).effort for model, cost in known.items() if cost] or [0.0]
        )


def find_kind(spec: CandidateSpec) -> Kind:
    """Return the model of a candidate, and whether it has generated columns."""
    return spec.model, any(step.top is not None for step in spec.recipe)


def _turn(kind: Kind) -> Kind:
    return kind[0], not kind[1]


def find_rate(spec: CandidateSpec) -> float | None:
    """Return the learning rate of a candidate; None if its model has none."""
    rate = dict(spec.params).get("learning_rate")
    return float(rate) if isinstance(rate, int | float) and rate > 0 else None
