"""In which order candidates bring most per second, found on stored predictions.

    python benchmarks/portfolio.py DATA RUNS --tasks adult house-prices

RUNS/TASK are finished runs, best without a clock (`--set budget=null`). Candidates are added
greedily: the next is the one whose weight in the blend so far lowers the out-of-fold loss most per
second, both as shares and summed over the tasks. Prints the order that all tasks choose; then what
is left of the loss, in percent above that of all candidates, when the clock allows only a share of
the seconds of all: in the planned order, and in the order that the *other* tasks choose.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
from competition import load_task, make_parser, read_metric

from automl_cli.config.load import load_config
from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.resampling import thin_rows
from automl_cli.decision.scoring import make_selection_loss
from automl_cli.models import MODELS
from automl_cli.store import RunDirectory
from automl_cli.train.collect import load_finished

SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)
WEIGHTS = (0.05, 0.1, 0.2, 0.35, 0.5)
MOST_ROWS = 5_000
MOST_GAIN = 0.05  # of the loss, so that one task does not decide


class Race(NamedTuple):
    """A task and what was tried on it, by label, in the planned order."""

    loss: Callable[[FloatMatrix], float]
    oofs: Mapping[str, FloatMatrix]
    costs: Mapping[str, float]  # shares of the seconds of all


def main() -> None:
    """Print the order and what it is worth."""
    parser = make_parser(__doc__, "data", "runs")
    options = parser.parse_args()
    races = [_load(options, name) for name in options.tasks]
    print("\n".join(_choose_order(races)))
    found = [_compare(races, number) for number in range(len(races))]
    print("| task | " + " | ".join(f"{share:.0%}" for share in SHARES) + " |")
    print("|---" * (len(SHARES) + 1) + "|")
    for name, pairs in zip([*options.tasks, "mean"], [*found, np.mean(found, axis=0)], strict=True):
        print(f"| {name} | " + " | ".join(f"{a:.2f} → {b:.2f}" for a, b in pairs) + " |")


def _load(options: argparse.Namespace, name: str) -> Race:
    source, run = options.data / name, RunDirectory(options.runs / name)
    task = load_task(source, load_config(overrides=[f"metric={read_metric(source)}"]).config)
    known = load_finished(run, task.problem.target.name)
    planned = next(event["candidates"] for event in run.read_events() if event["kind"] == "planned")
    labels = _label(cast("list[str]", planned))
    chosen = {label: known[key] for label, key in labels.items() if key in known}
    total = sum(candidate.fit_seconds for candidate in chosen.values())
    rows = thin_rows(np.arange(task.problem.folds.n_rows), MOST_ROWS, 0)
    return Race(
        make_selection_loss(task.problem, rows),
        {label: one.oof[rows].astype(np.float64) for label, one in chosen.items()},
        {label: one.fit_seconds / total for label, one in chosen.items()},
    )


def _label(keys: Sequence[str]) -> dict[str, str]:
    """Return the planned candidates by model and number, whether they came to an end or not.

    The same entry of the config has one label on all tasks, unless two entries come to the same.
    """
    numbers: Counter[str] = Counter()
    labelled = {}
    for key in keys:
        model = key.rpartition("-")[0]
        if model in MODELS:
            labelled[f"{model} {numbers[model]}"] = key
            numbers[model] += 1
    return labelled


def _choose_order(races: Sequence[Race]) -> list[str]:
    """Return the labels, the one that gains most per second first."""
    left = list(dict.fromkeys(label for race in races for label in race.oofs))
    order = [next(iter(races[0].oofs))]  # the first submission
    left.remove(order[0])
    blends = [race.oofs[order[0]] for race in races]
    while left:
        values = {label: _rate(label, races, blends) for label in left}
        best = max(left, key=lambda label: values[label])
        order.append(best)
        left.remove(best)
        blends = [_add(race, blend, best) for race, blend in zip(races, blends, strict=True)]
    return order


def _rate(label: str, races: Sequence[Race], blends: Sequence[FloatMatrix]) -> float:
    """Return what a candidate gains per share of the seconds, over the tasks that have it."""
    gain = cost = 0.0
    for race, blend in zip(races, blends, strict=True):
        if label in race.oofs:
            before, after = race.loss(blend), race.loss(_add(race, blend, label))
            gain += min(MOST_GAIN, (before - after) / abs(before))
            cost += race.costs[label]
    return gain / cost


def _add(race: Race, blend: FloatMatrix, label: str) -> FloatMatrix:
    """Return the blend with the best weight of one more member."""
    if label not in race.oofs:
        return blend
    tried = [blend, *((1 - w) * blend + w * race.oofs[label] for w in WEIGHTS)]
    return min(tried, key=race.loss)


def _compare(races: Sequence[Race], number: int) -> list[tuple[float, float]]:
    """Return the excess loss of one task at each share: as planned, and as the others choose."""
    race = races[number]
    chosen = _choose_order([*races[:number], *races[number + 1 :]])
    orders = (list(race.oofs), [label for label in chosen if label in race.oofs])
    lowest = min(_trace(race, order)[-1][1] for order in orders)
    found = []
    for share in SHARES:
        losses = [_find(_trace(race, order), share) for order in orders]
        found.append(tuple(100 * (loss - lowest) / abs(lowest) for loss in losses))
    return cast("list[tuple[float, float]]", found)


def _trace(race: Race, order: Sequence[str]) -> list[tuple[float, float]]:
    """Return the seconds' share and the loss after each candidate."""
    blend, spent, trace = race.oofs[order[0]], 0.0, []
    for label in order:
        blend, spent = _add(race, blend, label), spent + race.costs[label]
        trace.append((spent, race.loss(blend)))
    return trace


def _find(trace: Sequence[tuple[float, float]], share: float) -> float:
    """Return the loss when the time is up; the first candidate is always there."""
    return [loss for spent, loss in trace if spent <= share or spent == trace[0][0]][-1]


if __name__ == "__main__":
    main()
