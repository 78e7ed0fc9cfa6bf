"""A package with models of its own beside this one, as an installer would leave it."""

import os
import subprocess
import sys
from pathlib import Path

CODE = '''"""A model that fails, and one that predicts a constant after so many seconds."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl_cli.core.candidate import Step
from automl_cli.core.model import Fit, FitJob, ModelSpec


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


def load(folder: Path) -> Constant:
    return Constant(float((folder / "seconds.txt").read_text()))


def make_spec(name, fit, defaults):
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
    )


BROKEN = make_spec("broken", fit_broken, {"why": "any rows"})
SLOW = make_spec("slow", fit_slow, {"seconds": 0.0})
'''
ENTRIES = "[automl_cli.models]\nbroken = plain_models:BROKEN\nslow = plain_models:SLOW\n"


def install_models(site: Path) -> Path:
    """Write the package into a new folder, and return that."""
    site.mkdir()
    (site / "plain_models.py").write_text(CODE)
    info = site / "plain_models-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-models\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    return site


def run_with(site: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run the program beside the package; 80 columns wide."""
    paths = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": paths, "COLUMNS": "80"}
    command = [sys.executable, "-m", "automl_cli", *map(str, words)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)
