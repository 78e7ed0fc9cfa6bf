"""A candidate as a point of the search space: what may be begun, and why."""

from dataclasses import dataclass

from automl_cli.core.candidate import CandidateSpec
from automl_cli.features.state import FeatureSet
from automl_cli.search.space import Setting
from automl_cli.search.state import Source


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
        What a sampler has set, or None.
    """

    spec: CandidateSpec
    feature_set: FeatureSet
    source: Source
    number: int = -1
    setting: Setting | None = None
