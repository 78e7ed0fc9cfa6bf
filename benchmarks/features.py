"""What making features costs: nested target means, and each group at several sizes of table.

    python benchmarks/features.py encode --columns 1000 --rows 200000
    python benchmarks/features.py screen --columns 10000 --rows 200000
    python benchmarks/features.py memory --rows 200000
    python benchmarks/features.py groups --rows 50000 200000 800000 --groups crosses digits

`encode` makes the target means of all columns in each of five folds, and those of every 50th
column with scikit-learn's TargetEncoder too, in turn, so that load on the machine meets both.
`screen` scores coded columns against a gradient, those of permuted gradients included. `memory`
screens groups for a target that depends on many crosses, pools them and makes the matrices of a
fold, and compares the peak of each stage with the float32 columns that are kept.
`groups` fits and applies each group in a process of its own (on Linux, which tells the peak of
memory). Seconds are those of the processor.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from automl_cli.core.arrays import CodeVector, FloatVector
from automl_cli.core.candidate import ParamValue, Step
from automl_cli.core.dataset import Column, Role
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.features import GROUPS
from automl_cli.features.gradient import make_gradient, make_parts
from automl_cli.features.group import CHUNK, Features
from automl_cli.features.matrix import make_fold_matrices
from automl_cli.features.pools import make_pools
from automl_cli.features.screen import View, load_scores, score_step, screen_step
from automl_cli.features.selection import choose_columns
from automl_cli.features.state import FeatureSet, load_features
from automl_cli.features.steps import prepare_step
from automl_cli.features.tables import Tables
from automl_cli.features.target_encoding import (
    EncodingTarget,
    FoldTarget,
    encode_nested,
    make_fold_target,
)
from automl_cli.splits import SplitOptions, make_fold_plan

N_FOLDS = 5
EVERY = 50  # columns of which one is encoded by scikit-learn too
SMOOTHING = 10.0
LARGE: Mapping[str, Mapping[str, ParamValue]] = {  # as many columns as a screen is given
    "crosses": {"max_pairs": 2000, "max_triples": 200},
    "random_subsets": {"n_subsets": 500},
    "arithmetic": {"max_pairs": 2000},
    "group_stats": {"max_pairs": 400},
}

SCREENED = ("exact_value", "resolutions", "crosses", "digits", "arithmetic", "group_stats")
MOST_KEPT = 100  # columns of a group that a fold takes


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
    memory = what.add_parser("memory")
    memory.add_argument("--rows", type=int, default=200_000)
    groups = what.add_parser("groups")
    groups.add_argument("--rows", type=int, nargs="+", default=[50_000, 200_000, 800_000])
    groups.add_argument("--groups", nargs="+", default=list(GROUPS.names()))
    options = parser.parse_args()
    if options.what == "encode":
        _print_encoding(options.columns, options.rows)
    elif options.what == "screen":
        _print_screen(options.columns, options.rows)
    elif options.what == "memory":
        _print_memory(options.rows)
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
    views = [View(gradient=gradient, parts=make_parts(plan, 0))]
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
    before = _reset_peak()
    screen_step(folder, step, tables, views)
    return _read_peak() - before


def pool_groups(n_rows: int, folders: list[Path]) -> int:
    """Pool the screened steps and let each fold choose; return the peak of memory."""
    _, views, _ = _make_screening(n_rows)
    given = _prepare_given(n_rows, folders)
    before = _reset_peak()
    pools = make_pools(folders, [load_scores(folder) for folder in folders], [given], views, 0.5)
    peak = _read_peak() - before
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
    before = _reset_peak()
    make_fold_matrices(features, EncodingTarget(y=y, n_outputs=1), plan, 0)
    return _read_peak() - before


def _prepare_given(n_rows: int, folders: list[Path]) -> Path:
    folder = folders[0].parent / "given"
    prepare_step(folder, Step("numeric"), _make_screening(n_rows)[0])
    return folder


def _make_screening(n_rows: int) -> tuple[Tables, list[View], tuple[FloatVector, FoldPlan]]:
    frame = make_frame(n_rows)
    columns = tuple(Column(name=n, role=_find_role(frame[n]), reason="") for n in frame)
    tables = Tables(train=frame, test=None, known=frame, columns=columns)
    rng = np.random.default_rng(1)
    margin = np.zeros(n_rows)
    names = [column.name for column in columns if column.role in {"numeric", "categorical"}]
    for first, second in combinations(names, 2):
        joined = pd.util.hash_pandas_object(frame[[first, second]].round(0), index=False)
        margin += rng.normal(size=1000)[(joined % 1000).to_numpy()] / 10
    y = (rng.random(n_rows) < 1 / (1 + np.exp(-margin))).astype(np.float64)
    plan = make_fold_plan(SplitOptions(folds=N_FOLDS), y, "binary", {})
    gradient = make_gradient(y, np.full((n_rows, 1), y.mean()), "log_loss")
    return tables, [View(gradient=gradient, parts=make_parts(plan, 0))], (y, plan)


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
    columns = tuple(Column(name=n, role=_find_role(frame[n]), reason="") for n in frame)
    group = GROUPS.get(name)
    params = group.make_params(dict(LARGE.get(name, {})))
    before = _reset_peak()
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
        peak_bytes=_read_peak() - before,
        state_bytes=sum(array.nbytes for array in state.arrays.values()),
    )


def make_frame(n_rows: int) -> pd.DataFrame:
    """Return 20 mixed columns of numbers and labels, a date and a text."""
    rng = np.random.default_rng(0)
    made: dict[str, object] = {
        f"amount{k}": np.round(rng.lognormal(k % 3, 1, n_rows), 2 + k % 3) for k in range(7)
    }
    for k, n_values in enumerate((3, 9, 40, 120, 400, 1500)):
        made[f"whole{k}"] = rng.integers(0, n_values, n_rows).astype(np.float64)
    for k, n_levels in enumerate((5, 12, 60, 200, 800, 2000, 5000)):
        codes = (rng.random(n_rows) ** 3 * n_levels).astype(np.int64)
        labels = [f"label {number}" for number in range(n_levels)]
        made[f"label{k}"] = pd.Categorical.from_codes(codes, labels)
    hours = pd.to_timedelta(rng.integers(0, 50_000, n_rows), "h")
    made["date"] = pd.Timestamp("2020-01-31") + hours
    words = np.array(["late", "Paid", "in", "cash", "twice,", "thanks!", "42", "none"])
    drawn = words[rng.integers(0, len(words), (n_rows, 4))]
    made["note"] = pd.Series([" ".join(row) for row in drawn.tolist()], dtype="str")
    frame = pd.DataFrame(made)
    for name in ("amount0", "whole2", "label2"):
        frame.loc[rng.random(n_rows) < 0.1, name] = None
    return frame


def _find_role(column: pd.Series) -> Role:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "categorical"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "datetime"
    return "numeric" if pd.api.types.is_numeric_dtype(column) else "text"


def _reset_peak() -> int:
    # Linux forgets the highest peak so far, such as that of making the table.
    Path("/proc/self/clear_refs").write_text("5")
    return _read_peak()


def _read_peak() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024  # given in KiB


if __name__ == "__main__":
    main()
