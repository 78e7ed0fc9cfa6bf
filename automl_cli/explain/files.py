"""What an explanation looks like in files and as plain values.

::

    explain/explanation.json      what `--json` prints
            TARGET/importance.csv one line a column: importance, interval, p, q, cluster
                   clusters.csv   the same for columns permuted together
                   shap.csv       one line a held-out row and output: SHAP values by column
                   dependence.csv the leading columns: a row's value and its SHAP value
                   dropped.csv    refits without a column
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.explanation import Contributions, Dropped, Explanation, Importance
from automl_cli.core.problem import Problem
from automl_cli.run.reopen import Reopened
from automl_cli.store import RunDirectory, file_name, read_json, write_folder

LEADING = 10  # columns with dependence data
MARKS = ("(row)", "(output)", "(base)")  # of shap.csv, before its columns


def read_explanation(root: Path) -> dict[str, Any] | None:
    """Return what the last `automl explain` of a run found out; None if there was none.

    Parameters
    ----------
    root
        The run's folder.
    """
    path = RunDirectory(root).explanation
    if not path.exists():
        return None
    found: dict[str, Any] = dict(read_json(path))
    for target in found.get("targets", ()):
        if "lunch" in target:  # as version 1 called it
            target["probe"] = target.pop("lunch")
    return found


def describe_explanation(explanation: Explanation, problem: Problem) -> dict[str, Any]:
    """Return an explanation as plain values."""
    probe = explanation.probe
    return {
        "target": explanation.target,
        "blend": explanation.blend,
        "loss": explanation.loss,
        "base_loss": explanation.base_loss,
        "rows": explanation.n_rows,
        "repeats": explanation.n_repeats,
        "share": explanation.share,
        "rate": explanation.rate,
        "columns": [_plain(one) for one in explanation.columns],
        "clusters": [_plain(one) for one in explanation.clusters],
        "probe": {
            "column": probe.name,
            "fitted_with": explanation.probed,
            "p": probe.p,
            "found": probe.found,
        },
        "dropped": [_finite(one) for one in explanation.dropped],
        "shap": _summarise(explanation.contributions, problem),
    }


def name_outputs(problem: Problem) -> tuple[str, ...]:
    """Return what the margins are of: the classes, or the target alone."""
    if problem.n_outputs > 1:
        return problem.target.labels
    is_binary = problem.target.task == "binary"
    return (problem.target.labels[1] if is_binary else problem.target.name,)


def write_explanation(run: Reopened, problem: Problem, explanation: Explanation) -> None:
    """Write the tables of one target in place of earlier ones."""
    folder = run.directory.explain / file_name(explanation.target)
    tables = {
        "importance": _tabulate(explanation.columns),
        "clusters": _tabulate(explanation.clusters),
        "dropped": pd.DataFrame(
            [asdict(one) for one in explanation.dropped], columns=list(Dropped.__slots__)
        ),
    }
    contributions = explanation.contributions
    if contributions is not None:
        outputs = name_outputs(problem)
        names = run.row_ids[contributions.rows]
        tables["shap"] = _tabulate_shap(contributions, outputs, names)
        tables["dependence"] = _tabulate_dependence(
            contributions, outputs, names, run.dataset.train
        )

    def fill(beside: Path) -> None:
        for name, table in tables.items():
            table.to_csv(beside / f"{name}.csv", index=False, lineterminator="\n")

    write_folder(folder, fill)


def _plain(one: Importance) -> dict[str, Any]:
    return {**_finite(one), "columns": list(one.columns)}


def _finite(one: Importance | Dropped) -> dict[str, Any]:
    """Return the fields; JSON has no infinite numbers, which intervals of a single part have."""
    return {
        name: None if value in (np.inf, -np.inf) else value for name, value in asdict(one).items()
    }


def _summarise(contributions: Contributions | None, problem: Problem) -> dict[str, Any] | None:
    if contributions is None:
        return None
    sizes = contributions.mean_sizes()
    order = np.argsort(-sizes, kind="stable")
    return {
        "rows": len(contributions.rows),
        "share": contributions.share,
        "shared": contributions.shared,
        "members": list(contributions.members),
        "outputs": list(name_outputs(problem)),
        "columns": [
            {"column": contributions.columns[k], "mean_size": float(sizes[k])} for k in order
        ],
    }


def _tabulate(importances: Sequence[Importance]) -> pd.DataFrame:
    fields = ("name", "cluster", "importance", "low", "high", "p", "q", "found", "is_probe")
    lines = [[getattr(one, field) for field in fields] for one in importances]
    return pd.DataFrame(lines, columns=["column", *fields[1:]])


def _tabulate_shap(
    contributions: Contributions, outputs: Sequence[str], ids: np.ndarray[Any, Any]
) -> pd.DataFrame:
    parts = []
    row, own_name, base = (_find_free(name, contributions.columns) for name in MARKS)
    for k, output in enumerate(outputs):
        part = pd.DataFrame(contributions.shap[:, k], columns=list(contributions.columns))
        part.insert(0, base, contributions.base[:, k])
        part.insert(0, own_name, output)
        part.insert(0, row, ids)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _find_free(name: str, taken: Sequence[str]) -> str:
    """Return a name in brackets, in as many as no column has."""
    while name in taken:
        name = f"({name})"
    return name


def _tabulate_dependence(
    contributions: Contributions,
    outputs: Sequence[str],
    ids: np.ndarray[Any, Any],
    frame: pd.DataFrame,
) -> pd.DataFrame:
    leading = np.argsort(-contributions.mean_sizes(), kind="stable")[:LEADING]
    parts = [
        pd.DataFrame(
            {
                "column": contributions.columns[place],
                "output": output,
                "row": ids,
                "value": frame[contributions.columns[place]]
                .iloc[contributions.rows]
                .astype(object)
                .to_numpy(),
                "shap": contributions.shap[:, k, place],
            }
        )
        for place in leading
        for k, output in enumerate(outputs)
    ]
    return pd.concat(parts, ignore_index=True)
