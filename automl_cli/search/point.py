"""A candidate as a point of the search space: what may be begun, and why."""

from dataclasses import dataclass, replace

from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.model import ModelSpec
from automl_cli.features.state import FeatureSet
from automl_cli.search.factory import CandidateFactory
from automl_cli.search.space import Setting
from automl_cli.search.state import Source

USED = 0.5  # of the slice
TRIAL_ROUNDS = 300  # of a cheap learner


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A candidate that may be begun.

    Parameters
    ----------
    spec, feature_set
        Which one, and where its features lie.
    source
        Why it is there.
    number
        Among the trials of its model's sampler; -1: it is not of one.
    setting
        What a sampler or a trial has set, or None.
    meant
        The candidate with the learning rate that it was meant to have, if it was begun.
    least_rate
        The smallest learning rate that it may be begun with.
    slice_seconds
        What a fold was given, if it was begun.
    is_found
        Whether a sampler proposed it, perhaps with another learning rate.
    """

    spec: CandidateSpec
    feature_set: FeatureSet
    source: Source
    number: int = -1
    setting: Setting | None = None
    meant: CandidateSpec | None = None
    least_rate: float = 0.0
    slice_seconds: float = 0.0
    is_found: bool = False

    def has_used_slice(self, seconds: float) -> bool:
        """Return whether a fold that took so long was cut by the clock.

        Later folds are also cut some rounds after those of the first, which is no want of time.
        """
        return seconds >= USED * self.slice_seconds


def make_trial(
    factory: CandidateFactory, model: ModelSpec, setting: Setting, source: Source
) -> Point | None:
    """Return a point of few rounds, which tries something; None if it makes no feature."""
    made = factory.make(model, setting)
    if made is None:
        return None
    spec = replace(made[0], max_rounds=min(made[0].max_rounds, TRIAL_ROUNDS))
    return Point(spec=spec, feature_set=made[1], source=source, setting=setting)
