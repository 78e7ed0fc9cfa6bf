"""Whose answers a bundle gives: the keys of its candidates, and of their blend.

An interrupted run may predict with a candidate that is better than the last ensemble, which is
still in its folder. So what predicts is known from the bundle and not from the folder.
"""

from pathlib import PurePosixPath

from automl_cli.bundle.manifest import MANIFEST, TargetPart, read_manifest
from automl_cli.core.keys import SHORT, make_key
from automl_cli.ensemble.combiners import get_weights
from automl_cli.ensemble.files import load_key, load_members
from automl_cli.store import RunDirectory


def name_members(part: TargetPart) -> tuple[str, ...]:
    """Return the keys of the candidates of a blend in its order; nothing for one of weight 0."""
    return tuple(
        PurePosixPath(folds[0].folder).parent.name if folds else "" for folds in part.candidates
    )


def find_blend_key(run: RunDirectory, target: str) -> str:
    """Return a key of what predicts a target: that of the stored ensemble, where it does.

    Raises
    ------
    RunError
        If a file is damaged.
    """
    folder = run.blend(target)
    if not (run.root / MANIFEST).exists():
        return load_key(folder)
    (part,) = (one for one in read_manifest(run.root).targets if one.name == target)
    named = name_members(part)
    stored = load_members(folder)
    known = [stored[k] if k < len(stored) and not key else key for k, key in enumerate(named)]
    return make_key([part.combiner, known, get_weights(part.state).tolist()])[:SHORT]
