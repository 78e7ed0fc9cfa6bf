"""A candidate whose models of each fold lie in a run directory, without fitting any."""

from pathlib import Path

import numpy as np

from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.problem import Problem


def make_candidate(root: Path, problem: Problem, n_folds: int) -> Candidate:
    """Return a candidate whose fold k predicts k for each test row."""
    spec = CandidateSpec(
        target=problem.target.name,
        model="linear",
        recipe=(),
        params=(),
        seed=0,
        max_rounds=1,
        patience=1,
        n_threads=1,
    )
    for fold in range(n_folds):
        folder = root / "units" / spec.key / f"fold-{fold}" / "predictions"
        folder.mkdir(parents=True)
        np.save(folder / "test.npy", np.full((10, 1), float(fold)))
    return Candidate(
        spec=spec,
        oof=np.zeros((len(problem.y), 1)),
        test=np.zeros((10, 1)),
        fold_scores=(3.0,) * n_folds,
        score=3.0,
        score_se=0.1,
        rounds=(),
        fit_seconds=1.0,
        cut=False,
        fits=tuple(f"fold-{fold}" for fold in range(n_folds)),
    )
