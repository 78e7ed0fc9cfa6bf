"""Leaderboard scores beside the cross-validated ones, and which two submissions to choose.

A score that the competition has told is a line of `leaderboard.jsonl` in the run's folder: plain
text that people may edit.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from automl_cli.core.errors import DataError, RunError
from automl_cli.run.summary import read_summary
from automl_cli.store import RunDirectory, read_json, replaced

TRACK_VERSION = 1  # of what `--json` prints
SCORES_FILE = "leaderboard.jsonl"
KEYS = ("public", "private")
AMONG = "among the runs within two standard errors of the best cross-validated score"
NEAR = 2.0  # standard errors within which scores cannot be told apart
ScoreGroup: TypeAlias = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedScores:
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
    has_submission
        Whether it has predicted a test table, so that there is something to choose.
    """

    run: Path
    train: str
    metric: str | None
    greater_is_better: bool
    score: float | None
    score_se: float | None
    public: float | None
    private: float | None
    has_submission: bool = True

    @property
    def question(self) -> ScoreGroup:
        """What runs have to share to be compared: the training table and the metric."""
        return self.train, self.metric

    @property
    def error(self) -> float:
        """The standard error of the score; 0 if it is not known."""
        return self.score_se or 0.0

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
    scores = {name: value for name, value in given if value is not None}
    if not scores or not np.isfinite(list(scores.values())).all():
        raise DataError("no score to add.", hint="Give --public, --private or both, as numbers.")
    path = run / SCORES_FILE
    before = _read_lines(path)
    if before and not before.endswith("\n"):
        before += "\n"
    with replaced(path) as beside:
        line = json.dumps({"time": time.time(), **scores})
        beside.write_text(f"{before}{line}\n", encoding="utf-8")
    return path


def read_tracked(folder: Path) -> list[TrackedScores]:
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


def choose_two(tracked: Sequence[TrackedScores]) -> list[tuple[TrackedScores, str]]:
    """Return the submissions to choose at the end, at most two, and why.

    The best cross-validated run, which has seen most rows; and the best of the public leaderboard
    among those whose cross-validated score cannot be told from it (two standard errors), else the
    next best cross-validated one, with how much worse it is.

    Of `tracked`, the best first, those count that answer the question of the best, and have a
    submission and a score.
    """
    able = [one for one in tracked if one.has_submission and one.score is not None]
    if not able:
        return []
    best = able[0]
    others = [one for one in able[1:] if one.question == best.question]
    chosen = [(best, "the best cross-validated score")]
    near = [one for one in others if one.loss("score") <= best.loss("score") + NEAR * best.error]
    scores = sorted(
        (one for one in near if one.public is not None), key=lambda one: one.loss("public")
    )
    if scores:
        chosen.append((scores[0], f"the best public score {AMONG}"))
    elif others:
        doubt = "" if near else f", {_format_gap(best, others[0])}"
        chosen.append((others[0], f"the next best cross-validated score{doubt}"))
    return chosen


def _format_gap(best: TrackedScores, other: TrackedScores) -> str:
    """Return by how much a run is worse than the best."""
    gap = other.loss("score") - best.loss("score")
    if best.error > 0:
        return f"but {other.score:.6g} is worse by {gap / best.error:.1f} standard errors"
    return f"but {other.score:.6g} is worse by {gap:.3g}"


def list_questions(tracked: Sequence[TrackedScores]) -> dict[ScoreGroup, list[TrackedScores]]:
    """Return the runs by what they answer, in their order."""
    found: dict[ScoreGroup, list[TrackedScores]] = {}
    for one in tracked:
        found.setdefault(one.question, []).append(one)
    return found


def describe_tracked(tracked: Sequence[TrackedScores]) -> dict[str, Any]:
    """Return the tables, the rank correlations of both scores and the choice, as plain values."""
    runs = [
        {
            "run": str(one.run),
            "train": one.train,
            "metric": one.metric,
            "score": one.score,
            "score_se": one.score_se,
            "public": one.public,
            "private": one.private,
            "submission": one.has_submission,
        }
        for one in tracked
    ]
    questions = list_questions(tracked)
    tables = [
        {"train": train, "metric": metric, "correlation": measure_agreement(answers)}
        for (train, metric), answers in questions.items()
    ]
    chosen = [
        {"run": str(one.run), "train": one.train, "metric": one.metric, "reason": reason}
        for answers in questions.values()
        for one, reason in choose_two(answers)
    ]
    return {
        "version": TRACK_VERSION,
        "runs": runs,
        "tables": tables,
        "correlation": measure_agreement(tracked),
        "choice": chosen,
    }


def measure_agreement(tracked: Sequence[TrackedScores]) -> float | None:
    """Return the rank correlation of cross-validated and public losses; None below three runs."""
    from scipy.stats import spearmanr

    known = [one for one in tracked if one.public is not None and one.score is not None]
    if len(known) < 3 or len({one.question for one in known}) > 1:
        return None
    pairs = np.array([[one.loss("score"), one.loss("public")] for one in known])
    if (np.ptp(pairs, axis=0) == 0).any():
        return None
    return float(spearmanr(pairs[:, 0], pairs[:, 1]).statistic)


def _read_run(run: Path) -> TrackedScores:
    summary = read_summary(RunDirectory(run))
    scores = _read_scores(run / SCORES_FILE)
    return TrackedScores(
        run=run,
        train=str(read_json(run / "run.json").get("train")),
        metric=summary["metric"],
        greater_is_better=summary["targets"][0]["greater_is_better"],
        score=summary["score"],
        score_se=summary["score_se"],
        public=scores.get("public"),
        private=scores.get("private"),
        has_submission=summary["submission"] is not None,
    )


def _read_scores(path: Path) -> dict[str, float]:
    """Return the scores told last."""
    scores: dict[str, float] = {}
    for number, line in enumerate(_read_lines(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            found = {name: float(entry[name]) for name in KEYS if name in entry}
            scores |= {name: _check_finite(value) for name, value in found.items()}
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise RunError(
                f"{path}:{number}: not a line of scores.",
                hint='A line looks like {"public": 0.93}; fix or remove it.',
            ) from error
    return scores


def _check_finite(value: float) -> float:
    if not np.isfinite(value):
        raise ValueError(f"{value} is not a score")
    return value


def _read_lines(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise RunError(
            f"{path}: not readable as text ({reason.lower()}).", hint="Fix it, or move it away."
        ) from error
