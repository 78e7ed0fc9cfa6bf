"""The candidates that a study may begin: trials, the list, and what samplers propose.

First of all one cheap learner tries larger trees, then ways of handing columns over; what these
show is settled before anything else is begun.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.features.state import FeatureSet
from automl_cli.models import MODELS
from automl_cli.planning.growth import is_growth_open
from automl_cli.planning.plan import grow_spec, is_screened
from automl_cli.search.factory import CandidateFactory, list_searched
from automl_cli.search.growth import judge_growths, make_growths
from automl_cli.search.point import Point
from automl_cli.search.rates import COARSER, FINER, find_most, fit_rate, least_seconds, raise_rate
from automl_cli.search.sampler import Sampler
from automl_cli.search.samplers import make_samplers, make_way_trials
from automl_cli.search.space import make_space, name_way
from automl_cli.search.state import ArmState
from automl_cli.search.ways import TOP, Way, WaysVerdict, judge_ways
from automl_cli.train.forecast import Forecast, find_rate


@dataclass(slots=True)
class CandidateQueue:
    """What may be begun, by model. The study alone changes it.

    Parameters
    ----------
    factory
        Makes candidates.
    listed
        The list, in its order.
    planned
        Those of it that were not begun, by model.
    growths
        Larger and smaller trees on trial, all of one model, with the factor of each.
    ways
        Ways on trial, all of one model.
    again
        Candidates of the list that were cut too early to tell, by model.
    samplers
        By model.
    drawn
        Settings of samplers that are not begun, by model.
    growth_of, ways_of
        What a candidate tries, by key: ways that come to the same columns are one candidate.
    growth
        How many times as many leaves trees get as in the list; None before it is settled.
    verdict
        What the ways have shown, once all were tried.
    taken
        Keys of candidates that were begun.
    rate
        The learning rate of what samplers propose, as a multiple of the one for searching.
    """

    factory: CandidateFactory
    listed: tuple[CandidateSpec, ...]
    planned: dict[str, deque[CandidateSpec]] = field(default_factory=dict)
    growths: deque[tuple[float, Point]] = field(default_factory=deque)
    ways: deque[tuple[Way, Point]] = field(default_factory=deque)
    again: dict[str, deque[Point]] = field(default_factory=dict)
    samplers: dict[str, Sampler] = field(default_factory=dict)
    drawn: dict[str, deque[Point]] = field(default_factory=dict)
    growth_of: dict[str, float] = field(default_factory=dict)
    ways_of: dict[str, list[Way]] = field(default_factory=dict)
    growth: float | None = None
    verdict: WaysVerdict | None = None
    taken: set[str] = field(default_factory=set)
    rate: float = FINER

    @property
    def lead(self) -> str:
        """The model that still has trials, or nothing."""
        trials = self.growths or self.ways
        return trials[0][1].spec.model if trials else ""

    @property
    def best_way(self) -> CandidateSpec | None:
        """What has tried the best way; None before all were judged."""
        return None if self.verdict is None else self.verdict.trial

    @property
    def is_settled(self) -> bool:
        """Whether all ways were judged, or none is tried."""
        return self.verdict is not None or not (self.ways or self.ways_of)

    def list_arms(self, forecast: Forecast, *, with_search: bool = True) -> tuple[ArmState, ...]:
        """Return the models in the order of the list, with what they have left.

        Parameters
        ----------
        forecast
            What fits have shown so far.
        with_search
            Whether there is time for what samplers propose.
        """
        models = dict.fromkeys([*self.planned, *self.samplers])
        return tuple(self._describe(model, forecast, with_search) for model in models)

    def take(self, model: str, slice_seconds: float, forecast: Forecast) -> Point | None:
        """Return the next candidate of a model that was not begun; None if there is none."""
        for point in self._list_points(model):
            spec = fit_rate(raise_rate(point.spec, point.least_rate), slice_seconds, forecast)
            if spec.key not in self.taken:
                self.taken.add(spec.key)
                return replace(point, spec=spec, meant=point.spec)
        return None

    def draw(self, model: str) -> list[Point]:
        """Return the next batch of settings of a model's sampler; empty if there is none."""
        sampler = self.samplers[model]
        points, start = [], len(sampler.asked)
        for number, setting in enumerate(sampler.draw(), start):
            made = self.factory.make(MODELS.get(model), setting, self.rate)
            if made is None:
                sampler.record(number, None)
            else:
                spec, feature_set = made
                found = Point(spec=spec, feature_set=feature_set, source="search", setting=setting)
                points.append(replace(found, number=number, is_found=True))
        return points

    def drop(self, key: str) -> None:
        """Take a candidate that is there from the list."""
        self.taken.add(key)
        for model, specs in self.planned.items():
            self.planned[model] = deque(spec for spec in specs if spec.key != key)

    def retry(self, point: Point) -> None:
        """Plan a candidate of the list again, which the clock has cut: with a larger rate."""
        rate, model = find_rate(point.spec), point.spec.model
        if point.source == "planned" and rate is not None and rate < find_most(point.spec):
            again = replace(point, spec=point.meant or point.spec, least_rate=COARSER * rate)
            self.again.setdefault(model, deque()).append(again)

    def list_planned(self) -> list[CandidateSpec]:
        """Return the candidates of the list that were not begun, as they would be begun now."""
        settled = [self._resolve(spec) for specs in self.planned.values() for spec in specs]
        left = [found[0] for found in settled if found is not None]
        return [spec for spec in dict.fromkeys(left) if spec.key not in self.taken]

    def set_growth(self, candidates: Mapping[str, Candidate]) -> None:
        """Take the size of trees that has shown itself best, and make ready what depends on it."""
        tried = {
            factor: candidates[key] for key, factor in self.growth_of.items() if key in candidates
        }
        self.growths.clear()
        self.growth = judge_growths(self.factory.problem, tried)
        self.samplers = make_samplers(self.factory, self.growth)
        self.ways.extend(make_way_trials(self.factory, self.samplers.values()))

    def judge(self, candidates: Mapping[str, Candidate], weights: Mapping[str, float]) -> None:
        """Take note of what the ways have shown, once all that were begun have ended."""
        if self.verdict is None and self.growth is not None and not self.ways:
            tried = {
                way: candidates[key]
                for key, ways in self.ways_of.items()
                if key in candidates
                for way in ways
            }
            self.verdict = judge_ways(self.factory.problem, tried, weights)
            if self.verdict is not None:  # samplers need not find out what is known
                fresh = make_samplers(self.factory, self.growth, self.verdict.find_lost_names())
                self.samplers = {
                    model: sampler if sampler.asked else fresh[model]
                    for model, sampler in self.samplers.items()
                }

    def _find_way(self, spec: CandidateSpec) -> Way | None:
        """Return the way in which a candidate of the list hands columns over, if it has a name."""
        model, factory = MODELS.get(spec.model), self.factory
        if model.search_rate is None:
            return None
        name = name_way(spec.recipe, model, factory.config, factory.columns)
        return None if name is None else (name, is_screened(spec))

    def _find_better_way(self, spec: CandidateSpec, verdict: WaysVerdict) -> Way | None:
        """Return the way that a candidate of the list gets if its own clearly lost.

        The first of a model without trials, which shows what the model is worth, gets the best one
        unless its own is about as good: models differ more if each has its own.
        """
        way, trial = self._find_way(spec), verdict.trial
        if way is None:
            return None
        is_first = spec == next(one for one in self.listed if one.model == spec.model)
        if is_first and trial is not None and spec.model != trial.model and way in verdict.worse:
            return verdict.best
        return verdict.find_other(way) if way in verdict.lost else None

    def _describe(self, model: str, forecast: Forecast, with_search: bool) -> ArmState:  # noqa: FBT001
        waiting = self.planned.get(model, deque())
        trials = [point for _, point in [*self.growths, *self.ways] if point.spec.model == model]
        sampler = self.samplers.get(model)
        again = self.again.get(model, deque())
        n_drawn = len(self.drawn.get(model, ())) if with_search else 0
        n_asked = sampler.trials - len(sampler.asked) if sampler and with_search else 0
        example = waiting[0] if waiting else None
        if trials or again:
            example = (trials or again)[0].spec
        elif n_drawn:
            example = self.drawn[model][0].spec
        return ArmState(
            model=model,
            n_left=len(trials) + len(again) + len(waiting) + n_drawn + n_asked,
            fold_seconds=0.0 if example is None else forecast.fold_seconds(example),
            least_seconds=0.0 if example is None else least_seconds(example, forecast),
            is_listed=bool(again or waiting),
            position=self._find_position(model),
        )

    def _find_position(self, model: str) -> int:
        """Return the first place that a model has left, from 1: samplers come after the list."""
        waiting = self.planned.get(model)
        if waiting:
            return 1 + min(map(self.listed.index, waiting))
        sampler = self.samplers.get(model)
        n_drawn = len(self.drawn.get(model, ()))
        return 1 + len(self.listed) + (len(sampler.asked) - n_drawn if sampler else 0)

    def _list_points(self, model: str) -> Iterator[Point]:
        if self.growths and self.lead == model:
            while self.growths:
                factor, point = self.growths.popleft()
                self.growth_of[point.spec.key] = factor
                yield point
            return  # the others depend on what these show
        while self.ways and self.lead == model:
            way, point = self.ways.popleft()
            self.ways_of.setdefault(point.spec.key, []).append(way)
            yield point
        again = self.again.get(model, deque())
        while again:
            yield again.popleft()
        waiting = self.planned.get(model, deque())
        while waiting:
            settled = self._resolve(waiting.popleft())
            if settled is not None:
                yield Point(spec=settled[0], feature_set=settled[1], source="planned")
        sampler = self.samplers.get(model)
        while sampler is not None:
            drawn = self.drawn.setdefault(model, deque())
            if not drawn:
                drawn.extend(self.draw(model))
            if not drawn:
                return
            yield drawn.popleft()

    def _resolve(self, spec: CandidateSpec) -> tuple[CandidateSpec, FeatureSet] | None:
        """Return a candidate of the list, with a better way if its own has clearly lost."""
        model, factory = MODELS.get(spec.model), self.factory
        grown = grow_spec(spec, self.growth or 1.0, factory.config)
        better = None if self.verdict is None else self._find_better_way(spec, self.verdict)
        if better is None:
            return factory.resolve(grown)
        way, generated = better
        space = make_space(model, factory.config, factory.columns)
        return factory.change_way(grown, model, way, space.limit_tops(TOP if generated else 0))


def make_queue(factory: CandidateFactory, specs: Sequence[CandidateSpec]) -> CandidateQueue:
    """Return what a study may begin.

    Parameters
    ----------
    factory
        Makes candidates.
    specs
        The list, in its order.
    """
    queue = CandidateQueue(factory, tuple(specs))
    for spec in specs:
        queue.planned.setdefault(spec.model, deque()).append(spec)
    if is_growth_open(factory.problem, factory.config):
        queue.growths.extend(make_growths(factory, list_searched(factory)))
    if not queue.growths:
        queue.set_growth({})
    return queue
