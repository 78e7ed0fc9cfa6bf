"""How many rounds each fold predicts with.

Fold k takes the best round of the mean curve of the *other* folds of its repeat: no rows are lost
for early stopping, and a row's target does not choose the rounds of its own prediction. One thing
remains: a fold cannot use more rounds than it was trained for, and its own curve ended that
training, `patience` rounds after its best one.

A fold that has predicted before keeps its rounds when more folds come, unless these would choose
clearly others: to predict a large table once more costs what another fit does.
"""

from collections.abc import Sequence

import numpy as np

from automl_cli.core.arrays import FloatVector

KEPT = 0.25  # of its rounds by which the choice of a fold may change without being followed


def choose_rounds(
    curves: Sequence[FloatVector], repeats: Sequence[int], known: Sequence[int] = ()
) -> tuple[int, ...]:
    """Return the rounds for each fold.

    Parameters
    ----------
    curves
        Held-out loss after each round, one curve a fold; lengths may differ.
    repeats
        The repeat that each fold belongs to. Folds of other repeats hold the same rows, so only
        those of the same repeat are asked.
    known
        The rounds that the first folds have predicted with.

    Examples
    --------
    >>> falling, rising = np.array([3.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0])
    >>> choose_rounds([falling, rising], [0, 0])
    (1, 3)
    >>> slow = np.linspace(1.0, 0.0, num=100)
    >>> choose_rounds([slow, slow[:90]], [0, 0], known=[95])
    (95, 90)
    """
    chosen = [_choose(fold, curves, repeats) for fold in range(len(curves))]
    for fold, rounds in enumerate(known[: len(curves)]):
        if abs(chosen[fold] - rounds) <= KEPT * rounds:
            chosen[fold] = rounds
    return tuple(chosen)


def _choose(fold: int, curves: Sequence[FloatVector], repeats: Sequence[int]) -> int:
    others = [
        curve
        for number, curve in enumerate(curves)
        if number != fold and repeats[number] == repeats[fold]
    ]
    if not others:
        # A fold without others has watched judges alone, who tell no score: it may ask itself.
        return _find_best(curves[fold])
    return min(_find_best(_mean_curve(others)), len(curves[fold]))


def _find_best(curve: FloatVector) -> int:
    return int(np.argmin(curve)) + 1


def _mean_curve(curves: Sequence[FloatVector]) -> FloatVector:
    # A curve that ended earlier did so for want of improvement: its last value stands for the
    # rounds that it was not trained for.
    length = max(len(curve) for curve in curves)
    padded = [np.pad(curve, (0, length - len(curve)), mode="edge") for curve in curves]
    return np.asarray(np.mean(padded, axis=0))
