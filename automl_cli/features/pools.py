"""All screened steps together: what each fold may take of them.

In each fold those columns enter the pool that stand out from chance at a given rate of false
discoveries (Benjamini and Hochberg, 1995). The pool holds what `features.selection` needs to take
columns from it: the inner products of their signals. Only rows that the fold may look at have a
say.
"""

from collections.abc import Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from automl_cli.core.arrays import BoolVector, Float32Matrix, IntVector
from automl_cli.features.null_importance import find_important
from automl_cli.features.screen import Scores, View, find_promising, score_column
from automl_cli.features.selection import FeaturePool
from automl_cli.features.signals import CodeCache, make_signals, multiply_signals, sample_seen
from automl_cli.features.steps import StoredColumn, list_columns

PoolEntry: TypeAlias = tuple[int, int]  # number of a step, number of a column it has stored

MOST_POOLED = 300  # columns of a fold
MOST_GIVEN = 100  # columns of the data that others have to add to


def make_pools(
    screened: Mapping[Path, Scores],
    given: Sequence[Path],
    views: Sequence[View],
    rate: float,
    *,
    second_opinion: bool = False,
    only: Sequence[int] | None = None,
) -> tuple[FeaturePool, ...]:
    """Return the pool of each fold.

    Parameters
    ----------
    screened
        The folder of each screened step, and its scores.
    given
        Folders of the steps whose columns others have to add to.
    views
        What columns are scored against, one for each repeat.
    rate
        The share of false discoveries that is accepted.
    second_opinion
        Whether columns also have to be important beside all others (`features.null_importance`).
    only
        The numbers of the folds whose pools are wanted; None: all.
    """
    tried = list(screened.values())
    own = [list_columns(folder) for folder in screened]
    raw = [column for folder in given for column in list_columns(folder)]
    cache = CodeCache(views[0].rows)
    raw_scores = [score_column(cache.code(one), views) for one in raw]
    significant = find_significant(tried, rate)
    pools: list[FeaturePool] = []
    places = [(view, fold) for view in views for fold in range(len(view.parts.seen))]
    for number, (view, fold) in enumerate(places):
        if only is not None and number not in only:
            continue
        of_fold = [scores[number] for scores in raw_scores]
        ranked = sorted(range(len(raw)), key=lambda k: -of_fold[k])
        first = [raw[k] for k in ranked[:MOST_GIVEN]]
        entries = _order(tried, significant[number], own, fold=number)
        if second_opinion and entries:
            columns = [*first, *(own[step][place] for step, place in entries)]
            important = find_important(columns, view, fold)
            entries = list(compress(entries, important[len(first) :]))
        columns = [*first, *(own[step][place] for step, place in entries)]
        rows = sample_seen(view, fold)
        signals = make_signals(columns, view, fold, rows, cache)
        pools.append(_make_pool(entries, signals, view, rows))
    return tuple(pools)


def find_significant(tried: Sequence[Scores], rate: float) -> list[list[BoolVector]]:
    """Return for each fold and step which of its columns stand out from chance.

    Parameters
    ----------
    tried
        The scores of each step.
    rate
        The accepted share of false discoveries among all columns of a fold.
    """
    from scipy.special import ndtr

    sizes = np.cumsum([len(scored.names) for scored in tried])[:-1]
    found = []
    for fold in range(len(tried[0].scores)):
        chance = ndtr(-np.concatenate([scored.scores[fold] for scored in tried]))
        order = np.argsort(chance, kind="stable")
        bounds = rate * np.arange(1, len(order) + 1) / len(order)
        below = np.flatnonzero(chance[order] <= bounds)
        stands_out = np.zeros(len(order), dtype=bool)
        stands_out[order[: below[-1] + 1 if len(below) else 0]] = True
        found.append(list(np.split(stands_out, sizes)))
    return found


def save_pools(folder: Path, pools: Sequence[FeaturePool], first: int = 0) -> None:
    """Write the pools of folds, `first` and those after it, into the existing `folder`."""
    for fold, pool in enumerate(pools, first):
        arrays = {name: getattr(pool, name) for name in FeaturePool.__slots__}
        np.savez(folder / f"pool-{fold}.npz", **arrays)


def load_pools(folder: Path, n_folds: int) -> tuple[FeaturePool, ...]:
    """Return the pools that `save_pools` wrote."""
    return tuple(load_pool(folder, fold) for fold in range(n_folds))


def load_pool(folder: Path, fold: int) -> FeaturePool:
    """Return the pool of one fold that `save_pools` wrote."""
    with np.load(folder / f"pool-{fold}.npz") as stored:
        arrays: Mapping[str, Any] = dict(stored)
    return FeaturePool(**{**arrays, "noise": float(arrays["noise"])})


def _order(
    tried: Sequence[Scores],
    significant: Sequence[BoolVector],
    own: Sequence[Sequence[StoredColumn]],
    *,
    fold: int,
) -> list[PoolEntry]:
    """Return what a fold may take, the best first."""
    found = []
    for number, (scored, stands_out) in enumerate(zip(tried, significant, strict=True)):
        wanted = stands_out & find_promising(scored)[fold]
        places = {column.name: place for place, column in enumerate(own[number])}
        found += [
            (-scored.scores[fold, k], number, places[scored.names[k]])
            for k in np.flatnonzero(wanted)
        ]
    return [(number, place) for _, number, place in sorted(found)[:MOST_POOLED]]


def _make_pool(
    entries: Sequence[PoolEntry], signals: Float32Matrix, view: View, rows: IntVector
) -> FeaturePool:
    """Return a fold's pool, from the signals of given columns and of its entries on some rows."""
    gradient = view.gradient.take(rows)
    scales = (gradient.hessian / view.gradient.hessian.mean(axis=1, keepdims=True)).ravel()
    slopes = gradient.gradient.ravel()
    gains = np.array([signal @ slopes for signal in signals])  # one by one: no copy as float64
    signals *= np.sqrt(scales).astype(np.float32)
    where = np.array(entries, dtype=np.int64).reshape(-1, 2)
    return FeaturePool(
        step=where[:, 0],
        column=where[:, 1],
        products=multiply_signals(signals),
        gains=gains,
        noise=float((gradient.gradient**2).mean()),
    )
