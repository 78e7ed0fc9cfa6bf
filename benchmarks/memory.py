"""How much memory the screen takes, against the float32 columns that are kept.

    python benchmarks/memory.py --rows 200000

Screens groups for a target that depends on many crosses, pools them and makes the matrices of a
fold, each stage in a process of its own (on Linux, which tells the peak of memory).
"""

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from made import LARGE, make_columns, make_frame

from automl_cli.core.arrays import FloatVector
from automl_cli.core.candidate import Step
from automl_cli.core.foldplan import FoldPlan
from automl_cli.features.gradient import make_gradient, make_screen_parts
from automl_cli.features.matrix import make_fold_matrices
from automl_cli.features.pools import make_pools
from automl_cli.features.screen import View, load_scores, screen_step
from automl_cli.features.selection import choose_columns
from automl_cli.features.state import FeatureSet, load_features
from automl_cli.features.steps import prepare_step
from automl_cli.features.tables import FeatureTables
from automl_cli.features.target_encoding import EncodingTarget
from automl_cli.splits import SplitOptions, make_fold_plan
from automl_cli.train.memory import peak_bytes, reset_peak

N_FOLDS = 5
SCREENED = ("exact_value", "resolutions", "crosses", "digits", "arithmetic", "group_stats")
MOST_KEPT = 100  # columns of a group that a fold takes


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    _print_memory(parser.parse_args().rows)


def _print_memory(n_rows: int) -> None:
    with TemporaryDirectory() as folder:
        steps = [Step(name, tuple(LARGE.get(name, {}).items()), top=0) for name in SCREENED]
        known = [Path(folder) / step.name for step in steps]
        peaks = [_measure_peak(screen_group, n_rows, own) for own in zip(known, steps, strict=True)]
        pooling = _measure_peak(pool_groups, n_rows, (known,))
        taking = _measure_peak(take_columns, n_rows, (known,))
        n_kept = len(json.loads((Path(folder) / "kept.json").read_text()))
    kept = n_kept * n_rows * np.dtype(np.float32).itemsize
    print(f"{n_rows} rows, {n_kept} columns kept by one fold or more: {kept >> 20} MiB\n")
    print("| stage | peak MiB beside the table | times what is kept |")
    print("|---|---|---|")
    for name, peak in zip([*SCREENED, "pools", "matrices"], [*peaks, pooling, taking], strict=True):
        print(f"| {name} | {peak >> 20} | {peak / kept:.2f} |")


def _measure_peak(work: Callable[..., int], n_rows: int, words: tuple[object, ...]) -> int:
    # A new process for each, since a process remembers only its highest peak.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, n_rows, *words).result()


def screen_group(n_rows: int, folder: Path, step: Step) -> int:
    """Screen a step into `folder`; return the peak of memory."""
    tables, views, _ = _make_screening(n_rows)
    folder.mkdir()
    reset_peak()
    before = peak_bytes()
    screen_step(folder, step, tables, views)
    return peak_bytes() - before


def pool_groups(n_rows: int, folders: list[Path]) -> int:
    """Pool the screened steps and let each fold choose; return the peak of memory."""
    _, views, _ = _make_screening(n_rows)
    given = _prepare_given(n_rows, folders)
    reset_peak()
    before = peak_bytes()
    pools = make_pools({folder: load_scores(folder) for folder in folders}, [given], views, 0.5)
    peak = peak_bytes() - before
    tops = dict.fromkeys(range(len(folders)), MOST_KEPT)
    chosen = [choose_columns(pool, tops) for pool in pools]
    kept = {(k, column) for own in chosen for k, columns in own.items() for column in columns}
    beside = folders[0].parent
    (beside / "kept.json").write_text(json.dumps(sorted(kept)))
    folds = [[None, *(own[k] for k in range(len(folders)))] for own in chosen]
    (beside / "selection.json").write_text(json.dumps({"folds": folds}))
    return peak


def take_columns(n_rows: int, folders: list[Path]) -> int:
    """Make the matrices of one fold; return the peak of memory."""
    _, _, (y, plan) = _make_screening(n_rows)
    names = ("given", *(folder.name for folder in folders))
    features = load_features(folders[0].parent, FeatureSet(names, "selection.json"))
    reset_peak()
    before = peak_bytes()
    make_fold_matrices(features, EncodingTarget(y=y, n_outputs=1), plan, 0)
    return peak_bytes() - before


def _prepare_given(n_rows: int, folders: list[Path]) -> Path:
    folder = folders[0].parent / "given"
    prepare_step(folder, Step("numeric"), _make_screening(n_rows)[0])
    return folder


def _make_screening(n_rows: int) -> tuple[FeatureTables, list[View], tuple[FloatVector, FoldPlan]]:
    frame = make_frame(n_rows)
    columns = make_columns(frame)
    tables = FeatureTables(train=frame, test=None, known=frame, columns=columns)
    rng = np.random.default_rng(1)
    margin = np.zeros(n_rows)
    names = [column.name for column in columns if column.role in {"numeric", "categorical"}]
    for first, second in combinations(names, 2):
        joined = pd.util.hash_pandas_object(frame[[first, second]].round(0), index=False)
        margin += rng.normal(size=1000)[(joined % 1000).to_numpy()] / 10
    y = (rng.random(n_rows) < 1 / (1 + np.exp(-margin))).astype(np.float64)
    plan = make_fold_plan(SplitOptions(folds=N_FOLDS), y, "binary", {})
    gradient = make_gradient(y, np.full((n_rows, 1), y.mean()), "log_loss")
    return tables, [View(gradient=gradient, parts=make_screen_parts(plan, 0))], (y, plan)


if __name__ == "__main__":
    main()
