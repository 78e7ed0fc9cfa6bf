"""One problem and how it is to be solved: what the stages of a run hand on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.dataset import Column
from automl_cli.core.problem import Problem
from automl_cli.features.state import FeatureSet


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPlan:
    """One problem and how it is to be solved.

    Parameters
    ----------
    problem
        The target, with all its folds.
    specs
        The candidates, the first to be tried first; it has no screened steps if others have.
    plain_sets
        For each recipe without screened steps where its features lie.
    data_key
        Key of the data set.
    columns
        The feature columns.
    transductive
        Whether features are fitted on test rows as well.
    config
        Everything the user has said.
    original
        What a row of the original data set would count; 0: none may be trained on.
    """

    problem: Problem
    specs: Sequence[CandidateSpec]
    plain_sets: Mapping[FeatureRecipe, FeatureSet]
    data_key: str
    columns: tuple[Column, ...]
    transductive: bool
    config: RunConfig
    original: float = 0.0
