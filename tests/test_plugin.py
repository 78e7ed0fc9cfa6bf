"""A package beside this one adds a feature group: the example of CONTRIBUTING.md, installed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

ROOT = Path(__file__).parents[1]
N_ROWS = 600


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a package and its metadata, as an installer would leave it."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    (code,) = [block for block in blocks if "GAPS = FeatureGroup(" in block]
    site = tmp_path_factory.mktemp("site")
    (site / "my_package").mkdir()
    (site / "my_package" / "__init__.py").touch()
    (site / "my_package" / "gaps.py").write_text(code)
    info = site / "my_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[automl_cli.features]\ngaps = my_package.gaps:GAPS\n")
    return site


def run(installed: Path, *words: str) -> str:
    paths = os.pathsep.join([str(installed), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "automl_cli", *words]
    env = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def write_table(folder: Path) -> None:
    """Write a table in which the number of gaps in a row decides."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{k}": rng.normal(size=N_ROWS) for k in range(8)})
    frame = frame.mask(rng.random(frame.shape) < rng.choice([0.1, 0.6], N_ROWS)[:, None])
    frame["y"] = (frame.isna().sum(axis=1) + rng.normal(size=N_ROWS) > 3).astype(int)
    frame.to_csv(folder / "train.csv", index=False)


def test_a_group_of_another_package_is_listed(installed: Path) -> None:
    assert "gaps" in run(installed, "list", "features").split()


def fit(installed: Path, folder: Path) -> Any:
    words = ["fit", str(folder), "--preset", "smoke", "--target", "y", "--json"]
    words += ["--set", "limits.rounds=40", "--workers", "1"]
    words += ["--out", str(folder / "run"), "--set", "features.groups={gaps: {}}"]
    return json.loads(run(installed, *words))


@pytest.fixture(scope="module")
def fitted(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """Return the folder of a competition with a run of it, and what the command printed."""
    folder = tmp_path_factory.mktemp("task")
    write_table(folder)
    return folder, fit(installed, folder)


def test_a_group_of_another_package_is_screened_and_taken(
    installed: Path, fitted: tuple[Path, Any]
) -> None:
    folder, summary = fitted
    assert any("gaps" in candidate["features"] for candidate in summary["candidates"])
    (screen,) = json.loads(run(installed, "features", str(folder / "run"), "--json"))["screens"]
    (column,) = screen["columns"]
    assert column["column"] == "row__gaps"
    assert column["taken"] >= 1


def test_a_second_command_finds_what_the_first_has_made(
    installed: Path, fitted: tuple[Path, Any]
) -> None:
    folder, first = fitted
    assert fit(installed, folder)["candidates"] == first["candidates"]
