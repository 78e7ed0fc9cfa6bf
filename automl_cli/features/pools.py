"""All screened steps together: what each fold may take of them.

In each fold those columns enter the pool that stand out from chance at a given rate of false
discoveries (Benjamini and Hochberg, 1995). The pool holds what `features.selection` needs to take
columns from it: the inner products of their signals. Only rows that the fold may look at have a
say.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np

from automl_cli.core.arrays import BoolVector, Float32Matrix, IntVector
from automl_cli.features.coded import Coded, code_column
from automl_cli.features.gradient import sum_codes, weigh_codes
from automl_cli.features.group import Features
from automl_cli.features.screen import Scores, View, score_column
from automl_cli.features.selection import Pool
from automl_cli.features.steps import load_step
from automl_cli.store import read_json, write_json

Entry: TypeAlias = tuple[int, int]  # number of a step, number of a column it has stored

MOST_POOLED = 300  # columns of a fold
MOST_GIVEN = 100  # columns of the data that others have to add to
CELLS = 100_000  # rows times outputs that signals are compared on


def make_pools(
    folders: Sequence[Path],
    tried: Sequence[Scores],
    given: Sequence[Path],
    views: Sequence[View],
    rate: float,
) -> tuple[Pool, ...]:
    """Return the pool of each fold.

    Parameters
    ----------
    folders
        Of the screened steps.
    tried
        Their scores.
    given
        Folders of the steps whose columns others have to add to.
    views
        What columns are scored against, one for each repeat.
    rate
        The share of false discoveries that is accepted.
    """
    own = [_list_columns(folder) for folder in folders]
    raw = [code_column(*found) for folder in given for found in _list_columns(folder)]
    raw_scores = np.stack([score_column(column, views) for column in raw])
    significant = find_significant(tried, rate)
    pools: list[Pool] = []
    for view in views:
        for number in range(len(view.parts.seen)):
            entries = _order(tried, significant[len(pools)], own, fold=len(pools))
            best = np.argsort(-raw_scores[:, len(pools)], kind="stable")[:MOST_GIVEN]
            columns = (code_column(*own[step][place]) for step, place in entries)
            pools.append(_make_pool(entries, [*(raw[k] for k in best), *columns], view, number))
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
    from scipy.stats import norm

    sizes = np.cumsum([len(scored.names) for scored in tried])[:-1]
    found = []
    for fold in range(len(tried[0].scores)):
        chance = norm.sf(np.concatenate([scored.scores[fold] for scored in tried]))
        order = np.argsort(chance, kind="stable")
        bounds = rate * np.arange(1, len(order) + 1) / len(order)
        below = np.flatnonzero(chance[order] <= bounds)
        stands_out = np.zeros(len(order), dtype=bool)
        stands_out[order[: below[-1] + 1 if len(below) else 0]] = True
        found.append(list(np.split(stands_out, sizes)))
    return found


def save_pools(folder: Path, pools: Sequence[Pool], tried: Sequence[Scores], rate: float) -> None:
    """Write the pools into the existing `folder`, and a table of all that was tried.

    The table has a row for each column: its step's number, its name, its codes, its mean score,
    and in how many folds it stands out from chance.
    """
    for fold, pool in enumerate(pools):
        arrays = {name: getattr(pool, name) for name in Pool.__slots__}
        np.savez(folder / f"pool-{fold}.npz", **arrays)
    significant = find_significant(tried, rate)
    rows: list[Any] = []
    for number, scored in enumerate(tried):
        n_folds = np.sum([of_fold[number] for of_fold in significant], axis=0)
        means = scored.scores.mean(axis=0).round(2)
        columns = zip(scored.names, scored.levels, means, n_folds, strict=True)
        rows += [
            [number, name, int(levels), float(mean), int(n)] for name, levels, mean, n in columns
        ]
    write_json(folder / "tried.json", {"folds": len(pools), "columns": rows})


def load_pools(folder: Path) -> tuple[Pool, ...]:
    """Return the pools that `save_pools` wrote."""
    n_folds = cast("int", read_json(folder / "tried.json")["folds"])
    pools = []
    for fold in range(n_folds):
        with np.load(folder / f"pool-{fold}.npz") as stored:
            arrays: Mapping[str, Any] = dict(stored)
        pools.append(Pool(**{**arrays, "noise": float(arrays["noise"])}))
    return tuple(pools)


def _list_columns(folder: Path) -> list[tuple[Features, int]]:
    step = load_step(folder)
    made = step.load("train") if step else ()
    return [(features, number) for features in made for number in range(len(features.names))]


def _order(
    tried: Sequence[Scores],
    significant: Sequence[BoolVector],
    own: Sequence[Sequence[tuple[Features, int]]],
    *,
    fold: int,
) -> list[Entry]:
    """Return what a fold may take, the best first."""
    found = []
    for number, (scored, stands_out) in enumerate(zip(tried, significant, strict=True)):
        places = {features.names[k]: place for place, (features, k) in enumerate(own[number])}
        found += [
            (-scored.scores[fold, k], number, places[scored.names[k]])
            for k in np.flatnonzero(stands_out)
            if scored.names[k] in places
        ]
    return [(number, place) for _, number, place in sorted(found)[:MOST_POOLED]]


def _make_pool(entries: Sequence[Entry], columns: Sequence[Coded], view: View, number: int) -> Pool:
    rows = _sample_rows(view, number)
    gradient = view.gradient.take(rows)
    signals = np.stack([_signal(column, view, number, rows) for column in columns])
    scales = (gradient.hessian / view.gradient.hessian.mean(axis=1, keepdims=True)).ravel()
    weighted = signals * scales.astype(np.float32)
    where = np.array(entries, dtype=np.int64).reshape(-1, 2)
    return Pool(
        step=where[:, 0],
        column=where[:, 1],
        products=(weighted @ signals.T).astype(np.float64),
        gains=signals @ gradient.gradient.ravel(),
        noise=float((gradient.gradient**2).mean()),
    )


def _sample_rows(view: View, number: int) -> IntVector:
    rows = np.flatnonzero(view.parts.seen[number][view.parts.part])
    most = max(1, CELLS // len(view.gradient.gradient))
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(number).choice(rows, most, replace=False))


def _signal(column: Coded, view: View, number: int, rows: IntVector) -> Float32Matrix:
    # The weight that each row's code has in the other parts that the fold looks at.
    parts, seen = view.parts, view.parts.seen[number : number + 1]
    sums = sum_codes(column.codes, column.n_levels, view.gradient, parts)
    said = [
        weigh_codes(slopes, curvatures, seen, column.smoothing)[
            0, parts.part[rows], column.codes[rows]
        ]
        for slopes, curvatures, _ in sums
    ]
    return np.concatenate(said, dtype=np.float32)
