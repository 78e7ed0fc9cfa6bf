"""What making features costs: nested target means, and each group at several sizes of table.

    python benchmarks/features.py encode --columns 1000 --rows 200000
    python benchmarks/features.py screen --columns 10000 --rows 200000
    python benchmarks/features.py groups --rows 50000 200000 800000 --groups crosses digits

`encode` makes the target means of all columns in each of five folds, and those of every 50th
column with scikit-learn's TargetEncoder too, in turn, so that load on the machine meets both.
`screen` scores coded columns against a gradient, those of permuted gradients included.
`groups` fits and applies each group in a process of its own (on Linux, which tells the peak of
memory). Seconds are those of the processor.
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from made import LARGE, make_columns, make_frame
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from automl_cli.core.arrays import CodeVector, FloatVector
from automl_cli.core.candidate import Step
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.features import GROUPS
from automl_cli.features.gradient import make_gradient, make_screen_parts
from automl_cli.features.group import CHUNK, Features
from automl_cli.features.screen import View, score_step
from automl_cli.features.target_encoding import (
    EncodingTarget,
    FoldTarget,
    encode_nested,
    make_fold_target,
)
from automl_cli.splits import SplitOptions, make_fold_plan
from automl_cli.train.memory import peak_bytes, reset_peak

N_FOLDS = 5
EVERY = 50  # columns of which one is encoded by scikit-learn too
SMOOTHING = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one group took: seconds, bytes, and how many columns it made."""

    columns: int
    fit_seconds: float
    transform_seconds: float
    peak_bytes: int
    state_bytes: int


def main() -> None:
    """Measure what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_subparsers(dest="what", required=True)
    encode = what.add_parser("encode")
    encode.add_argument("--columns", type=int, default=1000)
    encode.add_argument("--rows", type=int, default=200_000)
    screen = what.add_parser("screen")
    screen.add_argument("--columns", type=int, default=10_000)
    screen.add_argument("--rows", type=int, default=200_000)
    groups = what.add_parser("groups")
    groups.add_argument("--rows", type=int, nargs="+", default=[50_000, 200_000, 800_000])
    groups.add_argument("--groups", nargs="+", default=list(GROUPS.names()))
    options = parser.parse_args()
    if options.what == "encode":
        _print_encoding(options.columns, options.rows)
    elif options.what == "screen":
        _print_screen(options.columns, options.rows)
    else:
        _print_groups(options.groups, options.rows)


def _print_encoding(n_columns: int, n_rows: int) -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(n_rows) < 0.3).astype(np.float64)
    plan = make_fold_plan(SplitOptions(folds=N_FOLDS), y, "binary", {})
    target = EncodingTarget(y=y, n_outputs=1)
    targets = [make_fold_target(target, plan, number) for number in range(len(plan))]
    levels = np.geomspace(5, n_rows / 8, n_columns).astype(int)
    _time_peer(_draw_codes(rng, 5, n_rows), y, plan)  # what it loads at first use does not count
    ours, ours_of_both, peers = 0.0, 0.0, 0.0
    for number, n_levels in enumerate(levels.tolist()):
        codes = _draw_codes(rng, n_levels, n_rows)
        seconds = _time_ours(codes, n_levels, plan, targets)
        ours += seconds
        if number % EVERY == EVERY // 2:
            ours_of_both += seconds
            peers += _time_peer(codes, y, plan)
    n_both = len(levels[EVERY // 2 :: EVERY])
    print(f"{n_columns} columns of 5 to {levels[-1]} levels, {n_rows} rows, {len(plan)} folds\n")
    print("| encoder | columns | seconds | ms a column and fold | ratio |")
    print("|---|---|---|---|---|")
    for name, count, seconds, ratio in (
        ("encode_nested", n_columns, ours, None),
        ("encode_nested", n_both, ours_of_both, 1.0),
        ("TargetEncoder", n_both, peers, peers / ours_of_both),
    ):
        each = 1000 * seconds / count / len(plan)
        print(
            f"| {name} | {count} | {seconds:.2f} | {each:.2f} | {f'{ratio:.1f}' if ratio else ''} |"
        )


def _print_screen(n_columns: int, n_rows: int) -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(n_rows) < 0.3).astype(np.float64)
    plan = make_fold_plan(SplitOptions(folds=N_FOLDS), y, "binary", {})
    gradient = make_gradient(y, np.full((n_rows, 1), 0.3), "log_loss")
    views = [View(gradient=gradient, parts=make_screen_parts(plan, 0))]
    drawing = 0.0

    def draw() -> Iterator[Features]:
        nonlocal drawing
        for start in range(0, n_columns, CHUNK):
            began = time.process_time()
            own = np.geomspace(5, 5000, n_columns).astype(int)[start : start + CHUNK]
            codes = np.stack([_draw_codes(rng, n_levels, n_rows) for n_levels in own])
            names = tuple(f"x{start + k}" for k in range(len(own)))
            levels = tuple(own.tolist())
            drawing += time.process_time() - began
            yield Features(
                kind="target_mean", names=names, array=codes, levels=levels, smoothing=SMOOTHING
            )

    began = time.process_time()
    score_step(Step("crosses"), draw(), views, n_rows)
    seconds = time.process_time() - began - drawing
    each = 1000 * seconds / n_columns
    print(f"{n_columns} columns of 5 to 5000 levels, {n_rows} rows, {len(plan)} folds: ", end="")
    print(f"{seconds:.1f} s, {each:.2f} ms a column")


def _draw_codes(rng: np.random.Generator, n_levels: int, n_rows: int) -> CodeVector:
    # Half of the rows are in a tenth of the levels or fewer, as in most data.
    return (rng.random(n_rows) ** 3 * n_levels).astype(np.int32)


def _time_ours(
    codes: CodeVector, n_levels: int, plan: FoldPlan, targets: list[FoldTarget]
) -> float:
    start = time.process_time()
    for fold, target in zip(plan.folds, targets, strict=True):
        _, means = encode_nested(codes[fold.train], n_levels, SMOOTHING, target)
        means[:, codes[fold.held_out]]
    return time.process_time() - start


def _time_peer(codes: CodeVector, y: FloatVector, plan: FoldPlan) -> float:
    column = codes[:, None]
    start = time.process_time()
    for fold in plan.folds:
        _encode_as_peer(column, y, fold)
    return time.process_time() - start


def _encode_as_peer(column: CodeVector, y: FloatVector, fold: Fold) -> None:
    inner = StratifiedKFold(N_FOLDS - 1, shuffle=True, random_state=0)
    encoder = TargetEncoder(target_type="binary", smooth=SMOOTHING, cv=inner)
    encoder.fit_transform(column[fold.train], y[fold.train])
    encoder.transform(column[fold.held_out])


def _print_groups(names: list[str], sizes: list[int]) -> None:
    print("| group | rows | columns | fit s | transform s | ns a value | peak MiB | state MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for name in names:
        for n_rows in sizes:
            # A new process for each, since a process remembers only its highest peak.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                cost = pool.submit(measure, name, n_rows).result()
            if cost is None:
                print(f"| {name} | {n_rows} | 0 |")
                continue
            seconds = cost.fit_seconds + cost.transform_seconds
            print(
                f"| {name} | {n_rows} | {cost.columns} | {cost.fit_seconds:.2f} | "
                f"{cost.transform_seconds:.2f} | {1e9 * seconds / cost.columns / n_rows:.1f} | "
                f"{cost.peak_bytes >> 20} | {cost.state_bytes >> 20} |",
                flush=True,
            )


def measure(name: str, n_rows: int) -> Cost | None:
    """Return what a group takes beside a table of so many rows; None if it makes nothing."""
    frame = make_frame(n_rows)
    columns = make_columns(frame)
    group = GROUPS.get(name)
    params = group.make_params(dict(LARGE.get(name, {})))
    reset_peak()
    before = peak_bytes()
    start = time.process_time()
    state = group.fit(frame, columns, params)
    fitted = time.process_time()
    if state is None:
        return None
    n_columns = sum(len(features.names) for features in group.transform(state, frame))
    return Cost(
        columns=n_columns,
        fit_seconds=fitted - start,
        transform_seconds=time.process_time() - fitted,
        peak_bytes=peak_bytes() - before,
        state_bytes=sum(array.nbytes for array in state.arrays.values()),
    )


if __name__ == "__main__":
    main()
