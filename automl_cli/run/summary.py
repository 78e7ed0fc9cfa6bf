"""What a run came to, as plain values: for ``--json``, tables and ``automl leaderboard``.

The layout is versioned: keys are added within a version, and never change their meaning.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from pydantic import ValidationError

from automl_cli.core.candidate import Candidate
from automl_cli.core.errors import RunError
from automl_cli.decision.scoring import is_chosen_by_metric, name_selection_loss
from automl_cli.features.state import count_selected
from automl_cli.models.description import describe_candidate
from automl_cli.payloads import Summary, without_nan
from automl_cli.run.left_out import list_failed, list_skipped
from automl_cli.run.original import ROWS
from automl_cli.run.solve import Solution
from automl_cli.store import RunDirectory, read_json
from automl_cli.train.collect import load_finished

VERSION = 1
NO_WEIGHT = 1e-6  # up to which a member counts as left out


def make_summary(
    run: RunDirectory,
    submission: Path | None,
    facts: Sequence[tuple[str, str, str]],
    solutions: Sequence[Solution],
    seconds: float,
) -> dict[str, Any]:
    """Return the figures of a run.

    Parameters
    ----------
    run
        Where it lies.
    submission
        The file that was written, or None without a test table.
    facts
        Every guess about the data as (what, value, reason).
    solutions
        One a target. With several targets the scores on top are means over them, and None if
        the metrics differ; so is a task or a metric that is not the same for all.
    seconds
        Wall-clock seconds of the command.

    Returns
    -------
    Plain JSON values; a figure that is undefined (an error bar of too few rows) is None.
    """
    events = run.read_events()
    targets = [_describe(run, solution, events) for solution in solutions]
    summary = {
        "version": VERSION,
        "run": str(run.root),
        "submission": None if submission is None else str(submission),
        "task": _find_common(targets, "task"),
        **_average(targets),
        "seconds": round(seconds, 1),
        "facts": [list(fact) for fact in facts],
        "candidates": [candidate for target in targets for candidate in target["candidates"]],
        "targets": targets,
    }
    return cast("dict[str, Any]", without_nan(summary))


def read_summary(run: RunDirectory) -> dict[str, Any]:
    """Return what `make_summary` made of a finished run.

    Raises
    ------
    RunError
        If the folder holds no run, one that has not finished a candidate yet, or a damaged file.
    """
    if not run.summary.exists() and (run.root / "run.json").exists():
        raise _explain(run)
    if not run.summary.exists():
        raise RunError(
            f"{run.root}: no finished run in this folder.",
            hint="Give the folder that `automl fit` printed. To finish its run, give the same "
            "`automl fit` command again.",
        )
    try:
        stored = run.summary.read_bytes()
        Summary.model_validate_json(stored, strict=True)
    except OSError as error:
        raise RunError(
            f"{run.summary}: not readable ({str(error.strerror).lower()}).",
            hint="Check the file's permissions and the disk.",
        ) from error
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in wrong["loc"]) or "the file"
        raise RunError(
            f"{run.summary}: not the figures of a run ({where}: {wrong['msg'].lower()}).",
            hint="Give the same `automl fit` command again: it writes them again and repeats "
            "no fit.",
        ) from error
    summary = dict(json.loads(stored))
    return summary if run.is_finished else _complete(run, summary)


def _explain(run: RunDirectory) -> RunError:
    """Say why a run has no figures."""
    failures = sorted((run.root / "failures").glob("*.json"))
    if failures and not any(run.candidates.glob("*")):
        error = str(read_json(failures[0]).get("error")).partition("\n")[0].rstrip(" .")
        return RunError(
            f"{run.root}: every candidate so far failed; one of them: {error}.",
            hint=f"The tracebacks are in {failures[0].parent}.",
        )
    return RunError(
        f"{run.root}: this run was interrupted before each target had a candidate.",
        hint="Give the same `automl fit` command again: it resumes from there.",
    )


def _complete(run: RunDirectory, summary: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a run that is not finished, with all that came after the last answer.

    Figures are written with each better answer: what failed or was left out later, and what was
    worse, is read from the events and the candidates.
    """
    events = run.read_events()
    for target in summary["targets"]:
        name = target["target"]
        known = {one["key"] for one in target["candidates"]}
        for key, candidate in load_finished(run, name).items():
            if key not in known:
                target["candidates"].append(_describe_late(run, candidate, target))
        sign = -1.0 if target["greater_is_better"] else 1.0
        target["candidates"].sort(
            key=lambda one, sign=sign: (one["score"] is None, sign * (one["score"] or 0.0))
        )
        target["search"] = _list_searches(name, events)
        target["search_gain"] = _find_search_gain(name, events)
        target.update(_describe_original(name, events))
        target["failed"] = list_failed(name, events)
        target["skipped"] = list_skipped(name, events)
    every = [candidate for target in summary["targets"] for candidate in target["candidates"]]
    completed = {**summary, "candidates": every, "finished": False}
    return cast("dict[str, Any]", without_nan(completed))


def _describe_late(
    run: RunDirectory, candidate: Candidate, target: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is known of a candidate that was finished after the figures were written."""
    return {
        **_describe_candidate(candidate, None),
        "description": describe_candidate(
            candidate.spec, target.get("fitted_task") or target["task"]
        ),
        "generated": count_selected(run.features, candidate.spec, candidate.n_folds),
    }


def _find_common(targets: Sequence[dict[str, Any]], name: str) -> str | None:
    values = {target[name] for target in targets}
    return values.pop() if len(values) == 1 else None


def _average(targets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    metric = _find_common(targets, "metric")
    if metric is None:
        return dict.fromkeys(("metric", "score", "score_se", "in_sample", "expected"))

    def mean(name: str) -> float:
        return float(np.mean([target[name] for target in targets]))

    error = float(np.sqrt(np.mean([target["score_se"] ** 2 for target in targets]) / len(targets)))
    return {
        "metric": metric,
        "score": mean("score"),
        "score_se": error,
        "in_sample": mean("in_sample"),
        "expected": None if any(one["expected"] is None for one in targets) else mean("expected"),
    }


def _describe(
    run: RunDirectory, solution: Solution, events: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    problem, blend = solution.problem, solution.blend
    best = solution.candidates[0]
    weights = {} if blend is None else dict(zip(blend.members, blend.weights, strict=True))
    shares = share_predicting(solution.candidates, weights)
    name = problem.target.name
    return {
        "target": problem.target.name,
        "task": problem.target.task,
        "metric": problem.metric.name,
        "greater_is_better": problem.metric.greater_is_better,
        "validation": problem.folds.name,
        "folds": len(problem.folds),
        "score": best.score if blend is None else blend.score,
        "score_se": best.score_se if blend is None else blend.score_se,
        "in_sample": best.score if blend is None else blend.in_sample,
        "expected": solution.expected,
        "combiner": None if blend is None else blend.combiner,
        "tournament": [] if blend is None else [list(row) for row in blend.tournament],
        "search": _list_searches(problem.target.name, events),
        "search_gain": _find_search_gain(problem.target.name, events),
        **_describe_original(problem.target.name, events),
        "candidates": [
            {
                **_describe_candidate(candidate, weights.get(candidate.spec.key)),
                "description": describe_candidate(candidate.spec, problem.fitted_task),
                "predict_share": shares.get(candidate.spec.key),
                "generated": count_selected(run.features, candidate.spec, candidate.n_folds),
            }
            for candidate in solution.candidates
        ],
        "failed": list_failed(name, events),
        "skipped": list_skipped(name, events),
        "fitted_task": problem.fitted_task,
        "chosen_by": None if is_chosen_by_metric(problem) else name_selection_loss(problem),
    }


def share_predicting(
    candidates: Sequence[Candidate], weights: Mapping[str, float]
) -> dict[str, float]:
    """Return by key what share of the time that predicting takes goes to each member.

    Members without a weight need not predict. Empty if the seconds of one are unknown.
    """
    seconds = {
        candidate.spec.key: candidate.predict_seconds
        for candidate in candidates
        if abs(weights.get(candidate.spec.key, 0.0)) > NO_WEIGHT
    }
    known = {key: taken for key, taken in seconds.items() if taken is not None}
    total = sum(known.values())
    if len(known) < len(seconds) or not total:
        return {}
    return {key: taken / total for key, taken in known.items()}


def _list_searches(target: str, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    # A resumed command searches again from what is there: its word is the last.
    searched = [event for event in events if event["kind"] == "searched"]
    last = {event["model"]: event for event in searched if event["target"] == target}
    return [_strip(event) for event in last.values()]


def _find_search_gain(target: str, events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the last comparison of the ensemble with one without what searches found."""
    compared = [one for one in events if one["kind"] == "brought" and one["target"] == target]
    return _strip(compared[-1]) if compared else None


def _describe_original(target: str, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the last comparisons of a candidate that learned from the original data set."""
    compared = [one for one in events if one["kind"] == "original" and one["target"] == target]
    last = {event.get("what", ROWS): _strip(event) for event in compared}  # earlier versions: rows
    return {"original": last.pop(ROWS, None), "original_steps": list(last.values())}


def _strip(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in {"time", "kind", "target"}}


def _describe_candidate(candidate: Candidate, weight: float | None) -> dict[str, Any]:
    return {
        "key": candidate.spec.key,
        "target": candidate.spec.target,
        "model": candidate.spec.model,
        "features": [step.name for step in candidate.spec.recipe],
        "tops": {step.name: step.top for step in candidate.spec.recipe if step.top is not None},
        "params": dict(candidate.spec.params),
        "original": candidate.spec.original,
        "score": candidate.score,
        "score_se": candidate.score_se,
        "fold_scores": list(candidate.fold_scores),
        "rounds": list(candidate.rounds),
        "seconds": round(candidate.fit_seconds, 2),
        "cut": candidate.cut,
        "row_share": candidate.row_share,
        "weight": None if weight is None else float(weight),
        "predict_seconds": candidate.predict_seconds,
    }
