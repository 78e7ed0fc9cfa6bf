"""The files of an ensemble: what it is made of, and its out-of-fold predictions."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.errors import RunError
from automl_cli.core.keys import SHORT, make_key
from automl_cli.ensemble.combiners import get_weights
from automl_cli.ensemble.tournament import apply_blend
from automl_cli.store import (
    read_array,
    read_json,
    understood,
    write_array,
    write_folder,
    write_json,
)

NAME = "blend.json"


def save_blend(
    folder: Path, blend: Blend, candidates: Mapping[str, Candidate], n_folds: int
) -> None:
    """Write a blend into `folder`.

    Parameters
    ----------
    folder
        Where to; what is there is replaced.
    blend
        The ensemble.
    candidates
        All that could have been members.
    n_folds
        How many folds its members share, the first ones of the plan.
    """
    stored: dict[str, Any] = {
        "combiner": blend.combiner,
        "members": list(blend.members),
        "weights": blend.weights.tolist(),
        "state": dict(blend.state),
        "score": blend.score,
        "score_se": blend.score_se,
        "in_sample": blend.in_sample,
        "tournament": [list(row) for row in blend.tournament],
        "candidates": sorted(candidates),
        "folds": n_folds,
    }

    def fill(beside: Path) -> None:
        write_json(beside / NAME, stored)
        write_array(beside / "oof.npy", blend.oof)

    write_folder(folder, fill)


def is_blended(folder: Path) -> bool:
    """Return whether there is a blend."""
    return (folder / NAME).exists()


def load_level(folder: Path) -> int:
    """Return how many folds the blend's members share, the first ones of the plan."""
    path = folder / NAME
    with understood(path):
        return int(cast("int", read_json(path)["folds"]))


def load_key(folder: Path) -> str:
    """Return a key of the blend: of who is in it, and how they are combined."""
    path = folder / NAME
    with understood(path):
        stored = read_json(path)
        return make_key([stored["combiner"], stored["members"], stored["weights"]])[:SHORT]


def load_members(folder: Path) -> tuple[str, ...]:
    """Return the keys of the candidates in the blend."""
    path = folder / NAME
    with understood(path):
        return tuple(map(str, cast("list[str]", read_json(path)["members"])))


def load_last_blend(folder: Path, candidates: Mapping[str, Candidate]) -> Blend | None:
    """Return the blend in `folder`, whichever candidates were finished after it."""
    path = folder / NAME
    if not path.exists():
        return None
    with understood(path):
        stored = read_json(path)
        chosen_from = cast("list[str]", stored["candidates"])
        lacking = [key for key in cast("list[str]", stored["members"]) if key not in candidates]
    if lacking:
        raise RunError(
            f"{path}: files of its member {lacking[0]} are missing or damaged.",
            hint="Give the same `automl fit` command again: it rebuilds damaged files.",
        )
    return load_blend(folder, {key: candidates[key] for key in chosen_from if key in candidates})


def load_blend(folder: Path, candidates: Mapping[str, Candidate]) -> Blend | None:
    """Return the blend in `folder` if it was chosen from these candidates and no others."""
    path = folder / NAME
    if not path.exists():
        return None
    with understood(path):
        stored: dict[str, Any] = read_json(path)
        if stored["candidates"] != sorted(candidates):
            return None
        blend = Blend(
            combiner=stored["combiner"],
            members=tuple(stored["members"]),
            weights=get_weights(stored["state"]),
            state=stored["state"],
            oof=read_array(folder / "oof.npy"),
            test=None,
            score=stored["score"],
            score_se=stored["score_se"],
            in_sample=stored["in_sample"],
            tournament=tuple((name, score, seen) for name, score, seen in stored["tournament"]),
        )
        return replace(blend, test=_blend_test(blend, candidates))


def _blend_test(blend: Blend, candidates: Mapping[str, Candidate]) -> FloatMatrix | None:
    tests = [candidates[key].test for key in blend.members]
    known = [test for test in tests if test is not None]
    return apply_blend(blend, known) if len(known) == len(tests) else None
