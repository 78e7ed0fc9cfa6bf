"""A finished run as files that predict new rows, loaded without executing anything from them.

    write_bundle(run, parts)                       # at the end of a run
    predictor = load_predictor(run)                # refuses what was altered, cut off or is foreign
    predictor.predict(frame)["price"]

The bundle is the part of the run directory that `bundle.json` lists, each file with its size and
SHA-256: native booster files, JSON, and arrays without objects. It may be copied elsewhere.
"""

from automl_cli.bundle.manifest import MANIFEST, Manifest, Member, TargetPart, read_manifest
from automl_cli.bundle.predictor import Predictor, load_predictor
from automl_cli.bundle.writing import write_bundle

__all__ = [
    "MANIFEST",
    "Manifest",
    "Member",
    "Predictor",
    "TargetPart",
    "load_predictor",
    "read_manifest",
    "write_bundle",
]
