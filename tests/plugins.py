"""A package with models of its own beside this one, as an installer would leave it."""

import os
import subprocess
import sys
from pathlib import Path

CODE = '''"""Models that fail, fail on a fold, wait, or take all the time that they are given."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl_cli.core.candidate import Step
from automl_cli.core.model import Fit, FitJob, ModelSpec, Range


@dataclass(frozen=True)
class Constant:
    seconds: float

    def predict(self, matrix, *, offset=None, rounds=None):
        time.sleep(self.seconds)
        return np.zeros((matrix.n_rows, 1))

    def save(self, folder: Path) -> None:
        (folder / "seconds.txt").write_text(str(self.seconds))


def fit_broken(job: FitJob) -> Fit:
    raise ValueError(f"no fit with {job.params['why']}\\nand a second line")


def fit_slow(job: FitJob) -> Fit:
    return Fit(model=Constant(job.params["seconds"]), curve=None, cut=False)


def fit_picky(job: FitJob) -> Fit:
    if len(job.y) == job.params["rows"]:
        raise ValueError("no fit with so many rows")
    return Fit(model=Constant(0.0), curve=None, cut=False)


def fit_patient(job: FitJob) -> Fit:
    while job.stop_at is not None and time.time() < job.stop_at:
        time.sleep(0.01)
    # No two fits of it are the same.
    return Fit(model=Constant(time.time() % 1e-6), curve=None, cut=job.stop_at is not None)


def load(folder: Path) -> Constant:
    return Constant(float((folder / "seconds.txt").read_text()))


def make_spec(name, fit, defaults, space=()):
    return ModelSpec(
        name=name,
        fit=fit,
        load=load,
        recipe=(Step("numeric"),),
        defaults={"*": defaults},
        known_params=frozenset(defaults),
        tasks=frozenset({"binary", "multiclass", "regression"}),
        has_rounds=False,
        takes_categories=False,
        takes_offset=False,
        space=space,
    )


BROKEN = make_spec("broken", fit_broken, {"why": "any rows"})
SLOW = make_spec("slow", fit_slow, {"seconds": 0.0})
PICKY = make_spec("picky", fit_picky, {"rows": 0, "n": 5}, (Range("n", 0, 9),))
PATIENT = make_spec("patient", fit_patient, {})
'''
MODELS = ("broken", "slow", "picky", "patient")


def install_models(site: Path) -> Path:
    """Write the package into a new folder, and return that."""
    site.mkdir()
    (site / "plain_models.py").write_text(CODE)
    info = site / "plain_models-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-models\nVersion: 1.0\n")
    entries = "".join(f"{name} = plain_models:{name.upper()}\n" for name in MODELS)
    (info / "entry_points.txt").write_text(f"[automl_cli.models]\n{entries}")
    return site


def run_with(site: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run the program beside the package; 80 columns wide."""
    paths = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": paths, "COLUMNS": "80"}
    command = [sys.executable, "-m", "automl_cli", *map(str, words)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)
