"""Leaderboard scores beside the cross-validated ones, and which two submissions to choose.

A score that the competition has told is a line of `leaderboard.jsonl` in the run's folder: plain
text that people may edit.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_cli.core.errors import DataError, RunError
from automl_cli.store import RunDirectory, read_json, replaced
from automl_cli.summary import read_summary

TRACK_VERSION = 1  # of what `--json` prints
TOLD = "leaderboard.jsonl"
KEYS = ("public", "private")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A run and what the leaderboard said of it.

    Parameters
    ----------
    run
        Its folder.
    train
        The training table.
    metric, greater_is_better
        How it is scored; None if targets differ in it.
    score, score_se
        Cross-validated.
    public, private
        As told last, or None.
    """

    run: Path
    train: str
    metric: str | None
    greater_is_better: bool
    score: float | None
    score_se: float | None
    public: float | None
    private: float | None

    @property
    def question(self) -> tuple[str, str | None]:
        """What runs have to share to be compared: the training table and the metric."""
        return self.train, self.metric

    def loss(self, name: str) -> float:
        """Return a score as a loss; infinite if it is not known."""
        value = getattr(self, name)
        if value is None:
            return float("inf")
        return -value if self.greater_is_better else float(value)


def add_scores(run: Path, *, public: float | None, private: float | None) -> Path:
    """Add what the leaderboard said of a run's submission; return the file.

    Raises
    ------
    RunError
        If the folder holds no finished run, or cannot be written.
    DataError
        If no score is given, or one that is no number.
    """
    directory = RunDirectory(run)
    read_summary(directory)
    given = zip(KEYS, (public, private), strict=True)
    told = {name: value for name, value in given if value is not None}
    if not told or not np.isfinite(list(told.values())).all():
        raise DataError("no score to add.", hint="Give --public, --private or both, as numbers.")
    path = run / TOLD
    before = _read_lines(path)
    if before and not before.endswith("\n"):
        before += "\n"
    with replaced(path) as beside:
        line = json.dumps({"time": time.time(), **told})
        beside.write_text(f"{before}{line}\n", encoding="utf-8")
    return path


def read_tracked(folder: Path) -> list[Tracked]:
    """Return the finished runs below a folder, by table and metric, the best score first.

    Raises
    ------
    RunError
        If there is none, or a line of scores is damaged.
    """
    runs = sorted(path.parent for path in folder.glob("*/summary.json"))
    if not runs:
        raise RunError(
            f"{folder}: no finished run below this folder.",
            hint="Give the folder that holds the run directories, such as `runs`.",
        )
    tracked = [_read_run(run) for run in runs]
    return sorted(
        tracked, key=lambda one: (one.train, one.metric or "", one.loss("score"), str(one.run))
    )


def choose_two(tracked: Sequence[Tracked]) -> list[tuple[Tracked, str]]:
    """Return the two submissions to choose at the end, and why, of runs that answer one question.

    The best cross-validated run, which has seen most rows; and the best of the public leaderboard
    among those whose cross-validated score cannot be told from it (two standard errors), else the
    next best cross-validated one.
    """
    if not tracked:
        return []
    best = tracked[0]
    others = [one for one in tracked[1:] if one.question == best.question]
    if not others:
        return [(best, "the best cross-validated score")]
    near = [one for one in others if one.loss("score") <= best.loss("score") + 2 * _error(best)]
    told = sorted(
        (one for one in near if one.public is not None), key=lambda one: one.loss("public")
    )
    second = (told[0], "the best public score of the others that are as good") if told else None
    doubt = "" if near else ", though clearly worse"
    return [
        (best, "the best cross-validated score"),
        second or (others[0], f"the next best cross-validated score{doubt}"),
    ]


def describe_tracked(tracked: Sequence[Tracked]) -> dict[str, Any]:
    """Return the table, the rank correlation of both scores and the choice, as plain values."""
    runs = [
        {
            "run": str(one.run),
            "train": one.train,
            "metric": one.metric,
            "score": one.score,
            "score_se": one.score_se,
            "public": one.public,
            "private": one.private,
        }
        for one in tracked
    ]
    questions = dict.fromkeys(one.question for one in tracked)
    chosen = [
        {"run": str(one.run), "train": one.train, "reason": reason}
        for question in questions
        for one, reason in choose_two([one for one in tracked if one.question == question])
    ]
    return {
        "version": TRACK_VERSION,
        "runs": runs,
        "correlation": measure_agreement(tracked),
        "choice": chosen,
    }


def measure_agreement(tracked: Sequence[Tracked]) -> float | None:
    """Return the rank correlation of cross-validated and public losses; None below three runs."""
    from scipy.stats import spearmanr

    known = [one for one in tracked if one.public is not None and one.score is not None]
    if len(known) < 3 or len({one.question for one in known}) > 1:
        return None
    pairs = np.array([[one.loss("score"), one.loss("public")] for one in known])
    if (np.ptp(pairs, axis=0) == 0).any():
        return None
    return float(spearmanr(pairs[:, 0], pairs[:, 1]).statistic)


def draw_tracked(tracked: Sequence[Tracked], path: Path) -> None:
    """Draw cross-validated against public scores; the ending of `path` names the format.

    Raises
    ------
    DataError
        If no run has a public score, or the ending is no picture's.
    """
    from matplotlib.figure import Figure

    known = [one for one in tracked if one.public is not None and one.score is not None]
    if not known:
        raise DataError(
            "no run has a public score yet.", hint="Add one: automl track add RUN --public 0.93"
        )
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.add_subplot()
    scores = [float(one.score or 0) for one in known]
    public = [float(one.public or 0) for one in known]
    axes.errorbar(scores, public, xerr=[_error(one) for one in known], fmt="o", capsize=2)
    for one, x, y in zip(known, scores, public, strict=True):
        axes.annotate(one.run.name, (x, y), textcoords="offset points", xytext=(4, 4), fontsize=8)
    axes.set_xlabel(f"cross-validated {known[0].metric}")
    axes.set_ylabel("public leaderboard")
    axes.grid(alpha=0.3)
    if path.suffix not in {".png", ".svg"}:
        raise DataError(f"{path}: no picture.", hint="Give a name that ends in .png or .svg.")
    with replaced(path) as beside:
        figure.savefig(beside, format=path.suffix[1:])


def _read_run(run: Path) -> Tracked:
    summary = read_summary(RunDirectory(run))
    told = _read_told(run / TOLD)
    return Tracked(
        run=run,
        train=str(read_json(run / "run.json").get("train")),
        metric=summary["metric"],
        greater_is_better=summary["targets"][0]["greater_is_better"],
        score=summary["score"],
        score_se=summary["score_se"],
        public=told.get("public"),
        private=told.get("private"),
    )


def _read_told(path: Path) -> dict[str, float]:
    """Return the scores told last."""
    told: dict[str, float] = {}
    for number, line in enumerate(_read_lines(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            found = {name: float(entry[name]) for name in KEYS if name in entry}
            told |= {name: _check_finite(value) for name, value in found.items()}
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise RunError(
                f"{path}:{number}: no line of scores.",
                hint='A line looks like {"public": 0.93}; mend or remove it.',
            ) from error
    return told


def _check_finite(value: float) -> float:
    if not np.isfinite(value):
        raise ValueError(f"{value} is no score")
    return value


def _read_lines(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise RunError(
            f"{path}: not readable as text ({reason.lower()}).", hint="Mend it, or move it away."
        ) from error


def _error(one: Tracked) -> float:
    return one.score_se or 0.0
