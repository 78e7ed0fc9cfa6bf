"""Members that say the same as another one: copies that were rounded, rescaled or calibrated anew.

They bring nothing to a blend, and take weight from each other. Two correlations are looked at:
that of log-odds or values, which no linear change moves, and that of ranks, which no monotone one
does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import Float32Matrix, FloatMatrix, take_exact
from automl_cli.core.candidate import Candidate
from automl_cli.core.keys import make_seed
from automl_cli.core.margins import make_margins
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import thin_rows

ALIKE = 0.9999  # from here on; models of one kind with other seeds stay below it
_MAX_CELLS = 100_000  # of one member that are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A member that another one stands for.

    Parameters
    ----------
    key
        Its key.
    of
        The key of the other one.
    likeness
        The higher of their two correlations.
    """

    key: str
    of: str
    likeness: float


def find_copies(
    problem: Problem, candidates: Sequence[Candidate], *, n_safe: int
) -> tuple[Copy, ...]:
    """Return those that say the same as one before them.

    Parameters
    ----------
    problem
        What they answer.
    candidates
        All members, those that are to stay first.
    n_safe
        How many of the first ones are no copies, whatever they say.
    """
    rows = np.flatnonzero(problem.folds.covered())
    limit = max(1, _MAX_CELLS // problem.n_outputs)
    rows = thin_rows(rows, limit, make_seed(problem.seed, "copies"))
    margins = np.empty((len(candidates), len(rows) * problem.n_outputs), dtype=np.float32)
    for place, candidate in enumerate(candidates):
        margins[place] = make_margins(take_exact(candidate.oof, rows), problem.objective).ravel()
    likeness = _correlate(margins)
    for place, values in enumerate(margins):
        margins[place] = _rank(values)
    likeness = np.fmax(likeness, _correlate(margins))
    return _join(candidates, likeness, n_safe)


def _join(candidates: Sequence[Candidate], likeness: FloatMatrix, n_safe: int) -> tuple[Copy, ...]:
    kept, copies = list(range(n_safe)), []
    for place in range(n_safe, len(candidates)):
        nearest = max(kept, key=lambda other: likeness[place, other], default=None)
        if nearest is None or likeness[place, nearest] < ALIKE:
            kept.append(place)
            continue
        copies.append(
            Copy(
                key=candidates[place].spec.key,
                of=candidates[nearest].spec.key,
                likeness=float(likeness[place, nearest]),
            )
        )
    return tuple(copies)


def _correlate(values: Float32Matrix) -> FloatMatrix:
    """Return the correlations of rows, 0 where one is constant; `values` is standardised."""
    values -= values.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    norms = np.sqrt(np.einsum("ij,ij->i", values, values, dtype=np.float64))
    values /= np.where(norms > 0, norms, 1.0)[:, None].astype(np.float32)
    return np.asarray(np.clip(values @ values.T, -1.0, 1.0), dtype=np.float64)


def _rank(values: Float32Matrix) -> FloatMatrix:
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)
