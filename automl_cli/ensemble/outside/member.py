"""Predictions that no candidate of a run has made, as a member of a blend."""

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import score_candidate


def make_member(
    problem: Problem,
    name: str,
    source: tuple[str, str],
    oof: FloatMatrix,
    test: FloatMatrix | None,
) -> Candidate:
    """Return a member with its score; name and source make its key.

    Parameters
    ----------
    problem
        What it answers.
    name
        What it is called.
    source
        The kind of place that it comes from, and the place.
    oof, test
        See `Candidate`.
    """
    scored = score_candidate(problem, oof)
    spec = CandidateSpec(
        target=problem.target.name,
        model=name,
        recipe=(),
        params=(source,),
        seed=problem.seed,
        max_rounds=0,
        patience=0,
        n_threads=1,
    )
    return Candidate(
        spec=spec,
        oof=oof,
        test=test,
        fold_scores=scored.fold_scores,
        score=scored.score,
        score_se=scored.score_se,
        rounds=(),
        fit_seconds=0.0,
        cut=False,
    )
