"""Tables and a picture of what `compare.py` has run, beside reference rows of other machines.

    python benchmarks/standing.py WORK/results.jsonl BENCH/reference.jsonl --picture standing.svg

For each budget: every run; the mean rank, and the mean improvability ((loss - lowest) / loss, by
which a task does not count more because its losses are large), over the tasks that all the compared
systems have: once for the systems that have each of our tasks, once for all systems together, and
once for each beside automl alone. The picture shows
the loss against the budget, as a share of the loss at the shortest one.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

OWN = "automl"
Row: TypeAlias = Mapping[str, Any]
Losses: TypeAlias = Mapping[str, Mapping[str, float]]  # by system and task


def main() -> None:
    """Print the tables and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    rows = read_rows(options.results)
    for budget in sorted({row["budget"] for row in rows}):
        print(f"\n### {budget} s\n")
        own = [row for row in rows if row["budget"] == budget]
        _print_runs(own)
        _print_standing(find_losses(own))
    _print_budgets(rows)
    if options.picture is not None:
        draw_budgets(rows, options.picture)


def read_rows(paths: Iterable[Path]) -> list[Row]:
    """Return the rows of the files that exist; of equal runs the first counts."""
    lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
    rows = [json.loads(line) for line in lines if line.strip()]
    found: dict[tuple[str, str, int], Row] = {}
    for row in rows:
        found.setdefault((row["task"], row["peer"], row["budget"]), row)
    return list(found.values())


def find_losses(rows: Iterable[Row]) -> dict[str, dict[str, float]]:
    """Return the loss of each system on each task that it has answered."""
    losses: dict[str, dict[str, float]] = {}
    for row in rows:
        if isinstance(row["score"], Mapping):
            losses.setdefault(row["peer"], {})[row["task"]] = row["score"]["loss"]
    return losses


def rank_systems(losses: Losses, tasks: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return the mean rank and the mean improvability of each system, in percent.

    Examples
    --------
    >>> losses = {"one": {"a": 1.0, "b": 2.0}, "two": {"a": 2.0, "b": 2.0}}
    >>> rank_systems(losses, ["a", "b"])
    {'one': (1.25, 0.0), 'two': (1.75, 25.0)}
    """
    from scipy.stats import rankdata

    table = np.array([[of_tasks[task] for task in tasks] for of_tasks in losses.values()])
    ranks = rankdata(table, axis=0).mean(axis=1)
    gaps = (100 * (table - table.min(axis=0)) / np.abs(table)).mean(axis=1)
    return {
        name: (float(rank), float(gap)) for name, rank, gap in zip(losses, ranks, gaps, strict=True)
    }


def _print_runs(rows: Sequence[Row]) -> None:
    print("| task | system | metric | value | loss | wall s | CPU s | peak MiB | first s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in sorted(rows, key=lambda row: (row["task"], _format_loss(row))):
        run, score = row["run"] or {}, row["score"]
        known = isinstance(score, Mapping)
        value = f"{score['metric']} | {score['value']:.6g}" if known else "no score | "
        measured = (run.get(key, "") for key in ("wall_s", "cpu_s", "peak_pss_mib"))
        cells = " | ".join(str(cell) for cell in (*measured, run.get("first_submission_s", "")))
        print(f"| {row['task']} | {row['peer']} | {value} | {_format_loss(row)} | {cells} |")


def _format_loss(row: Row) -> str:
    return f"{row['score']['loss']:.6g}" if isinstance(row["score"], Mapping) else ""


def _print_standing(losses: Losses) -> None:
    if OWN not in losses:
        return
    print("\n| compared | tasks | system | mean rank | improvability % |\n|---|---|---|---|---|")
    others = [name for name in losses if name != OWN]
    whole = [name for name in losses if losses[name].keys() >= losses[OWN].keys()]
    groups = {"on every task": whole, "all": list(losses)}
    for label, names in [*groups.items(), *((f"with {name}", [OWN, name]) for name in others)]:
        some = {name: losses[name] for name in names}
        tasks = [task for task in losses[OWN] if all(task in own for own in some.values())]
        if tasks and len(some) > 1:
            for name, (rank, gap) in sorted(
                rank_systems(some, tasks).items(), key=lambda item: item[1]
            ):
                print(f"| {label} | {len(tasks)} | {name} | {rank:.2f} | {gap:.2f} |")


def _trace(rows: Sequence[Row]) -> tuple[list[int], dict[str, list[float]]]:
    """Return the budgets of our runs, and the losses of the tasks that have all of them."""
    own = [row for row in rows if row["peer"] == OWN]
    budgets = sorted({row["budget"] for row in own})
    of_budgets = [find_losses(row for row in own if row["budget"] == b)[OWN] for b in budgets]
    tasks = set.intersection(*map(set, of_budgets)) if of_budgets else set()
    return budgets, {task: [known[task] for known in of_budgets] for task in sorted(tasks)}


def _print_budgets(rows: Sequence[Row]) -> None:
    budgets, traces = _trace(rows)
    if len(budgets) < 2 or not traces:
        return
    print("\n### Loss against budget\n\n| task | " + " | ".join(f"{b} s" for b in budgets) + " |")
    print("|---" * (len(budgets) + 1) + "|")
    for task, losses in traces.items():
        print(f"| {task} | " + " | ".join(f"{loss:.6g}" for loss in losses) + " |")
    table = np.array([np.array(losses) / losses[0] for losses in traces.values()])
    means = 100 * (table.mean(axis=0) - 1)
    print("| mean change, % | " + " | ".join(f"{mean:+.2f}" for mean in means) + " |")


def draw_budgets(rows: Sequence[Row], path: Path) -> None:
    """Draw the loss of each task against the budget, as a share of that at the shortest."""
    from matplotlib.figure import Figure

    budgets, traces = _trace(rows)
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for task, losses in traces.items():
        axes.plot(budgets, 100 * np.array(losses) / losses[0], marker="o", label=task)
    axes.set_xscale("log", base=2)
    axes.set_xticks(budgets, [f"{budget} s" for budget in budgets])
    axes.set_xlabel("budget")
    axes.set_ylabel(f"test loss, % of that at {budgets[0]} s")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path)


if __name__ == "__main__":
    main()
