"""From the predictions of all folds to a `Candidate`, and its files."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.errors import RunError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import score_candidate
from automl_cli.features.state import FeatureSet, name_selection
from automl_cli.store import (
    RunDirectory,
    Writable,
    read_array,
    read_json,
    understood,
    write_array,
    write_folder,
    write_json,
)
from automl_cli.train.unit import predictions_folder

if TYPE_CHECKING:
    from automl_cli.train.candidate_progress import CandidateProgress


def collect_candidate(problem: Problem, progress: "CandidateProgress") -> Candidate:
    """Join the folds that a candidate has, and score it on the rows that they hold out.

    Parameters
    ----------
    problem
        The target, with all its folds.
    progress
        All folds that are wanted are predicted.
    """
    own = problem.first_folds(progress.n_folds)
    folders = [progress.predicted[fold] for fold in range(progress.n_folds)]
    fits = [progress.fits[fold] for fold in range(progress.n_folds)]
    oof = _join_held_out(own.folds, folders)
    scored = score_candidate(own, oof)
    return Candidate(
        spec=progress.proposal.spec,
        oof=oof,
        test=_average_test(own.folds, folders),
        fold_scores=scored.fold_scores,
        score=scored.score,
        score_se=scored.score_se,
        rounds=tuple(rounds for rounds in progress.rounds if rounds is not None),
        fit_seconds=sum(record.seconds for record in fits),
        cut=any(record.cut for record in fits),
        row_share=min(record.row_share for record in fits),
        fits=tuple(record.folder.name for record in fits),
        predict_seconds=_sum_predicting(folders),
    )


def save_candidate(run: RunDirectory, candidate: Candidate) -> None:
    """Write a candidate's predictions and figures into the run directory."""

    def fill(folder: Path) -> None:
        write_array(folder / "oof.npy", candidate.oof)
        if candidate.test is not None:
            write_array(folder / "test.npy", candidate.test)
        facts: dict[str, Writable] = {
            "spec": candidate.spec.to_plain(),
            "fold_scores": list(candidate.fold_scores),
            "score": candidate.score,
            "score_se": candidate.score_se,
            "rounds": list(candidate.rounds),
            "fit_seconds": candidate.fit_seconds,
            "cut": candidate.cut,
            "row_share": candidate.row_share,
            "fits": list(candidate.fits),
            "predict_seconds": candidate.predict_seconds,
            "predicts_test": candidate.test is not None,
        }
        write_json(folder / "candidate.json", facts)

    write_folder(run.candidate(candidate.spec.key), fill)


def load_finished(run: RunDirectory, target: str) -> dict[str, Candidate]:
    """Return all finished candidates of a target by key, whichever command finished them."""
    found = {}
    for folder in sorted(run.candidates.glob("*")):
        path = folder / "candidate.json"
        with suppress(RunError), understood(path):
            plain = cast("dict[str, Any]", read_json(path)["spec"])
            spec = CandidateSpec.from_plain(plain)
            if spec.target == target and spec.key == folder.name:
                found[spec.key] = _load_candidate(folder, spec)
    return found


def load_feature_set(run: RunDirectory, candidate: Candidate) -> FeatureSet:
    """Return where the features of a finished candidate lie."""
    spec = candidate.spec
    folder = run.units(spec.key) / candidate.fits[0]
    steps = cast("list[str]", read_json(folder / "fit.json")["steps"])
    return FeatureSet(
        tuple(steps), name_selection(spec.screen, spec.recipe) if spec.screen else None
    )


def load_test(run: RunDirectory, candidate: Candidate, fold: int) -> FloatMatrix:
    """Return what one fold's model of a finished candidate predicts for the test rows.

    Raises
    ------
    RunError
        If the file is not there, or damaged: fit again.
    """
    return read_array(find_predictions(run, candidate, fold) / "test.npy")


def find_predictions(run: RunDirectory, candidate: Candidate, fold: int) -> Path:
    """Return the folder of what one fold's model of a finished candidate predicts."""
    rounds = candidate.rounds[fold] if candidate.rounds else None
    return predictions_folder(run.units(candidate.spec.key) / candidate.fits[fold], rounds)


def load_candidate(run: RunDirectory, spec: CandidateSpec) -> Candidate | None:
    """Return the candidate that an earlier command finished; None if it is missing or damaged."""
    with suppress(RunError):
        return _load_candidate(run.candidate(spec.key), spec)
    return None


def _load_candidate(folder: Path, spec: CandidateSpec) -> Candidate:
    facts = read_json(folder / "candidate.json")
    # A run that lacks a file it has written is mended by fitting, never taken for one without test.
    test = folder / "test.npy"
    has_test = bool(facts.get("predicts_test")) or test.exists()
    with understood(folder / "candidate.json"):
        return Candidate(
            spec=spec,
            oof=read_array(folder / "oof.npy"),
            test=read_array(test) if has_test else None,
            fold_scores=tuple(cast("list[float]", facts["fold_scores"])),
            score=cast("float", facts["score"]),
            score_se=cast("float", facts["score_se"]),
            rounds=tuple(cast("list[int]", facts["rounds"])),
            fit_seconds=cast("float", facts["fit_seconds"]),
            cut=bool(facts["cut"]),
            row_share=cast("float", facts["row_share"]),
            fits=tuple(cast("list[str]", facts["fits"])),
            predict_seconds=cast("float | None", facts.get("predict_seconds")),
        )


def _sum_predicting(folders: Sequence[Path]) -> float | None:
    """Return what `predict_unit` took; None if an earlier version has made some predictions."""
    with suppress(RunError, KeyError, ValueError):
        return sum(float(str(read_json(one / "predict.json")["seconds"])) for one in folders)
    return None


def _join_held_out(plan: FoldPlan, folders: list[Path]) -> FloatMatrix:
    parts = [read_array(folder / "held_out.npy") for folder in folders]
    total = np.zeros((plan.n_rows, parts[0].shape[1]))
    times = np.zeros(plan.n_rows)
    for fold, part in zip(plan, parts, strict=True):
        total[fold.held_out] += part
        times[fold.held_out] += 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(total / times[:, None])  # NaN where no fold held the row out


def _average_test(plan: FoldPlan, folders: list[Path]) -> FloatMatrix | None:
    """Return the mean of the folds' test predictions, weighted by the rows they learned from.

    In a time plan the last fold has seen most, the first a fraction of it.
    """
    if not (folders[0] / "test.npy").exists():
        return None
    total = np.zeros(())
    for fold, folder in zip(plan, folders, strict=True):
        total = total + len(fold.train) * read_array(folder / "test.npy")
    return np.asarray(total / sum(len(fold.train) for fold in plan))
